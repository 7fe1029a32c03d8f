import { readFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { Scanner } from "../../src/analysis/scanner.ts";
import { endpoint } from "../../src/collections/endpoints.ts";
import { Decoder } from "../../src/feed/decoder.ts";
import { Facts, type Spi } from "../../src/ike/facts.ts";
import { Tracker } from "../../src/ike/tracker.ts";
import type { TrackerOptions } from "../../src/ike/tracker-options.ts";
import { Lease, LinearMemory, type Memory } from "../../src/linear/memory.ts";
import { portSet } from "../../src/wire/ports.ts";
import { framesOf } from "../properties/cut.ts";
import type { FrameRecord } from "../support/capture-files.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { simulate } from "../support/world.ts";

const SECOND = 1_000_000_000n;
const linear = LinearMemory.make();
/** So few that each table makes room again and again. */
const NARROW: TrackerOptions = { maxSas: 5, maxFlows: 14, compactHostsAt: 4 };

/** What is read of an SPI where it lies. */
function spiOf(spi: Spi): number[] {
  return [
    spi.spi,
    spi.firstAt,
    spi.firstSegment,
    spi.lastAt,
    spi.lastSegment,
    spi.firstSequence,
    spi.lastSequence,
    spi.packets,
    spi.expected,
    spi.counted,
    spi.unheardSince,
    spi.unheardThirdAt,
  ];
}

/** All that anybody can ask, as text. */
function known(tracker: Tracker): string {
  // Leaves addresses out, which differ with the memory.
  tracker.save();
  const facts = new Facts(tracker);
  const { hosts, flows } = facts;
  const flowOf = (row: number) => ({
    ends: [flows.sender(row), flows.receiver(row), flows.ports(row)],
    first: [flows.firstAt(row), flows.firstSegment(row)],
    last: [flows.lastAt(row), flows.lastSegment(row), flows.lastIn(row, 0), flows.lastIn(row, 1)],
    esp: [
      flows.hasEsp(row),
      flows.spis(row).map(spiOf),
      flows.lastEspAt(row, 1),
      tracker.flows.isUnheard(row, 0, Number.NaN),
    ],
    keepalives: [flows.hasSteadyKeepalives(row), flows.keepaliveAt(row)],
    more: [flows.sources(row), tracker.flows.reverse.of(row)],
  });
  const hostOf = (host: number) => ({
    text: hosts.text(host),
    seen: [hosts.wasSeenSending(host), tracker.hosts.isakmp[host]],
    ikev2: [hosts.speaksIkev2(host), hosts.endpointSpeaksIkev2(endpoint(host, 500))],
    esp: tracker.flows.hasEspOf(host),
  });
  const all = {
    hosts: Array.from({ length: hosts.size }, (_, host) => hostOf(host)),
    flows: [...flows.rows()].map(flowOf),
    rows: [tracker.flows.size, tracker.flows.spis.size, tracker.table.parts],
    ikeSas: facts.ikeSas,
    counts: [facts.echoes, facts.retransmissions, facts.evicted, tracker.quickModesInFragments],
  };
  const asText = (_: string, value: unknown) =>
    typeof value === "number" ? String(value) : value instanceof Map ? [...value] : value;
  return JSON.stringify(all, asText);
}

/** A tracker that is given frames, as often as not another one that was made of its state. */
class Reading {
  tracker: Tracker;
  readonly #inputs = new PlayedInputs();
  readonly #options: TrackerOptions;
  readonly #memory: Memory | null;
  #lease: Lease | null = null;
  #decoder: Decoder;

  /** @param memory where its tables lie; null: in arrays of their own */
  constructor(options: TrackerOptions, memory: Memory | null = null) {
    this.#options = options;
    this.#memory = memory;
    this.tracker = this.#begin();
    this.#decoder = this.#read();
  }

  #begin(): Tracker {
    this.#lease?.end();
    if (this.#memory === null) return new Tracker(this.#options);
    this.#lease = new Lease(this.#memory);
    return new Tracker({ ...this.#options, memory: this.#lease });
  }

  #read(): Decoder {
    return new Decoder(portSet([]), [new Scanner(this.tracker)]);
  }

  take(record: FrameRecord): void {
    this.#decoder.decode(this.#inputs.slice(record));
    this.tracker.boundHosts(1);
  }

  /** The program ends, and another one begins with what was kept. */
  restart(): void {
    const saved = deserialize(serialize(new Facts(this.tracker).save()));
    this.tracker = this.#begin();
    new Facts(this.tracker).restore(saved);
    this.#decoder = this.#read();
  }
}

/** Each frame twice where `copied`, the second half an hour earlier where `back`: a clock that is set. */
function shaped(records: readonly FrameRecord[], copied: boolean, back: boolean): FrameRecord[] {
  const half = records.length >> 1;
  const set = records.map((each, i) =>
    back && i >= half ? { ...each, at: each.at - 3_600n * SECOND } : each,
  );
  return copied ? set.flatMap((each) => [each, { ...each, at: each.at + 1_000_000n }]) : set;
}
const sample = (name: string) => framesOf(readFileSync(`samples/${name}`)) as FrameRecord[];

describe("a tracker of a saved state", () => {
  it.each<[string, FrameRecord[], TrackerOptions]>([
    ["clients that come and go", simulate(3).records, {}],
    ["in tables that are full again and again", simulate(3).records, NARROW],
    [
      "whose frames are captured twice, and the clock is set",
      shaped(simulate(8).records, true, true),
      NARROW,
    ],
    ["IKE fragments", sample("fragments-strongswan.pcap"), {}],
    ["IKEv2", sample("ikev2.pcap"), {}],
  ])("knows what one knows that went on: %s", (_, records, options) => {
    const whole = new Reading(options);
    const cut = new Reading(options, linear);
    records.forEach((record, i) => {
      whole.take(record);
      cut.take(record);
      if (i % 17 !== 0) return;
      cut.restart();
      expect(known(cut.tracker)).toBe(known(whole.tracker));
    });
    expect(known(cut.tracker)).toBe(known(whole.tracker));
  });
});
