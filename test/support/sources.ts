/** Readers fed from memory in chunks of any size, and what they read as plain objects. */

import type { FrameBatch } from "../../src/capture/batch.ts";
import { IterableSource } from "../../src/capture/byte-source.ts";
import type { CaptureSource } from "../../src/capture/source.ts";
import type { FeedInput } from "../../src/feed/feed.ts";
import { openSource } from "../../src/feed/formats.ts";
import { DECOMPRESSORS } from "../../src/node/unpack/decompressors.ts";

export const CHUNK_SIZES = [1, 7, 64, Number.POSITIVE_INFINITY];

/** The bytes in chunks of `size`, with an empty chunk between each two. */
export async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, Math.min(at + size, bytes.length));
    yield new Uint8Array(0);
    if (size === Number.POSITIVE_INFINITY) return;
  }
}

export function openBytes(
  bytes: Uint8Array,
  size = Number.POSITIVE_INFINITY,
  window = 64,
): Promise<CaptureSource> {
  return openSource(new IterableSource(chunks(bytes, size)), "test", {
    chunk: window,
    decompressors: DECOMPRESSORS,
  });
}

export interface PlainRecord {
  frame: number;
  /** Nanoseconds since the epoch. */
  at: bigint;
  bytes: string;
  original: number;
  linkType: number;
  interface: number;
}

export async function readAll(source: CaptureSource): Promise<PlainRecord[]> {
  const records: PlainRecord[] = [];
  for await (const batch of frameBatches(source)) {
    for (let i = 0; i < batch.count; i += 1) {
      const end = batch.offsets[i] + batch.captured[i];
      if (end > batch.bytes.length) throw new Error("a record outside its chunk");
      records.push({
        frame: batch.firstFrame + i,
        at: BigInt(batch.micros[i]) * 1000n + BigInt(batch.nanos[i]),
        bytes: Buffer.from(batch.bytes.subarray(batch.offsets[i], end)).toString("hex"),
        original: batch.original[i],
        linkType: batch.linkTypes[i],
        interface: batch.interfaces[i],
      });
    }
  }
  await source.close();
  return records;
}

/** Inputs of a feed by name, opened as a test wants it. */
export function inputsOf(
  names: readonly string[],
  open: (name: string, chunk?: number) => Promise<CaptureSource>,
): FeedInput[] {
  return names.map((name) => ({
    name,
    once: false,
    open: (reading) => open(name, reading?.chunk),
    abandon: () => {},
  }));
}

/** The batches of a capture. */
export async function* frameBatches(source: CaptureSource): AsyncGenerator<FrameBatch> {
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    if (batch.provenance === "packet") yield batch;
  }
}
