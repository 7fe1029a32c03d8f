/** All fuzz targets with what they start from. Bundled on its own: the blocks of this bundle are what is covered. */

import { random32 } from "../support/random.ts";
import { LINKS, OTHER_LINKS, stack } from "../support/stacks.ts";
import { fuzzAnalysis, fuzzArchive, fuzzReader } from "./capture-targets.ts";
import { seedCaptures, seedFrames } from "./corpus.ts";
import { archiveSeeds, formSeeds, packedSeeds } from "./form-seeds.ts";
import {
  espNumberSeeds,
  eventSeeds,
  gatewayLogSeeds,
  keySeeds,
  logSeeds,
  openerSeeds,
  recordSeeds,
  stateSeeds,
} from "./line-seeds.ts";
import { fuzzEvents, fuzzGatewayLog, fuzzKeys, fuzzLines, fuzzOpener } from "./line-targets.ts";
import type { Mutator } from "./mutate.ts";
import { mutatedRecords } from "./records.ts";
import { fuzzEspNumbers, fuzzState } from "./table-targets.ts";
import { fuzzFragments, fuzzLocate, fuzzMessage, locateInput } from "./wire-targets.ts";

export interface Target {
  name: string;
  /** Throws when something is broken. */
  run: (input: Uint8Array) => void | Promise<void>;
  seeds: readonly Uint8Array[];
  maxLength: number;
  /** Inputs between two looks at the coverage. */
  batch: number;
  /** A mutation that knows the format; null when it does not apply. */
  mutate?: (input: Uint8Array, other: Uint8Array, mutator: Mutator) => Uint8Array | null;
}

/** @param folders of captures to start from */
export async function makeTargets(folders: readonly string[]): Promise<Target[]> {
  const captures = seedCaptures(folders);
  const frames = await seedFrames(captures);
  const messages = frames.flatMap(({ message }) => (message === null ? [] : [message]));
  const isPcapng = (bytes: Uint8Array) => bytes[0] === 0x0a;
  const short = captures.filter(({ length }) => length <= 8192);
  const fragments = messages.filter((message) => message[16] === 132);
  return [
    {
      name: "locate",
      run: fuzzLocate,
      seeds: [
        ...frames.map(({ linkType, frame }) => locateInput(linkType, frame.subarray(0, 2000))),
        ...stackSeeds(),
      ],
      maxLength: 2048,
      batch: 4000,
    },
    { name: "isakmp", run: fuzzMessage, seeds: messages, maxLength: 2048, batch: 4000 },
    {
      name: "fragments",
      run: fuzzFragments,
      seeds: sequences(fragments.length > 0 ? fragments : messages),
      maxLength: 2048,
      batch: 4000,
    },
    {
      name: "pcap",
      run: fuzzReader,
      seeds: short.filter((bytes) => !isPcapng(bytes)),
      maxLength: 8192,
      batch: 500,
    },
    { name: "pcapng", run: fuzzReader, seeds: short.filter(isPcapng), maxLength: 8192, batch: 500 },
    ...Object.entries(formSeeds()).map(
      ([name, seeds]): Target => ({ name, run: fuzzReader, seeds, maxLength: 4096, batch: 500 }),
    ),
    ...Object.entries(packedSeeds()).map(
      ([name, seeds]): Target => ({ name, run: fuzzReader, seeds, maxLength: 4096, batch: 200 }),
    ),
    ...Object.entries(archiveSeeds()).map(
      ([name, seeds]): Target => ({ name, run: fuzzArchive, seeds, maxLength: 8192, batch: 200 }),
    ),
    {
      name: "records",
      run: fuzzLines,
      seeds: await recordSeeds(captures.slice(0, RECORD_SEEDS)),
      maxLength: 4096,
      batch: 500,
    },
    { name: "logs", run: fuzzLines, seeds: logSeeds(), maxLength: 4096, batch: 500 },
    { name: "gateway-log", run: fuzzGatewayLog, seeds: gatewayLogSeeds(), maxLength: 4096, batch: 2000 },
    { name: "events", run: fuzzEvents, seeds: eventSeeds(), maxLength: 4096, batch: 2000 },
    { name: "keys", run: fuzzKeys, seeds: keySeeds(), maxLength: 2048, batch: 2000 },
    { name: "opener", run: fuzzOpener, seeds: openerSeeds(), maxLength: 4096, batch: 1000 },
    { name: "state", run: fuzzState, seeds: stateSeeds(), maxLength: 1024, batch: 1000 },
    { name: "esp-numbers", run: fuzzEspNumbers, seeds: espNumberSeeds(), maxLength: 2048, batch: 2000 },
    {
      name: "analysis",
      run: fuzzAnalysis,
      seeds: captures.filter(({ length }) => length <= 32_768),
      maxLength: 65_536,
      batch: 100,
      // Three in four keep the records whole: what is behind the readers is to be reached.
      mutate: (input, other, mutator) =>
        mutator.below(4) === 0 ? null : mutatedRecords(input, other, mutator),
    },
  ];
}

/** Captures whose message records are seeds. */
const RECORD_SEEDS = 40;
const STACKS_PER_LINK = 40;

/** Frames of every link type, with tags and tunnels in random order. */
function stackSeeds(): Uint8Array[] {
  return [...LINKS, ...OTHER_LINKS].flatMap(([, linkType, link]) => {
    const next = random32(linkType);
    return Array.from({ length: linkType === 1 ? STACKS_PER_LINK * 10 : STACKS_PER_LINK }, (_, id) =>
      locateInput(linkType, stack(id, link, next).subarray(0, 2000)),
    );
  });
}

/** Inputs of `fuzzFragments` that hold each run of up to four messages. */
function sequences(messages: readonly Uint8Array[]): Uint8Array[] {
  return messages.slice(0, 200).map((_, i) => {
    const parts = messages.slice(i, i + 4).flatMap((message) => {
      const part = message.subarray(0, 28 + 255);
      return [Uint8Array.of(0, part.length - 28), part];
    });
    return new Uint8Array(Buffer.concat(parts));
  });
}
