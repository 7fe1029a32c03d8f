import { describe, expect, it } from "vitest";
import { addressWords } from "../../src/collections/endpoints.ts";
import { HostTable } from "../../src/ike/hosts.ts";
import { KnownFlows } from "../../src/ike/known-flows.ts";
import { ordinaryMemory } from "../../src/linear/memory.ts";
import { random32 } from "../support/random.ts";

/** An address as text, by its bytes; IPv6 as eight groups. */
function bytesOf(text: string): Uint8Array {
  if (text.includes(".")) return Uint8Array.from(text.split("."), Number);
  const groups = text.split(":").map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
function hostOf(text: string) {
  const hosts = new HostTable();
  const bytes = bytesOf(text);
  // In the middle of other bytes, as in a packet.
  const around = Uint8Array.of(1, 2, 3, ...bytes, 4, 5, 6);
  const host = hosts.intern(around, 3, bytes.length === 4 ? 4 : 6);
  return { hosts, host, bytes };
}

describe("an address", () => {
  it.each<[string, string]>([
    ["192.0.2.129", "192.0.2.129"],
    ["0.0.0.0", "0.0.0.0"],
    ["2001:db8:0:0:1:0:0:ff", "2001:db8::1:0:0:ff"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["0:0:0:1:0:ffff:c000:201", "::1:0:ffff:c000:201"],
    ["0:1:0:0:0:ffff:c000:201", "0:1::ffff:c000:201"],
    ["0:0:0:0:1:ffff:c000:201", "::1:ffff:c000:201"],
  ])("%s", (text, shown) => {
    const { hosts, host, bytes } = hostOf(text);
    expect([hosts.text(host), [...hosts.bytes(host)]]).toEqual([shown, [...bytes]]);
    const words = new Uint32Array(6).fill(7);
    hosts.copyWords(host, words, 1);
    const expected = new Uint32Array(6).fill(7);
    addressWords(bytes, 0, bytes.length === 4 ? 4 : 6, expected, 1);
    expect([words, hosts.size]).toEqual([expected, 1]);
  });

  it("is inside a NAT by RFC 1918, RFC 6598 and RFC 4193, to the bounds of each network", () => {
    const inside = (text: string) => {
      const { hosts, host } = hostOf(text);
      return hosts.isPrivate(host);
    };
    const yes = [
      "10.0.0.0",
      "10.255.255.255",
      "172.16.0.0",
      "172.31.255.255",
      "192.168.0.0",
      "192.168.255.255",
    ];
    yes.push("100.64.0.0", "100.127.255.255", "fc00:0:0:0:0:0:0:1", "fdff:ffff:0:0:0:0:0:1");
    const no = [
      "9.255.255.255",
      "11.0.0.0",
      "172.15.255.255",
      "172.32.0.0",
      "192.167.255.255",
      "192.169.0.0",
    ];
    no.push("100.63.255.255", "100.128.0.0", "fbff:0:0:0:0:0:0:1", "fe00:0:0:0:0:0:0:1", "0:0:0:0:0:0:a00:1");
    no.push("0:1:0:0:0:ffff:a00:1", "0:0:0:1:0:ffff:a00:1", "0:0:0:0:1:ffff:a00:1");
    expect(yes.filter((text) => !inside(text))).toEqual([]);
    expect(no.filter(inside)).toEqual([]);
  });
});

describe("flows that were seen lately", () => {
  it("are found by both addresses and the ports, each in its own row, or not at all", () => {
    const known = new KnownFlows(ordinaryMemory);
    const next = random32(5);
    const flows = Array.from({ length: 20_000 }, () => [next(), next(), next()] as const);
    flows.forEach(([source, destination, ports], row) => {
      known.keep(source, destination, ports, row);
    });
    const found = flows.map(([source, destination, ports]) => known.find(source, destination, ports));
    expect(found.every((row, i) => row === i || row === -1)).toBe(true);
    // 16,384 places, and what came last has one.
    expect(found.filter((row) => row >= 0).length).toBeGreaterThan(12_000);
    expect(found.slice(-1)).toEqual([19_999]);
    known.clear();
    expect(flows.some(([source, destination, ports]) => known.find(source, destination, ports) >= 0)).toBe(
      false,
    );
  });

  it("another address or other ports are another flow, also at the same place", () => {
    const known = new KnownFlows(ordinaryMemory);
    // Exclusive or of source and ports is what their place is chosen by.
    known.keep(1, 2, 4, 0);
    known.keep(4, 2, 1, 1);
    known.keep(8, 2, 13, 2);
    expect([known.find(1, 2, 4), known.find(4, 2, 1), known.find(8, 2, 13)]).toEqual([0, 1, 2]);
    expect([known.find(5, 2, 0), known.find(13, 2, 8), known.find(1, 3, 4)]).toEqual([-1, -1, -1]);
  });

  it("of one place eight are kept, and the next one takes the place of the first", () => {
    const known = new KnownFlows(ordinaryMemory);
    for (let i = 0; i < 9; i += 1) known.keep(i, 2, i ^ 5, i);
    expect(Array.from({ length: 10 }, (_, i) => known.find(i, 2, i ^ 5))).toEqual([
      -1, 1, 2, 3, 4, 5, 6, 7, 8, -1,
    ]);
  });
});
