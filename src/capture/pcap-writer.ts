import type { RecordBatch } from "./batch.ts";

export const SNAPLEN = 262144;
export interface PacketOrigin {
  /** Index of the source, and its name for the reader. */
  source: number;
  name: string;
  timeDigits: 6 | 9;
}

export interface CaptureWriter {
  begin(): Buffer;
  packet(batch: RecordBatch, i: number, origin: PacketOrigin, comment: string): Buffer;
}
/** One link type for all records; nanoseconds when any source has them. */

export class PcapWriter implements CaptureWriter {
  readonly #linkType: number;
  readonly #nanos: boolean;

  constructor(linkType: number, nanos: boolean) {
    this.#linkType = linkType;
    this.#nanos = nanos;
  }

  begin(): Buffer {
    const header = Buffer.alloc(24);
    header.writeUInt32LE(this.#nanos ? 0xa1b23c4d : 0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(SNAPLEN, 16);
    header.writeUInt32LE(this.#linkType, 20);
    return header;
  }

  packet(batch: RecordBatch, i: number): Buffer {
    const { micros, nanos, captured, original } = batch;
    const header = Buffer.alloc(16);
    const seconds = Math.floor(micros[i] / 1000000);
    const below = micros[i] - seconds * 1000000;
    header.writeUInt32LE(seconds >>> 0, 0);
    header.writeUInt32LE(this.#nanos ? below * 1000 + nanos[i] : below, 4);
    header.writeUInt32LE(captured[i], 8);
    header.writeUInt32LE(original[i], 12);
    return Buffer.concat([header, frameOf(batch, i)]);
  }
}

export function frameOf({ bytes, offsets, captured }: RecordBatch, i: number): Buffer {
  return Buffer.from(bytes.subarray(offsets[i], offsets[i] + captured[i]));
}
