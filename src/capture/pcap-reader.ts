/**
 * Classic pcap: a 24-byte file header, then records of 16 bytes of header and the captured bytes. Microseconds
 * or nanoseconds, either byte order, and the "modified" format with 8 more bytes a record (kernel patches of
 * the 1990s). Facts: draft-ietf-opsawg-pcap, libpcap's savefile format.
 */

import type { FrameBatch } from "./batch.ts";
import { BatchBuffer, CAPACITY, MAX_RECORD } from "./batch-buffer.ts";
import { type ByteWindow, endOf } from "./byte-window.ts";
import type { CaptureSource, SourceSummary } from "./source.ts";

export const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
const MODIFIED_HEADER = 24;

interface PcapKind {
  littleEndian: boolean;
  nanos: boolean;
  modified: boolean;
}

const KINDS = new Map<number, PcapKind>();
for (const [magic, nanos, modified] of [
  [0xa1b2c3d4, false, false],
  [0xa1b23c4d, true, false],
  [0xa1b2cd34, false, true],
] as const) {
  const swapped =
    ((magic & 0xff) << 24) | ((magic & 0xff00) << 8) | ((magic >>> 8) & 0xff00) | (magic >>> 24);
  KINDS.set(magic, { littleEndian: false, nanos, modified });
  KINDS.set(swapped >>> 0, { littleEndian: true, nanos, modified });
}

/** @param magic the first four bytes, big-endian */
export function isPcapMagic(magic: number): boolean {
  return KINDS.has(magic);
}

export class PcapSource implements CaptureSource {
  readonly summary: SourceSummary;
  readonly #window: ByteWindow;
  readonly #kind: PcapKind;
  readonly #batch = new BatchBuffer();

  /** `window` stands at the file header, which is at hand in full. */
  constructor(window: ByteWindow, name: string, suffix: string) {
    const view = new DataView(window.bytes.buffer, window.bytes.byteOffset + window.start, PCAP_HEADER);
    this.#kind = KINDS.get(view.getUint32(0))!;
    // The upper bits hold the FCS length and other flags.
    const linkType = view.getUint32(20, this.#kind.littleEndian) & 0xffff;
    // One link type for all records: what the loop need not write.
    this.#batch.linkTypes.fill(linkType);
    this.#window = window;
    window.consume(PCAP_HEADER);
    const { nanos, modified } = this.#kind;
    this.summary = {
      name,
      format: (modified ? "pcap-modified" : nanos ? "pcap-ns" : "pcap") + suffix,
      linkTypes: [linkType],
      packets: 0,
      bytes: PCAP_HEADER,
      timeDigits: nanos ? 9 : 6,
      untimed: 0,
      end: "clean",
      problem: null,
    };
  }

  get size(): number | null {
    return this.#window.source.size;
  }

  position(): number {
    return this.#window.source.position();
  }

  async next(): Promise<FrameBatch | null> {
    const window = this.#window;
    while (this.summary.end === "clean") {
      this.#fill();
      if (this.#batch.count > 0) return this.#batch;
      if (this.summary.end !== "clean") break;
      if (window.ended) {
        this.#finish();
        break;
      }
      await window.more();
    }
    return null;
  }

  /** Takes all whole records that are at hand: the loop that touches every record of every capture. */
  #fill(): void {
    const window = this.#window;
    const batch = this.#batch;
    batch.begin(window.bytes);
    const { littleEndian, nanos, modified } = this.#kind;
    const header = modified ? MODIFIED_HEADER : RECORD_HEADER;
    const { end } = window;
    const view = new DataView(window.bytes.buffer, window.bytes.byteOffset, end);
    const { offsets, captured, original, micros } = batch;
    const last = end - header;
    let at = window.start;
    let count = 0;
    while (at <= last && count < CAPACITY) {
      const length = view.getUint32(at + 8, littleEndian);
      if (length > MAX_RECORD) {
        if (count === 0) this.#corrupt(at, length);
        break;
      }
      if (at + header + length > end) break;
      const seconds = view.getUint32(at, littleEndian);
      const fraction = view.getUint32(at + 4, littleEndian);
      offsets[count] = at + header;
      captured[count] = length;
      original[count] = view.getUint32(at + 12, littleEndian);
      // A fraction of a second or more is carried: some writers leave it unnormalised.
      if (nanos) {
        micros[count] = seconds * 1_000_000 + Math.floor(fraction / 1000);
        batch.nanos[count] = fraction % 1000;
      } else micros[count] = seconds * 1_000_000 + fraction;
      count += 1;
      at += header + length;
    }
    batch.count = count;
    this.summary.packets += count;
    this.summary.bytes += at - window.start;
    window.consume(at - window.start);
  }

  #corrupt(at: number, captured: number): void {
    const offset = this.#window.offset + at - this.#window.start;
    this.summary.end = "corrupt";
    this.summary.problem = `${this.summary.name}: the record at byte ${offset} claims ${captured} bytes, more than any capture program writes; nothing behind it could be read.`;
  }

  #finish(): void {
    Object.assign(this.summary, endOf(this.#window, this.summary.name));
  }

  close(): Promise<void> {
    return this.#window.source.close();
  }
}
