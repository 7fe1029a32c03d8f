/**
 * What every reader hands on: rows with times, in batches, as a structure of arrays. The rows of a capture are
 * frames; those of a message record or a log are messages that another program has told of.
 *
 * Most packets of a capture are not ISAKMP, so a frame is never an object: a batch is the chunk of bytes and typed
 * arrays that say where each frame lies in it. A batch is valid until the source's next `next()`.
 */

import type { Digest } from "../wire/digest.ts";
import type { ClearPayloads } from "../wire/payloads.ts";

/** What all batches have. */
export interface Rows {
  /** How many rows; the arrays may be longer. */
  count: number;
  /** Interface each row came from: index over all sections of a pcapng file; 0 in a classic pcap. */
  interfaces: Uint32Array;
  /** Time as written: whole microseconds since the epoch (exact integers; negative before 1970). */
  micros: Float64Array;
  /** What the time has below the microsecond, in nanoseconds, 0..999. */
  nanos: Uint16Array;
  /** Number of the first packet in its source, counted from 1. */
  firstFrame: number;
}

/** Frames that lie in one chunk, in the order of the capture. */
export interface FrameBatch extends Rows {
  readonly provenance: "packet";
  /** The chunk. Frame i is `bytes[offsets[i] .. offsets[i] + captured[i])`. */
  bytes: Uint8Array;
  offsets: Uint32Array;
  /** Bytes of the frame that the capture holds. */
  captured: Uint32Array;
  /** Bytes the frame had on the wire. */
  original: Uint32Array;
  /** Link-layer type (LINKTYPE_ value, low 16 bits of the header field). */
  linkTypes: Uint16Array;
}

/** Messages and signs of life that a message record or a log tells of. No frame could be shown. */
export interface MessageBatch extends Rows {
  /** A log holds headers without the content behind them, which proves less. */
  readonly provenance: "record" | "log";
  /** null: a time that the input had reached, and no packet (header and trailer lines). */
  rows: readonly (MessageRow | null)[];
  /** Number of each packet in its source, counted from 1. */
  frames: Uint32Array;
}

export type Batch = FrameBatch | MessageBatch;

/** A message or a sign of life, as far as it was told of. */
export interface MessageRow {
  /** A code of `Kind` (wire/kinds.ts): ISAKMP, a keepalive, or ESP in one of its forms. */
  kind: number;
  ipVersion: 4 | 6;
  /** The sender's address and the receiver's, 4 or 16 bytes each; then what was told of the message. */
  bytes: Uint8Array;
  /** 0 for ESP over IP, which has no ports. */
  sourcePort: number;
  destinationPort: number;
  /** IPv4 identification; 0 where there is none, or it was not told. */
  identification: number;
  /** The message came behind a non-ESP marker (RFC 3948 2.2). */
  marker: boolean;
  /** Bytes of the message that the sensor captured, and bytes that it has. More than `bytes` holds. */
  captured: number;
  length: number;
  /** Digest of the bytes that the sensor saw; null where `bytes` holds them all. */
  digest: Digest | null;
  /** What a message in the clear showed; null where `bytes` holds it. */
  clear: ClearPayloads | null;
}

/** Consecutive rows of one source within one segment of the clock. */
export interface Slice {
  /** Index of the source. */
  source: number;
  batch: Batch;
  /** Monotone time of each row of the batch, microseconds. */
  clock: Float64Array;
  /** Rows `start` to `end - 1`. */
  start: number;
  end: number;
  /** How often any clock stepped back so far. */
  segment: number;
}

/** The number of a row's packet in its source. */
export function frameNumber(batch: Batch, row: number): number {
  return batch.provenance === "packet" ? batch.firstFrame + row : batch.frames[row];
}

/** How many packets a slice has: a row that only tells a time is not one. */
export function packetsIn({ batch, start, end }: Slice): number {
  if (batch.provenance === "packet") return end - start;
  let packets = 0;
  for (let i = start; i < end; i += 1) if (batch.rows[i] !== null) packets += 1;
  return packets;
}

/** Cuts a slice to `limit` packets. */
export function cutTo(slice: Slice, limit: number): void {
  const { batch, start } = slice;
  if (batch.provenance === "packet") {
    slice.end = Math.min(slice.end, start + limit);
    return;
  }
  let packets = 0;
  for (let i = start; i < slice.end; i += 1) {
    if (batch.rows[i] === null) continue;
    if (packets === limit) slice.end = i;
    packets += 1;
  }
}
