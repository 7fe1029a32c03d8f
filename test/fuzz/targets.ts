/** All fuzz targets with what they start from. Bundled on its own: the blocks of this bundle are what is covered. */

import { random32 } from "../support/random.ts";
import { LINKS, OTHER_LINKS, stack } from "../support/stacks.ts";
import { fuzzAnalysis, fuzzArchive, fuzzReader, fuzzZstd } from "./capture-targets.ts";
import { type SeedFrame, seedCaptures, seedFrames } from "./corpus.ts";
import { archiveSeeds, formSeeds, packedSeeds, zstdSeeds } from "./form-seeds.ts";
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
import { fuzzPage, pageSeeds } from "./page-target.ts";
import { mutatedRecords } from "./records.ts";
import { fuzzEspNumbers, fuzzState } from "./table-targets.ts";
import { fuzzFragments, fuzzLocate, fuzzMessage, locateInput } from "./wire-targets.ts";

export interface Target {
  name: string;
  /** Throws when something is broken. */
  run: (input: Uint8Array) => void | Promise<void>;
  /** Made when the target is fuzzed: some by other programs, which takes longer than thousands of inputs. */
  seeds: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  maxLength: number;
  /** Inputs between two looks at the coverage. */
  batch: number;
  /** Seconds of the processor that an input may take, where that is more than one. */
  slowSeconds?: number;
  /** A mutation that knows the format; null when it does not apply. */
  mutate?: (input: Uint8Array, other: Uint8Array, mutator: Mutator) => Uint8Array | null;
}

/** A run may search all private addresses once for the one behind a NAT (judgement/inside.ts): 22 million hashes. */
const INSIDE_SEARCH_SECONDS = 12;
/** Readers are tried on few records: inputs of a kilobyte reach what larger ones do, many times as fast. */
const SMALL = 1024;
const MEDIUM = 2048;

/** @param folders of captures to start from */
export async function makeTargets(folders: readonly string[]): Promise<Target[]> {
  const captures = seedCaptures(folders);
  const frames = await seedFrames(captures);
  const messages = frames.flatMap(({ message }) => (message === null ? [] : [message]));
  const isPcapng = (bytes: Uint8Array) => bytes[0] === 0x0a;
  return [
    ...wireTargets(frames, messages),
    ...readers({
      pcap: () => captures.filter((bytes) => !isPcapng(bytes)).map((bytes) => bytes.subarray(0, SMALL)),
      pcapng: () => captures.filter(isPcapng).map((bytes) => bytes.subarray(0, SMALL)),
    }),
    ...readers(formSeeds, MEDIUM),
    ...readers(packedSeeds),
    { name: "zstd", run: fuzzZstd, seeds: zstdSeeds, maxLength: SMALL, batch: 500 },
    ...Object.entries(archiveSeeds).map(
      ([name, seeds]): Target => ({ name, run: fuzzArchive, seeds, maxLength: 3072, batch: 500 }),
    ),
    {
      name: "records",
      run: fuzzLines,
      seeds: () => recordSeeds(captures.slice(0, RECORD_SEEDS)),
      maxLength: SMALL,
      batch: 500,
    },
    { name: "logs", run: fuzzLines, seeds: logSeeds, maxLength: MEDIUM, batch: 500 },
    { name: "gateway-log", run: fuzzGatewayLog, seeds: gatewayLogSeeds, maxLength: MEDIUM, batch: 2000 },
    { name: "events", run: fuzzEvents, seeds: eventSeeds, maxLength: MEDIUM, batch: 2000 },
    { name: "keys", run: fuzzKeys, seeds: keySeeds, maxLength: SMALL, batch: 2000 },
    { name: "opener", run: fuzzOpener, seeds: openerSeeds, maxLength: MEDIUM, batch: 1000 },
    { name: "state", run: fuzzState, seeds: stateSeeds, maxLength: SMALL, batch: 1000 },
    { name: "esp-numbers", run: fuzzEspNumbers, seeds: espNumberSeeds, maxLength: SMALL, batch: 2000 },
    {
      name: "page-reader",
      run: fuzzPage,
      seeds: () => pageSeeds(captures.map((bytes) => bytes.subarray(0, PAGE_CAPTURE))),
      maxLength: 2 * PAGE_CAPTURE,
      batch: 100,
      slowSeconds: INSIDE_SEARCH_SECONDS,
    },
    {
      name: "analysis",
      run: fuzzAnalysis,
      seeds: () => captures.filter(({ length }) => length <= 32_768),
      maxLength: 65_536,
      batch: 100,
      slowSeconds: INSIDE_SEARCH_SECONDS,
      // Three in four keep the records whole: what is behind the readers is to be reached.
      mutate: (input, other, mutator) =>
        mutator.below(4) === 0 ? null : mutatedRecords(input, other, mutator),
    },
  ];
}

/** Targets of readers of captures, by name. */
function readers(seeds: Readonly<Record<string, () => Uint8Array[]>>, maxLength = SMALL): Target[] {
  return Object.entries(seeds).map(
    ([name, make]): Target => ({ name, run: fuzzReader, seeds: make, maxLength, batch: 500 }),
  );
}

function wireTargets(frames: readonly SeedFrame[], messages: readonly Uint8Array[]): Target[] {
  const fragments = messages.filter((message) => message[16] === 132);
  return [
    {
      name: "locate",
      run: fuzzLocate,
      seeds: () => [
        ...frames.map(({ linkType, frame }) => locateInput(linkType, frame.subarray(0, 2000))),
        ...stackSeeds(),
      ],
      maxLength: 2048,
      batch: 4000,
    },
    { name: "isakmp", run: fuzzMessage, seeds: () => messages, maxLength: 2048, batch: 4000 },
    {
      name: "fragments",
      run: fuzzFragments,
      seeds: () => sequences(fragments.length > 0 ? fragments : messages),
      maxLength: 2048,
      batch: 4000,
    },
  ];
}

/** Bytes of the captures that the page is given, each cut off somewhere: less than is waited for to tell a log. */
const PAGE_CAPTURE = 2048;
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
