import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { Facts } from "../../src/ike/facts.ts";
import { FlowTable } from "../../src/ike/flows.ts";
import { HostTable } from "../../src/ike/hosts.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { Located } from "../../src/wire/locate.ts";

const MICRO = 1e-6;
const CLIENT = [10, 0, 0, 1];
const GATEWAY = [10, 0, 0, 2];

interface Packet {
  at?: number;
  segment?: number;
  back?: boolean;
  port?: number;
  /** Bytes of the payload; a keepalive without. */
  esp?: readonly number[];
  captured?: number;
}
const ESP = [0xab, 0xcd, 0, 1, 0, 0, 0, 9];

function tableOf(packets: readonly Packet[]) {
  const hosts = new HostTable();
  const flows = new FlowTable(hosts);
  for (const {
    at = 0,
    segment = 0,
    back = false,
    port = 41_000,
    esp,
    captured = esp?.length ?? 1,
  } of packets) {
    const addresses = back ? [...GATEWAY, ...CLIENT] : [...CLIENT, ...GATEWAY];
    const bytes = Uint8Array.from([...addresses, ...(esp ?? [0xff])]);
    const ports = back
      ? { sourcePort: 4_500, destinationPort: port }
      : { sourcePort: port, destinationPort: 4_500 };
    const located = Object.assign(new Located(), {
      ipVersion: 4,
      source: 0,
      destination: 4,
      payload: 8,
      captured,
      ...ports,
    });
    flows.see(bytes, located, esp !== undefined, Math.round(at * SECOND), segment);
  }
  const host = (address: readonly number[]) => hosts.intern(Uint8Array.from(address), 0, 4);
  const ends = (port: number) => [endpoint(host(CLIENT), port), endpoint(host(GATEWAY), 4_500)] as const;
  const there = (port = 41_000) => flows.find(...ends(port), false);
  const back = (port = 41_000) => flows.find(ends(port)[1], ends(port)[0], false);
  const facts = new Facts({ flows } as never).flows;
  return { flows, facts, there, back };
}

describe("NAT keepalives at a steady interval (6.6)", () => {
  const isSteady = (...times: readonly number[]) => {
    const { facts, there } = tableOf(times.map((at) => ({ at })));
    return facts.hasSteadyKeepalives(there());
  };
  const every = (seconds: number, count: number) => Array.from({ length: count }, (_, i) => i * seconds);

  it.each<[string, boolean, boolean]>([
    ["ten, 20 s apart", isSteady(...every(20, 10)), true],
    ["nine", isSteady(...every(20, 9)), false],
    ["ten, just under 30 s apart", isSteady(...every(30 - MICRO, 10)), true],
    ["ten, 30 s apart", isSteady(...every(30, 10)), false],
    ["a pause before the tenth begins anew", isSteady(...every(20, 9), 300), false],
    ["a pause after the tenth changes nothing", isSteady(...every(20, 10), 900), true],
    ["ten after a pause", isSteady(...every(20, 5), ...every(20, 10).map((at) => at + 500)), true],
    ["three hundred", isSteady(...every(20, 300)), true],
  ])("%s", (_, is, expected) => {
    expect(is).toBe(expected);
  });

  it("are no ESP, and the last one is known", () => {
    const { facts, there } = tableOf([{ at: 1 }, { at: 5 }]);
    expect([facts.hasEsp(there()), facts.keepaliveAt(there()), facts.spis(there())]).toEqual([
      false,
      5e6,
      [],
    ]);
  });
});

describe("what passed between two endpoints", () => {
  it("each direction and each port is a flow", () => {
    const { flows, there, back } = tableOf([
      { at: 1, esp: ESP },
      { at: 2, esp: ESP, back: true },
      { at: 3, esp: ESP, port: 41_001 },
    ]);
    expect([flows.lastAt.of(there()), flows.lastAt.of(back()), flows.lastAt.of(there(41_001))]).toEqual([
      1e6, 2e6, 3e6,
    ]);
    expect(flows.size).toBe(3);
    expect([flows.reverse.of(there()), flows.reverse.of(back())]).toEqual([back(), there()]);
    expect(flows.reverse.of(there(41_001))).toBe(-1);
  });

  it("SPI and sequence number, as far as they were captured (RFC 4303 2.1, 2.2)", () => {
    const spiOf = (esp: readonly number[], captured = esp.length) => {
      const { facts, there } = tableOf([{ esp, captured }]);
      const [{ spi, firstSequence }] = facts.spis(there());
      return [spi, firstSequence];
    };
    expect(spiOf(ESP)).toEqual([0xabcd0001, 9]);
    expect(spiOf(ESP, 7)).toEqual([0xabcd0001, Number.NaN]);
    expect(spiOf(ESP, 4)).toEqual([0xabcd0001, Number.NaN]);
    expect(spiOf(ESP, 3)).toEqual([0, Number.NaN]);
    // The old drafts put eight zero bytes before ESP on port 500.
    const marked = [0, 0, 0, 0, 0, 0, 0, 0, ...ESP];
    expect(spiOf(marked)).toEqual([0xabcd0001, 9]);
    expect(spiOf(marked, 15)).toEqual([0xabcd0001, Number.NaN]);
    expect(spiOf(marked, 12)).toEqual([0xabcd0001, Number.NaN]);
    expect(spiOf(marked, 11)[0]).toBe(0);
  });

  it("the last packet in each segment of the clock, eight back", () => {
    const { facts, there } = tableOf(
      Array.from({ length: 11 }, (_, segment) => ({ at: 50 - segment, segment, esp: ESP })),
    );
    const row = there();
    expect([facts.lastAt(row), facts.lastSegment(row), facts.firstAt(row), facts.firstSegment(row)]).toEqual([
      40e6, 10, 50e6, 0,
    ]);
    const lasts = Array.from({ length: 12 }, (_, segment) => facts.lastIn(row, segment) / SECOND);
    expect(lasts).toEqual([Number.NaN, Number.NaN, 48, 47, 46, 45, 44, 43, 42, 41, 40, Number.NaN]);
    expect(facts.lastIn(-1, 0)).toBeNaN();
    expect(facts.moments(row).map(({ at, segment }) => [segment, at / SECOND])).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9, 10].map((segment) => [segment, 50 - segment]),
    );
    expect([facts.hasEsp(row), facts.hasEsp(-1)]).toEqual([true, false]);
  });
});

describe("a client that sends on without an answer (4, unproven)", () => {
  const isUnheardSince = (knownAt: number, ...packets: readonly Packet[]) => {
    const { flows, there } = tableOf(packets);
    return flows.isUnheard(there(), packets.at(-1)?.segment ?? 0, knownAt * SECOND);
  };
  const isUnheard = (...packets: readonly Packet[]) => isUnheardSince(Number.NaN, ...packets);
  const up = (at: number, segment = 0): Packet => ({ at, esp: ESP, segment });
  const down = (at: number, segment = 0): Packet => ({ at, esp: ESP, back: true, segment });

  it.each<[string, boolean, boolean]>([
    ["three packets over 20 s after the responder's last", isUnheard(down(0), up(1), up(2), up(21)), true],
    ["over less than 20 s", isUnheard(down(0), up(1), up(2), up(20)), false],
    ["the responder sent in between", isUnheard(down(0), up(1), up(2), down(3), up(21)), false],
    [
      "over 20 s after what the responder sent in between",
      isUnheard(up(1), down(3), up(4), up(5), up(24)),
      true,
    ],
    ["the responder was never seen there", isUnheard(up(1), up(2), up(21)), false],
    [
      "the responder's last was before a step of the clock",
      isUnheard(down(90), up(1, 1), up(2, 1), up(21, 1)),
      false,
    ],
    [
      "all of that was before a step of the clock, and the responder was seen since",
      isUnheard(down(0), up(51), up(52), up(75), down(10, 1)),
      false,
    ],
    [
      "the responder's last was before a step of the clock, earlier by its time",
      isUnheard(down(0), up(1, 1), up(2, 1), up(21, 1)),
      false,
    ],
    [
      "the responder's IKE on the SA was before all of that",
      isUnheardSince(0.5, down(0), up(1), up(2), up(21)),
      true,
    ],
    [
      "the responder finished phase 1 of the SA after that, which it knows",
      isUnheardSince(22, down(0), up(1), up(2), up(21)),
      false,
    ],
  ])("%s", (_, is, expected) => {
    expect(is).toBe(expected);
  });
});
