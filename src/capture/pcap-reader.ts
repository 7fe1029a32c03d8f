/**
 * Classic pcap: a 24-byte file header, then records of 16 bytes of header and the captured bytes. Microseconds
 * or nanoseconds, either byte order, and its dialects (see pcap-dialects.ts). Captures that were joined byte by byte, as
 * `cat` does, are read one after the other.
 */

import { PcapHop } from "../linear/pcap-hop.ts";
import type { FrameBatch } from "./batch.ts";
import { BatchBuffer, MAX_RECORD } from "./batch-buffer.ts";
import type { ByteWindow } from "./byte-window.ts";
import { FrameSource } from "./frame-source.ts";
import {
  chooseDialect,
  countFaults,
  DIALECT_BYTES,
  isAlike,
  isPcapMagic,
  PCAP_HEADER,
  type PcapDialect,
  type PcapHeader,
  pcapHeaderLength,
  readPcapHeader,
} from "./pcap-dialects.ts";
import { newSummary } from "./stream-source.ts";

export { isPcapMagic, PCAP_HEADER, pcapHeaderLength } from "./pcap-dialects.ts";

const LINKTYPE_ETHERNET = 1;
const STANDARD_RECORD = 16;
/** Places of the two lengths in a record's header, 8 and 12 or 12 and 8: their sum. */
const RECORD_LENGTHS = 20;
const ETHERNET_HEADER = 14;
const ETHERTYPE = 12;
/** What is common on Ethernet: IP, ARP, VLAN tags, MPLS, PPPoE, and what switches and cards add. */
const ETHERTYPES = new Set([
  0x0800, 0x0806, 0x8035, 0x8100, 0x86dd, 0x8847, 0x8848, 0x8863, 0x8864, 0x888e, 0x88a8, 0x88cc, 0x88e5,
  0x88e7, 0x8906, 0x8909, 0x8926, 0x893f, 0x9000, 0x9100, 0x9200, 0x22f3, 0x894f, 0x88be, 0x8903,
]);

/** Whether a frame's type field says something that is common on Ethernet. */
function isEtherType(bytes: Uint8Array, at: number): boolean {
  return ETHERTYPES.has((bytes[at] << 8) | bytes[at + 1]);
}

export class PcapSource extends FrameSource {
  #header: PcapHeader;
  readonly #suffix: string;
  #dialect: PcapDialect;
  /** The first records have to tell the dialect. */
  #undecided: boolean;
  readonly #batch: BatchBuffer;
  readonly #hop: PcapHop | null;

  /** `window` stands at the file header, which is at hand in full. */
  constructor(window: ByteWindow, name: string, suffix: string) {
    const { bytes, start, available } = window;
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, available);
    const header = readPcapHeader(view);
    const [dialect] = header.dialects;
    super(window, newSummary(name, dialect.name + suffix, dialect.nanos ? 9 : 6));
    this.#header = header;
    this.#batch = BatchBuffer.over(window);
    this.#hop = PcapHop.over(window.memory, this.#batch);
    this.#suffix = suffix;
    this.#dialect = dialect;
    this.#undecided = header.dialects.length > 1;
    // One link type for all records: what the loop need not write.
    this.#batch.linkTypes.fill(header.linkType);
    this.summary.linkTypes.push(header.linkType);
    const length = pcapHeaderLength(view.getUint32(0));
    window.consume(length);
    this.summary.bytes = length;
  }

  override async next(): Promise<FrameBatch | null> {
    if (this.#undecided) await this.#decide();
    return super.next();
  }

  override nextNow(): FrameBatch | null {
    return this.#undecided ? null : super.nextNow();
  }

  protected take(): FrameBatch | null {
    this.#fill();
    return this.#batch.count > 0 ? this.#batch : null;
  }

  /**
   * Settles which dialect it is. A first frame of Ethernet that looks like one settles it at once, so that a pipe is
   * not kept waiting, else two records that make sense; of pipes of other link types it is standard pcap, as for
   * Wireshark.
   */
  async #decide(): Promise<void> {
    const window = this.window;
    this.#undecided = false;
    const ethernet = this.#header.linkType === LINKTYPE_ETHERNET;
    if (this.#dialect.recordHeader === STANDARD_RECORD) {
      if (!ethernet && this.size === null) return;
      await window.have(STANDARD_RECORD + ETHERNET_HEADER);
      if (ethernet && isEtherType(window.bytes, window.start + STANDARD_RECORD + ETHERTYPE)) return;
    }
    if (!(await window.have(STANDARD_RECORD))) return;
    const captured = Math.min(
      this.#view().getUint32(window.start + 8, this.#header.littleEndian),
      DIALECT_BYTES,
    );
    await window.have(2 * this.#dialect.recordHeader + captured);
    const records = { view: this.#view(), at: window.start, header: this.#header };
    if (countFaults(records, this.#dialect, 2).faults === 0) return;
    await window.have(DIALECT_BYTES);
    this.#dialect = chooseDialect(this.#view(), window.start, this.#header);
    this.summary.format = this.#dialect.name + this.#suffix;
  }

  /** The bytes at hand, as far as they may tell the dialect. */
  #view(): DataView {
    const { bytes, end, start } = this.window;
    return new DataView(bytes.buffer, bytes.byteOffset, Math.min(end, start + DIALECT_BYTES));
  }

  /** Takes all whole records that are at hand. What the hop stops at, and what follows in this batch, the loop takes. */
  #fill(): void {
    const window = this.window;
    const batch = this.#batch;
    batch.begin(window.bytes);
    const { littleEndian, lengths } = this.#header;
    const { nanos, recordHeader: header } = this.#dialect;
    const capturedAt = lengths === "original-first" ? 12 : 8;
    const unsure = lengths === "larger-is-original";
    const { end, view } = window;
    const { capacity, offsets, captured, original, micros } = batch;
    const last = end - header;
    let count = this.#hopped(capturedAt);
    let at = count === 0 ? window.start : offsets[count - 1] + captured[count - 1];
    while (at <= last && count < capacity) {
      let length = view.getUint32(at + capturedAt, littleEndian);
      let wire = view.getUint32(at + RECORD_LENGTHS - capturedAt, littleEndian);
      if (unsure && length > wire) [length, wire] = [wire, length];
      if (length > MAX_RECORD) {
        if (count === 0) this.#corrupt(at, length);
        break;
      }
      if (length === 0 && isPcapMagic(view.getUint32(at))) {
        if (count > 0 || !this.#nextCapture(at)) break;
        at += PCAP_HEADER;
        continue;
      }
      if (at + header + length > end) break;
      const seconds = view.getUint32(at, littleEndian);
      const fraction = view.getUint32(at + 4, littleEndian);
      offsets[count] = at + header;
      captured[count] = length;
      original[count] = wire;
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

  /** Records that the hop takes; it cannot tell which length is which. */
  #hopped(capturedAt: number): number {
    const { littleEndian, lengths } = this.#header;
    if (this.#hop === null || lengths === "larger-is-original") return 0;
    const { bytes, start, end } = this.window;
    const { nanos, recordHeader } = this.#dialect;
    const originalAt = RECORD_LENGTHS - capturedAt;
    return this.#hop.take(bytes, start, end, { nanos, recordHeader, littleEndian, capturedAt, originalAt });
  }

  /** @returns the file header of a capture that goes on like this one stands at `at`, in full, and is taken */
  #nextCapture(at: number): boolean {
    const { view, end } = this.window;
    if (end - at < PCAP_HEADER) return false;
    const header = readPcapHeader(new DataView(view.buffer, view.byteOffset + at, PCAP_HEADER));
    if (!isAlike(header, this.#header)) {
      const offset = this.#offsetOf(at);
      this.#end(
        `another capture begins at byte ${offset}, of another form than the first; nothing behind it could be read: join captures with mergecap -a.`,
      );
      return false;
    }
    const { linkType } = header;
    if (linkType !== this.#header.linkType) this.#batch.linkTypes.fill(linkType);
    if (!this.summary.linkTypes.includes(linkType)) this.summary.linkTypes.push(linkType);
    this.#header = header;
    return true;
  }

  #corrupt(at: number, captured: number): void {
    this.#end(
      `the record at byte ${this.#offsetOf(at)} claims ${captured} bytes, more than any capture program writes; nothing behind it could be read.`,
    );
  }

  #offsetOf(at: number): number {
    return this.window.offset + at - this.window.start;
  }

  #end(problem: string): void {
    this.summary.end = "corrupt";
    this.summary.problem = `${this.summary.name}: ${problem}`;
  }
}
