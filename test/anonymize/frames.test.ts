/** Datagrams as frames of their own: what is read of them is what was written, and their checksums are right. */

import { describe, expect, it } from "vitest";
import { publicName, withoutNames } from "../../src/anonymize/file-names.ts";
import { emptyFrame, frameOfDatagram, LINKTYPE_RAW } from "../../src/anonymize/frames.ts";
import type { FrameBatch } from "../../src/capture/batch.ts";
import { Datagram } from "../../src/wire/decoded.ts";
import { Kind } from "../../src/wire/kinds.ts";
import { packet } from "../support/frames.ts";
import { locateFrame } from "../support/located.ts";

const PAYLOAD = Uint8Array.from({ length: 61 }, (_, i) => (i * 37) & 255);
/** Three rows; the second is taken. */
const ROWS: FrameBatch = {
  provenance: "packet",
  count: 3,
  firstFrame: 10,
  interfaces: Uint32Array.of(4, 5, 6),
  micros: Float64Array.of(1e6, 2e6, 3e6),
  nanos: Uint16Array.of(7, 8, 9),
  bytes: new Uint8Array(0),
  offsets: new Uint32Array(3),
  captured: new Uint32Array(3),
  original: new Uint32Array(3),
  linkTypes: new Uint16Array(3),
};

const V4 = { ipVersion: 4, from: [198, 51, 100, 7], to: [192, 0, 2, 1] } as const;
const V6 = {
  ipVersion: 6,
  from: [0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 7],
  to: [0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 1],
} as const;

function frameOf(ends: typeof V4 | typeof V6, fields: Partial<Datagram> = {}, payload = PAYLOAD) {
  const size = ends.from.length;
  const made = Object.assign(new Datagram(), {
    kind: Kind.candidate,
    ipVersion: ends.ipVersion,
    bytes: Uint8Array.from([...ends.from, ...ends.to, ...payload]),
    source: 0,
    destination: size,
    sourcePort: 61_234,
    destinationPort: 500,
    payload: 2 * size,
    captured: payload.length,
    length: payload.length,
    identification: 0xbeef,
    ...fields,
  });
  return frameOfDatagram(made, ROWS, 1);
}

/** One's complement sum of all words (RFC 1071): 0xffff where a checksum among them is right. */
function folded(bytes: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += bytes[i] * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}
const udpSum = ({ bytes }: FrameBatch, isV4: boolean) => {
  const head = isV4 ? 20 : 40;
  const udp = [...bytes.subarray(head)];
  return folded([...bytes.subarray(isV4 ? 12 : 8, head), 0, 17, udp[4], udp[5], ...udp]);
};
const located = ({ bytes }: FrameBatch) => locateFrame(bytes, { linkType: LINKTYPE_RAW });

describe("the frame of a datagram", () => {
  it("is the packet that another program would make of it, but for the TTL", () => {
    const { bytes } = frameOf(V4);
    const other = packet("198.51.100.7:61234", "192.0.2.1:500", PAYLOAD);
    expect([...bytes.subarray(20, 26)]).toEqual([...other.subarray(20, 26)]);
    expect([...bytes.subarray(28)]).toEqual([...PAYLOAD]);
    expect([bytes[0], bytes[2] * 256 + bytes[3], bytes[4] * 256 + bytes[5]]).toEqual([0x45, 89, 0xbeef]);
    expect([...bytes.subarray(6, 10)]).toEqual([0, 0, 64, 17]);
    const v6 = frameOf(V6).bytes;
    expect([...v6.subarray(0, 8)]).toEqual([0x60, 0, 0, 0, 0, 69, 17, 64]);
  });

  it.each<[string, typeof V4 | typeof V6, string, string]>([
    ["IPv4", V4, "198.51.100.7:61234", "192.0.2.1:500"],
    ["IPv6", V6, "[2001:db8::7]:61234", "[2001:db8::1]:500"],
  ])("is read as what it was: %s", (_, ends, from, to) => {
    const head = (ends.ipVersion === 4 ? 20 : 40) + 8;
    expect(located(frameOf(ends))).toEqual({
      kind: "candidate",
      from,
      to,
      at: head,
      captured: 61,
      length: 61,
      marker: false,
    });
    const natT = { destinationPort: 4_500, marker: true } as const;
    expect(located(frameOf(ends, natT))).toMatchObject({ at: head + 4, length: 61, marker: true });
    const inUdp = { kind: Kind.espInUdp, destinationPort: 4_500 };
    expect(located(frameOf(ends, inUdp))).toMatchObject({ kind: "esp-in-udp" });
    const esp = { kind: Kind.esp, sourcePort: 0, destinationPort: 0 };
    expect(located(frameOf(ends, esp)).kind).toBe("esp");
    expect([...frameOf(ends, esp).bytes.subarray(head - 8)]).toEqual([...PAYLOAD]);
  });

  it.each<[string, typeof V4 | typeof V6]>([
    ["IPv4", V4],
    ["IPv6", V6],
  ])("has right checksums, whatever its length and content: %s", (_, ends) => {
    const isV4 = ends.ipVersion === 4;
    for (const payload of [PAYLOAD, PAYLOAD.slice(0, 60), new Uint8Array(3).fill(255), new Uint8Array(1)]) {
      const frame = frameOf(ends, {}, payload);
      if (isV4) expect(folded([...frame.bytes.subarray(0, 20)])).toBe(0xffff);
      expect(udpSum(frame, isV4)).toBe(0xffff);
    }
    // A sum that would be zero is sent as 0xffff: zero says that there is none (RFC 768).
    const bare = frameOf(ends, {}, new Uint8Array(2)).bytes;
    const at = isV4 ? 26 : 46;
    const rest = Uint8Array.of(bare[at], bare[at + 1]);
    expect([...frameOf(ends, {}, rest).bytes.subarray(at, at + 2)]).toEqual([255, 255]);
  });

  it("of which a snaplen left a part says how long it was, over IPv4 without a checksum", () => {
    const cut = frameOf(V4, { length: 300 });
    expect([cut.captured[0], cut.original[0]]).toEqual([89, 328]);
    expect([...cut.bytes.subarray(24, 28)]).toEqual([308 >> 8, 308 & 255, 0, 0]);
    expect(cut.bytes[2] * 256 + cut.bytes[3]).toBe(328);
    // IPv6 knows no UDP without one.
    const six = frameOf(V6, { length: 300 });
    expect([...six.bytes.subarray(46, 48)]).not.toEqual([0, 0]);
    // More than the length says was there: padding.
    expect(frameOf(V4, { length: 10 }).original[0]).toBe(89);
  });

  it("has the time, the number and the interface of its row", () => {
    for (const frame of [frameOf(V4), emptyFrame(ROWS, 1)]) {
      expect(frame).toMatchObject({ provenance: "packet", count: 1, firstFrame: 11 });
      expect([...frame.micros, ...frame.nanos, ...frame.interfaces]).toEqual([2e6, 8, 5]);
      expect([...frame.offsets, ...frame.linkTypes]).toEqual([0, 101]);
      expect(frame.captured[0]).toBe(frame.bytes.length);
    }
  });

  it("that is not shown is a bare header of a protocol for experiments (RFC 3692)", () => {
    const { bytes, original } = emptyFrame(ROWS, 1);
    expect([bytes.length, original[0], bytes[2] * 256 + bytes[3], bytes[9]]).toEqual([20, 20, 20, 253]);
    expect(folded([...bytes])).toBe(0xffff);
    expect(located(emptyFrame(ROWS, 1))).toEqual({ kind: "not-udp" });
  });
});

describe("names of captures", () => {
  it.each([
    ["/home/me/Office Paris.pcap", 0, "capture-1.pcap"],
    ["ring.PCAPNG.GZ", 1, "capture-2.pcapng.gz"],
    ["a.cap", 2, "capture-3.cap"],
    ["asa.log", 3, "capture-4.log"],
    ["records.ndjson", 4, "capture-5.ndjson"],
    ["eve.json", 5, "capture-6.json"],
    ["dump.txt", 6, "capture-7.txt"],
    ["eth0", 7, "capture-8"],
    ["paris.pcap.old", 8, "capture-9"],
    ["mypcap", 9, "capture-10"],
  ])("%s", (name, index, expected) => {
    expect(publicName(name, index)).toBe(expected);
  });

  const names = ["/secret/paris.pcap", "C:\\secret\\rome.pcap", "/other/paris.pcap", "/secret/paris.pcap"];
  const of = (message: string) => withoutNames({ message }, names).message;

  it.each([
    ["/secret/paris.pcap: the last record is cut off.", "capture-1.pcap: the last record is cut off."],
    ["paris.pcap and C:\\secret\\rome.pcap", "capture-1.pcap and capture-2.pcap"],
    ["rome.pcap, /other/paris.pcap.", "capture-2.pcap, capture-3.pcap."],
    ["not-paris.pcap, paris.pcaps, xrome.pcap", "not-paris.pcap, paris.pcaps, xrome.pcap"],
    ["pariszpcap", "pariszpcap"],
    ["/secret/paris.pcap again", "capture-1.pcap again"],
  ])("in a sentence: %s", (text, expected) => {
    expect(of(text)).toBe(expected);
  });

  it("of two that begin alike, the whole one counts", () => {
    const found = withoutNames({ message: "paris.pcap: cut, paris: whole" }, ["paris", "paris.pcap"]);
    expect(found.message).toBe("capture-2.pcap: cut, capture-1: whole");
  });

  it("are replaced where names and sentences stand, however deep, and nowhere else", () => {
    const report = {
      name: "rome.pcap",
      code: "rome.pcap",
      count: 3,
      none: null,
      list: [{ source: names[0], problem: "rome.pcap is cut", text: "rome.pcap", fingerprint: "rome.pcap" }],
      summary: "rome.pcap",
      anomaly: "rome.pcap",
      command: "editcap rome.pcap",
    };
    expect(withoutNames(report, names)).toEqual({
      name: "capture-2.pcap",
      code: "rome.pcap",
      count: 3,
      none: null,
      list: [
        {
          source: "capture-1.pcap",
          problem: "capture-2.pcap is cut",
          text: "capture-2.pcap",
          fingerprint: "rome.pcap",
        },
      ],
      summary: "capture-2.pcap",
      anomaly: "capture-2.pcap",
      command: "editcap capture-2.pcap",
    });
    expect(withoutNames({ message: "a" }, [])).toEqual({ message: "a" });
    const sensors = ["fw-berlin", "a"];
    const late = (sensor: string) => ({
      message: `x.ndjson: 2 lines of sensor ${sensor} came late, a few of them`,
    });
    expect(withoutNames([late("fw-berlin"), late("a"), late("fw")], ["x.ndjson"], sensors)).toEqual(
      ["1", "2", "fw"].map((name) => ({ message: late(name).message.replace("x.", "capture-1.") })),
    );
    expect(withoutNames({ message: "a (b) - c" }, [""])).toEqual({ message: "a (b) - c" });
  });
});
