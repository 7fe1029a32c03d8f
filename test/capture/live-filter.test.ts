/** The default capture filter, as libpcap itself reads it: tcpdump and tshark are the witnesses. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultFilter } from "../../src/node/live/filter.ts";
import { pcap } from "../support/capture-files.ts";
import { datagram, isakmp, nonEspMarker } from "../support/frames.ts";
import { isInstalled } from "../support/namespace.ts";

const sample = (name: string) => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));

function lines(program: string, args: readonly string[]): number {
  const { stdout, status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\n").length - 1;
}

function kept(file: string, filter = defaultFilter()): number {
  return lines("tcpdump", ["-n", "-r", file, filter]);
}

describe.skipIf(!isInstalled("tcpdump"))("the default filter", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dupcheck-filter-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** How many of these frames pass. */
  function passing(frames: readonly Buffer[], filter?: string): number {
    const file = join(folder, "frames.pcap");
    writeFileSync(file, pcap(frames.map((frame, i) => ({ at: BigInt(i) * 1_000_000_000n, frame }))));
    return kept(file, filter);
  }

  test
    .skipIf(!isInstalled("tshark"))
    .each([
      "two-windows-clients.pcap",
      "vlan.pcap",
      "qinq.pcap",
      "ipv6.pcap",
      "windows-session-nat.pcap",
      "same-nat.pcap",
      "fragments-windows.pcap",
    ])("keeps IKE and keepalives of %s, and no ESP", (name) => {
    const wanted = lines("tshark", ["-r", sample(name), "-Y", "(isakmp || udpencap.nat_keepalive) && !icmp"]);
    expect(wanted).toBeGreaterThan(0);
    expect(kept(sample(name))).toBe(wanted);
  });

  const message = isakmp({
    initiatorCookie: "0000000000000001",
    responderCookie: "0000000000000002",
    exchange: 32,
  });
  const keepalive = Buffer.from([0xff]);
  const esp = Buffer.alloc(64, 0x11);

  test.each([
    ["198.51.100.1", "192.0.2.1"],
    ["[2001:db8::1]", "[2001:db8::2]"],
  ])("on port 4500 from %s: the marker and the keepalive pass, ESP does not", (client, responder) => {
    const frame = (payload: Buffer) => datagram(`${client}:4500`, `${responder}:4500`, payload);
    expect(passing([frame(nonEspMarker(message)), frame(keepalive)])).toBe(2);
    // Without the padding of Ethernet nothing stands behind the one byte.
    expect(passing([frame(esp)])).toBe(0);
    expect(passing([datagram(`${client}:40001`, `${responder}:4500`, keepalive)])).toBe(1);
  });

  test("a port of the user's is kept whole, and only then", () => {
    const frame = datagram("198.51.100.1:5001", "192.0.2.1:5001", message);
    expect(passing([frame], defaultFilter([5001]))).toBe(1);
    expect(passing([frame])).toBe(0);
  });

  test.each([
    ["raw IP", 101],
    ["the any device", 113],
  ])("without VLAN tags it is understood on %s", (_, linkType) => {
    const file = join(folder, "empty.pcap");
    writeFileSync(file, pcap([], { linkType }));
    expect(kept(file, defaultFilter([], false))).toBe(0);
    // libpcap looks for tags on Ethernet alone, which is why there are two filters.
    expect(() => kept(file, defaultFilter([], true))).toThrow(/VLAN/);
  });
});
