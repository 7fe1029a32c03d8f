import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { FlowTable } from "../../src/ike/flows.ts";
import { HostTable } from "../../src/ike/hosts.ts";
import { Located } from "../../src/wire/locate.ts";
import { random32 } from "../support/random.ts";

interface Packet {
  source: number;
  destination: number;
  sourcePort: number;
  destinationPort: number;
}

/** Addresses 10.0.x.y by number, so that a few thousand flows share the entries of any small cache. */
function randomPacket(next: () => number): Packet {
  return {
    source: next() % 60,
    destination: 100 + (next() % 60),
    sourcePort: next() % 3 === 0 ? 0 : 4500,
    destinationPort: 4500,
  };
}

function see(flows: FlowTable, packet: Packet, at: number, segment = 0): void {
  const bytes = Uint8Array.of(10, 0, 0, packet.source, 10, 0, 0, packet.destination);
  const located = Object.assign(new Located(), { ...packet, source: 0, destination: 4 });
  flows.see(bytes, located, true, at, segment);
}

function rowOf(flows: FlowTable, hosts: HostTable, packet: Packet): number {
  const host = (number: number) => hosts.intern(Uint8Array.of(10, 0, 0, number), 0, 4);
  return flows.find(
    endpoint(host(packet.source), packet.sourcePort),
    endpoint(host(packet.destination), packet.destinationPort),
    false,
  );
}

describe("packets of many flows", () => {
  it.each([
    { maxRows: 100_000, what: "every flow has the time of its last packet" },
    { maxRows: 500, what: "the same with a table that is full again and again, for the flows that are kept" },
  ])("$what", ({ maxRows }) => {
    const hosts = new HostTable();
    const flows = new FlowTable(hosts, maxRows);
    const next = random32(5);
    const last = new Map<string, { packet: Packet; at: number }>();
    for (let at = 1; at <= 60_000; at += 1) {
      const packet = randomPacket(next);
      see(flows, packet, at);
      last.set(JSON.stringify(packet), { packet, at });
    }
    const kept = [...last.values()].sort((a, b) => b.at - a.at).slice(0, Math.min(last.size, maxRows / 4));
    expect(kept.length).toBeGreaterThan(100);
    for (const { packet, at } of kept) expect(flows.lastAt.of(rowOf(flows, hosts, packet))).toBe(at);
    expect(flows.evicted > 0).toBe(maxRows < last.size);
  });
});

describe("a flow", () => {
  it("has the segment of the clock that it began in, however many flows there are", () => {
    const hosts = new HostTable();
    const flows = new FlowTable(hosts);
    const packets = Array.from({ length: 1_000 }, (_, i) => ({
      source: i % 250,
      destination: 251,
      sourcePort: 4500 + Math.floor(i / 250),
      destinationPort: 4500,
    }));
    for (const packet of packets) see(flows, packet, 1, 3);
    for (const packet of packets) expect(flows.firstSegment.of(rowOf(flows, hosts, packet))).toBe(3);
  });
});
