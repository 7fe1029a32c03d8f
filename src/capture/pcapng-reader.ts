/**
 * pcapng: sections in either byte order, interfaces with their own link type and clock, packets in enhanced,
 * simple and old packet blocks. Every other block is skipped. Facts: draft-ietf-opsawg-pcapng.
 */

import type { FrameBatch } from "./batch.ts";
import { PcapngHop } from "../linear/pcapng-hop.ts";
import { BatchBuffer, MAX_BLOCK, MAX_RECORD } from "./batch-buffer.ts";
import type { ByteWindow } from "./byte-window.ts";
import { FrameSource } from "./frame-source.ts";
import { INTERFACE_FIXED, type Interface, readInterface } from "./pcapng-interface.ts";
import { newSummary } from "./stream-source.ts";
import { readTime, time } from "./timestamps.ts";

export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type, length, and the length again at the end. */
const BLOCK_OVERHEAD = 12;
const SECTION_MINIMUM = 28;
const ENHANCED_FIXED = 28;
const SIMPLE_FIXED = 12;
const MAX_INTERFACES = 65_536;

export class PcapngSource extends FrameSource {
  readonly #batch: BatchBuffer;
  readonly #hop: PcapngHop | null;
  #littleEndian = true;
  #interfaces: Interface[] = [];
  #interfaceCount = 0;
  readonly #linkTypes = new Set<number>();
  #lastMicros = 0;
  #lastNanos = 0;
  /** Bytes of a skipped block that are still to come. */
  #skip = 0;

  constructor(window: ByteWindow, name: string, suffix: string) {
    super(window, newSummary(name, `pcapng${suffix}`));
    this.#batch = BatchBuffer.over(window);
    this.#hop = PcapngHop.over(window.memory, this.#batch);
  }

  protected take(): FrameBatch | null {
    const batch = this.#batch;
    batch.begin(this.window.bytes);
    do this.#enhancedPackets();
    while (!batch.full && this.#block());
    this.summary.packets += batch.count;
    return batch.count > 0 ? batch : null;
  }

  protected override finish(): void {
    super.finish();
    if (this.#skip > 0 && this.summary.end === "clean") {
      this.summary.end = "truncated";
      this.summary.problem = `${this.summary.name}: the last block is cut off.`;
    }
  }

  /**
   * Takes enhanced packet blocks for as long as one follows the other and nothing is wrong with them: the loop
   * that touches nearly every record. What it stops at, `#block` takes or complains of.
   */
  #enhancedPackets(): void {
    if (this.#skip > 0) return;
    this.#hopOver();
    const window = this.window;
    const { view } = window;
    const littleEndian = this.#littleEndian;
    const interfaces = this.#interfaces;
    const batch = this.#batch;
    const { capacity, offsets, captured, original, linkTypes, micros, nanos } = batch;
    const last = window.end - ENHANCED_FIXED - 4;
    let at = window.start;
    let count = batch.count;
    while (at <= last && count < capacity && view.getUint32(at, littleEndian) === ENHANCED_PACKET) {
      const length = view.getUint32(at + 4, littleEndian);
      if (length < ENHANCED_FIXED + 4 || length % 4 !== 0 || length > MAX_BLOCK) break;
      if (at + length > window.end || view.getUint32(at + length - 4, littleEndian) !== length) break;
      const from = interfaces[view.getUint32(at + 8, littleEndian)];
      const size = view.getUint32(at + 20, littleEndian);
      if (from === undefined || size > length - ENHANCED_FIXED - 4 || size > MAX_RECORD) break;
      readTime(from.unit, view.getUint32(at + 12, littleEndian), view.getUint32(at + 16, littleEndian));
      offsets[count] = at + ENHANCED_FIXED;
      captured[count] = size;
      original[count] = view.getUint32(at + 24, littleEndian);
      linkTypes[count] = from.linkType;
      batch.interfaces[count] = from.number;
      micros[count] = time.micros;
      nanos[count] = time.nanos;
      count += 1;
      at += length;
    }
    if (count === batch.count) return;
    batch.count = count;
    // A simple packet block carries the time before it.
    this.#lastMicros = micros[count - 1];
    this.#lastNanos = nanos[count - 1];
    this.#consume(at - window.start);
  }

  /** The same in the core, of a section with one interface: most captures are of one. */
  #hopOver(): void {
    const [first, second] = this.#interfaces;
    if (this.#hop === null || first === undefined || second !== undefined || first.unit.perSecond === 0)
      return;
    const batch = this.#batch;
    const { count } = batch;
    const { bytes, start, end } = this.window;
    const nanos = first.unit.perSecond !== 1_000_000;
    const clock = { littleEndian: this.#littleEndian, nanos, offset: first.unit.offsetMicros };
    const stoppedAt = this.#hop.take(batch, bytes, start, end, clock);
    if (batch.count === count) return;
    batch.linkTypes.fill(first.linkType, count, batch.count);
    batch.interfaces.fill(first.number, count, batch.count);
    this.#lastMicros = batch.micros[batch.count - 1];
    this.#lastNanos = batch.nanos[batch.count - 1];
    this.#consume(stoppedAt - start);
  }

  /** Takes the block at hand; false when more bytes are needed, or when the block makes no sense. */
  #block(): boolean {
    const window = this.window;
    if (this.#skip > 0) {
      const count = Math.min(this.#skip, window.available);
      this.#skip -= count;
      this.#consume(count);
      return this.#skip === 0;
    }
    if (window.available < BLOCK_OVERHEAD) return false;
    const at = window.start;
    const type = this.#u32(at);
    if (type === SECTION_HEADER && !this.#section(at)) return false;
    const length = this.#u32(at + 4);
    if (length < BLOCK_OVERHEAD || length % 4 !== 0) {
      return this.#corrupt(`the block at byte ${window.offset} has the impossible length ${length}`);
    }
    const wanted =
      type === ENHANCED_PACKET ||
      type === SIMPLE_PACKET ||
      type === OLD_PACKET ||
      type === INTERFACE_DESCRIPTION;
    if (!wanted) {
      this.#skip = length;
      return true;
    }
    if (length > MAX_BLOCK) {
      return this.#corrupt(`the block at byte ${window.offset} claims ${length} bytes`);
    }
    if (window.available < length) return false;
    if (this.#u32(at + length - 4) !== length) {
      return this.#corrupt(`the two lengths of the block at byte ${window.offset} differ`);
    }
    const taken =
      type === INTERFACE_DESCRIPTION ? this.#describe(at, length) : this.#packet(type, at, length);
    if (taken) this.#consume(length);
    return taken;
  }

  #consume(count: number): void {
    this.window.consume(count);
    this.summary.bytes += count;
  }

  #u32(at: number): number {
    return this.window.view.getUint32(at, this.#littleEndian);
  }

  #u16(at: number): number {
    return this.window.view.getUint16(at, this.#littleEndian);
  }

  /** A fault is reported once the records before it were handed on. Always false. */
  #corrupt(what: string): false {
    if (this.#batch.count > 0) return false;
    this.summary.end = "corrupt";
    this.summary.problem = `${this.summary.name}: ${what}; nothing behind it could be read.`;
    return false;
  }

  /** A new section: its byte order, and no interfaces yet. */
  #section(at: number): boolean {
    const big = this.window.view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC;
    const little = this.window.view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
    if (!big && !little) {
      return this.#corrupt(`the section header at byte ${this.window.offset} has no byte-order magic`);
    }
    // The records of the old section in this batch do not depend on the byte order any more.
    this.#littleEndian = little;
    const length = this.#u32(at + 4);
    if (length < SECTION_MINIMUM) {
      return this.#corrupt(`the section header at byte ${this.window.offset} is too short`);
    }
    this.#interfaces = [];
    return true;
  }

  #describe(at: number, length: number): boolean {
    if (length < INTERFACE_FIXED + 4) {
      return this.#corrupt(`the interface description at byte ${this.window.offset} is too short`);
    }
    if (this.#interfaces.length === MAX_INTERFACES) {
      return this.#corrupt(`the section declares more than ${MAX_INTERFACES} interfaces`);
    }
    const described = readInterface(this.window.view, at, length, this.#littleEndian, this.#interfaceCount);
    const { linkType, unit } = described;
    this.#interfaces.push(described);
    this.#interfaceCount += 1;
    if (unit.digits === 9) this.summary.timeDigits = 9;
    if (!this.#linkTypes.has(linkType)) {
      this.#linkTypes.add(linkType);
      this.summary.linkTypes.push(linkType);
    }
    return true;
  }

  #packet(type: number, at: number, length: number): boolean {
    const fixed = type === SIMPLE_PACKET ? SIMPLE_FIXED : ENHANCED_FIXED;
    if (length < fixed + 4)
      return this.#corrupt(`the packet block at byte ${this.window.offset} is too short`);
    const id = type === SIMPLE_PACKET ? 0 : type === OLD_PACKET ? this.#u16(at + 8) : this.#u32(at + 8);
    const from = this.#interfaces[id];
    if (from === undefined) {
      return this.#corrupt(
        `the packet at byte ${this.window.offset} names an interface that is not described`,
      );
    }
    const room = length - fixed - 4;
    const original = this.#u32(type === SIMPLE_PACKET ? at + 8 : at + 24);
    const captured =
      type === SIMPLE_PACKET
        ? Math.min(original, from.snaplen === 0 ? original : from.snaplen, room)
        : this.#u32(at + 20);
    if (captured > room || captured > MAX_RECORD) {
      return this.#corrupt(`the packet at byte ${this.window.offset} claims ${captured} bytes`);
    }
    if (type === SIMPLE_PACKET) this.summary.untimed += 1;
    else {
      readTime(from.unit, this.#u32(at + 12), this.#u32(at + 16));
      this.#lastMicros = time.micros;
      this.#lastNanos = time.nanos;
    }
    const batch = this.#batch;
    const i = batch.count;
    batch.offsets[i] = at + fixed;
    batch.captured[i] = captured;
    batch.original[i] = original;
    batch.linkTypes[i] = from.linkType;
    batch.interfaces[i] = from.number;
    batch.micros[i] = this.#lastMicros;
    batch.nanos[i] = this.#lastNanos;
    batch.count = i + 1;
    return true;
  }
}
