/**
 * Writes classic pcap, little-endian (draft-ietf-opsawg-pcap). Records keep their bytes, their length on the wire and
 * their time.
 */

import type { FrameBatch } from "./batch.ts";

/** Bytes of the file header and of each record's header. */
export const FILE_HEADER = 24;
export const RECORD_HEADER = 16;
export const SNAPLEN = 262_144;
const MAGIC_MICROS = 0xa1b2c3d4;
const MAGIC_NANOS = 0xa1b23c4d;
const MICROS_PER_SECOND = 1_000_000;

export interface PacketOrigin {
  /** Index of the source, and its name for the reader. */
  source: number;
  name: string;
  timeDigits: 6 | 9;
}

export interface CaptureWriter {
  /** What stands before the first packet. */
  begin(): Uint8Array;
  packet(batch: FrameBatch, i: number, origin: PacketOrigin, comment: string): Uint8Array;
}

/** The header of a classic pcap file. */
export function pcapHeader(linkType: number, nanos: boolean, snaplen = SNAPLEN): Uint8Array {
  const header = new Uint8Array(FILE_HEADER);
  const view = new DataView(header.buffer);
  view.setUint32(0, nanos ? MAGIC_NANOS : MAGIC_MICROS, true);
  // Version 2.4.
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snaplen, true);
  view.setUint32(20, linkType, true);
  return header;
}

/** One link type for all records; nanoseconds when any source has them. */
export class PcapWriter implements CaptureWriter {
  readonly #linkType: number;
  readonly #nanos: boolean;

  constructor(linkType: number, nanos: boolean) {
    this.#linkType = linkType;
    this.#nanos = nanos;
  }

  begin(): Uint8Array {
    return pcapHeader(this.#linkType, this.#nanos);
  }

  packet(batch: FrameBatch, i: number): Uint8Array {
    const { micros, nanos, captured, original } = batch;
    const record = new Uint8Array(RECORD_HEADER + captured[i]);
    const view = new DataView(record.buffer);
    const seconds = Math.floor(micros[i] / MICROS_PER_SECOND);
    const below = micros[i] - seconds * MICROS_PER_SECOND;
    view.setUint32(0, seconds >>> 0, true);
    view.setUint32(4, this.#nanos ? below * 1000 + nanos[i] : below, true);
    view.setUint32(8, captured[i], true);
    view.setUint32(12, original[i], true);
    record.set(frameOf(batch, i), RECORD_HEADER);
    return record;
  }
}

export function frameOf({ bytes, offsets, captured }: FrameBatch, i: number): Uint8Array {
  return bytes.subarray(offsets[i], offsets[i] + captured[i]);
}
