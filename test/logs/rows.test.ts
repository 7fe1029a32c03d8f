import { describe, expect, it } from "vitest";
import { newSummary } from "../../src/capture/stream-source.ts";
import { type LogEntry, rowOf } from "../../src/logs/entry.ts";
import { refuseLog } from "../../src/logs/format.ts";
import { LOG_ENTRY } from "../support/log-entry.ts";

describe("a message that a log tells of", () => {
  const entry = (more: Partial<LogEntry> = {}): LogEntry => ({ ...LOG_ENTRY, ...more });

  it("is its header, behind both addresses", () => {
    const row = rowOf(entry({ flags: 3 }))!;
    const header = "0123456789abcdeffedcba98765432100010200300000007000000ac";
    expect(Buffer.from(row.bytes).toString("hex")).toBe(`c6336401c0000201${header}`);
    expect(row).toMatchObject({
      ipVersion: 4,
      sourcePort: 500,
      destinationPort: 501,
      captured: 172,
      length: 172,
    });
  });

  it.each<[string, Partial<LogEntry>]>([
    ["from a name", { from: "client.example" }],
    ["to a name", { to: "gateway.example" }],
    ["between an address of IPv4 and one of IPv6", { from: "2001:db8::1" }],
  ])("is none %s", (_, more) => {
    expect(rowOf(entry(more))).toBeNull();
  });

  it("of IPv6 has addresses of sixteen bytes", () => {
    const row = rowOf(entry({ from: "2001:db8::1", to: "2001:db8::2" }))!;
    expect([row.ipVersion, row.bytes.length]).toEqual([6, 32 + 28]);
  });

  it.each([
    [500, 501, false],
    [4_500, 1_024, true],
    [1_024, 4_500, true],
  ])("from port %i to %i came behind a marker: %s", (fromPort, toPort, marker) => {
    expect(rowOf(entry({ fromPort, toPort }))!.marker).toBe(marker);
  });

  it("without a length is longer than its header, and told apart by whatever else is told", () => {
    const digestOf = (more: Partial<LogEntry>) => rowOf(entry(more))!.digest;
    expect(rowOf(entry({ length: null }))!.length).toBe(36);
    expect(digestOf({ length: null, mark: "Hash" })).not.toEqual(digestOf({ length: null, mark: "Hash SA" }));
    const back = { from: "192.0.2.1", to: "198.51.100.1", length: null };
    expect(digestOf(back)).not.toEqual(digestOf({ length: null }));
    // With one, the same header is the same message.
    expect(digestOf({ mark: "Hash" })).toEqual(digestOf({ mark: "Hash SA" }));
  });
});

describe("what needs packets", () => {
  it.each([
    ["suricata-eve", "eve.json is a log (suricata-eve) and holds no packets, so none can be written"],
    ["zeek-ipsec+gzip", "eve.json is a log (zeek-ipsec) and holds no packets, so none can be written"],
  ])("is refused of a log: %s", (format, message) => {
    expect(() => refuseLog(newSummary("eve.json", format), "none can be written")).toThrow(message);
  });

  it("is refused of a log on standard input by that name", () => {
    expect(() => refuseLog(newSummary("-", "suricata-eve"), "none can be written")).toThrow(
      /^standard input is/,
    );
  });

  it("is had of captures and records", () => {
    for (const format of ["pcap", "pcapng+gzip", "records", "text of suricata-eve"]) {
      expect(() => refuseLog(newSummary("a", format), "none can be written")).not.toThrow();
    }
  });
});
