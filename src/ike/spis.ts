/**
 * The IPsec SAs that a flow of ESP carried, by SPI (RFC 4303 2.1): when each was seen, its sequence numbers, and how
 * long the sender went on without an answer. Numbers, one slot for each flow and SPI, the newest few of a flow; a packet
 * costs a handful of stores.
 */

import { MAX_PAUSE, MAX_STEP, SPIS_PER_FLOW, UNHEARD, UNHEARD_SPAN, WINDOW } from "../core/bounds.ts";
import { SAME_POINT_WINDOW } from "../core/message-layout.ts";
import { ordinaryMemory } from "../linear/memory.ts";
import { EVICTED, FREE, SpiLines, USED } from "./spi-lines.ts";

/** A client that sends so long without a sign of its responder sends to one that knows it no more. */
export { UNHEARD_SPAN };
const ALL_SEEN = 0xffffffff;
const NO_SLOTS: readonly number[] = [];

export class SpiTable extends SpiLines {
  /** @param most slots in all; the default is that of `SpiLines` */
  constructor(memory = ordinaryMemory, most?: number) {
    super(memory, most);
  }

  /** SPIs that were not kept. */
  get evicted(): number {
    return this.state[EVICTED];
  }

  set evicted(count: number) {
    this.state[EVICTED] = count;
  }

  /**
   * Records a packet of a flow.
   * @param sequence NaN where it was not captured
   * @param otherAt when the other side was seen last on these endpoints; NaN for never
   * @param whole every packet of the flow comes here: what is missing between is loss
   */
  see(
    row: number,
    spi: number,
    sequence: number,
    at: number,
    segment: number,
    otherAt: number,
    whole = true,
  ): void {
    let slot = (this.heads[row] ?? 0) - 1;
    if (slot < 0 || this.spi.of(slot) !== spi) {
      slot = this.#toFront(row, spi);
      if (slot < 0) slot = this.#add(row, spi, sequence, at, segment);
      if (slot < 0) return;
    }
    if (this.unheard.of(slot) > 0 && this.lastSegment.of(slot) !== segment)
      this.#enterSegment(slot, at, otherAt);
    // A mirror of two hops shows a packet twice (2.5): it was sent once.
    const isCopy = sequence === this.lastSequence.of(slot) && at - this.lastAt.of(slot) < SAME_POINT_WINDOW;
    if (whole) this.#count(slot, sequence, at);
    else this.lastSequence.set(slot, sequence);
    this.lastAt.set(slot, at);
    this.lastSegment.set(slot, segment);
    this.packets.add(slot, 1);
    if (this.unheard.of(slot) === 0 || otherAt >= this.unheardSince.of(slot)) {
      this.unheard.set(slot, 1);
      this.unheardSince.set(slot, at);
      this.unheardThirdAt.set(slot, Number.NaN);
    } else if (!isCopy && this.unheard.of(slot) < UNHEARD) {
      this.unheard.add(slot, 1);
      if (this.unheard.of(slot) === UNHEARD) this.unheardThirdAt.set(slot, at);
    }
  }

  /** The clock stepped back: unless the other side was heard since, the sender goes on unheard, by the new clock. */
  #enterSegment(slot: number, at: number, otherAt: number): void {
    if (!Number.isNaN(otherAt)) this.unheard.set(slot, 0);
    this.unheardSince.set(slot, at);
    if (!Number.isNaN(this.unheardThirdAt.of(slot))) this.unheardThirdAt.set(slot, at);
  }

  /** The last packet of a row in a segment of the clock, whatever its SPI; NaN where there is none. */
  lastIn(row: number, segment: number): number {
    let last = Number.NaN;
    for (let slot = this.#firstSlot(row); slot >= 0; slot = this.#slotBehind(slot)) {
      if (this.lastSegment.of(slot) === segment && !(this.lastAt.of(slot) <= last)) {
        last = this.lastAt.of(slot);
      }
    }
    return last;
  }

  /** Three packets of an SPI or more came after `otherAt` in a segment of the clock, over `UNHEARD_SPAN` or more. */
  isUnheard(row: number, segment: number, otherAt: number): boolean {
    for (let slot = this.#firstSlot(row); slot >= 0; slot = this.#slotBehind(slot)) {
      const isSince = this.lastSegment.of(slot) === segment && this.unheardSince.of(slot) > otherAt;
      if (isSince && this.#wentOn(slot)) return true;
    }
    return false;
  }

  /**
   * The other side of a row was heard, by a message that is not ESP: who sends on without an answer is counted anew, but
   * where that went on for long already.
   */
  heardOther(row: number): void {
    for (let slot = this.#firstSlot(row); slot >= 0; slot = this.#slotBehind(slot)) {
      if (!this.#wentOn(slot)) this.unheard.set(slot, 0);
    }
  }

  /** Without an answer, for three packets or more over `UNHEARD_SPAN` or more. */
  #wentOn(slot: number): boolean {
    const long = this.lastAt.of(slot) - this.unheardSince.of(slot) >= UNHEARD_SPAN;
    return long && !Number.isNaN(this.unheardThirdAt.of(slot));
  }

  /** The slots of a row, the SPI seen last first. */
  slots(row: number): readonly number[] {
    const first = this.#firstSlot(row);
    if (first < 0) return NO_SLOTS;
    // Most flows have one: a list that grows from nothing has room for 17.
    const slots = [first];
    for (let slot = this.#slotBehind(first); slot >= 0; slot = this.#slotBehind(slot)) slots.push(slot);
    return slots;
  }

  /** The slot of a row's SPI that was seen last; -1 where there is none. */
  #firstSlot(row: number): number {
    return row < 0 || row >= this.heads.length ? -1 : this.heads[row] - 1;
  }

  /** The slot of the SPI of the same row that was seen last before it; -1 where there is none. */
  #slotBehind(slot: number): number {
    return this.nextSlots.of(slot) - 1;
  }

  /** Slots in use, for a bound to be seen. */
  get size(): number {
    return this.state[USED];
  }

  /** A row of the flow table is used for another flow from now on. */
  clear(row: number): void {
    if (row >= this.heads.length) return;
    for (let slot = this.heads[row] - 1; slot >= 0; ) {
      const next = this.nextSlots.of(slot) - 1;
      this.#release(slot);
      slot = next;
    }
    this.heads[row] = 0;
  }

  /** Rows of the flow table were numbered anew: -1 for those that are gone. */
  move(moved: Int32Array): void {
    const heads = this.memory.column(Int32Array, this.heads.length);
    const rows = Math.min(moved.length, this.heads.length);
    for (let from = 0; from < rows; from += 1) {
      if (moved[from] >= 0) heads[moved[from]] = this.heads[from];
      else this.clear(from);
    }
    this.memory.free(this.heads);
    this.heads = heads;
  }

  /** All that is known, to be kept in a state file. */
  save() {
    const { heads, firstAt, firstSegment, firstSequence, evicted } = this;
    const columns = { heads, firstAt, firstSegment, firstSequence, evicted };
    return { columns, lines: this.lines.save(), state: [...this.state.subarray(0, EVICTED)] };
  }

  restore({ columns, lines, state }: ReturnType<SpiTable["save"]>): void {
    Object.assign(this, columns);
    this.lines.restore(lines);
    this.state.set(state);
    this.settle();
  }

  #count(slot: number, sequence: number, at: number): void {
    const step = sequence - this.lastSequence.of(slot);
    if (Math.abs(step) > MAX_STEP || at - this.lastAt.of(slot) > MAX_PAUSE) {
      this.lastSequence.set(slot, sequence);
      this.latest.set(slot, ALL_SEEN);
    } else if (step > 0) {
      this.expected.add(slot, step);
      this.counted.add(slot, 1);
      this.lastSequence.set(slot, sequence);
      this.latest.set(slot, step < WINDOW ? (this.latest.of(slot) << step) | 1 : 1);
    } else if (step > -WINDOW && (this.latest.of(slot) & (1 << -step)) === 0) {
      // It fills a gap that reordering had made; a number that was seen is a copy.
      this.latest.set(slot, this.latest.of(slot) | (1 << -step));
      this.counted.add(slot, 1);
    }
  }

  #toFront(row: number, spi: number): number {
    if (row >= this.heads.length) return -1;
    let before = -1;
    for (let slot = this.heads[row] - 1; slot >= 0; slot = this.nextSlots.of(slot) - 1) {
      if (this.spi.of(slot) === spi) {
        this.nextSlots.set(before, this.nextSlots.of(slot));
        this.nextSlots.set(slot, this.heads[row]);
        this.heads[row] = slot + 1;
        return slot;
      }
      before = slot;
    }
    return -1;
  }

  #add(row: number, spi: number, sequence: number, at: number, segment: number): number {
    while (row >= this.heads.length) this.heads = this.memory.wider(this.heads, Int32Array);
    const slot = this.#slotFor(row);
    if (slot < 0) return -1;
    this.spi.set(slot, spi);
    this.firstAt[slot] = at;
    this.firstSegment[slot] = segment;
    this.lastAt.set(slot, at);
    this.firstSequence[slot] = sequence;
    this.lastSequence.set(slot, sequence);
    this.packets.set(slot, 0);
    this.expected.set(slot, 0);
    this.counted.set(slot, 0);
    this.latest.set(slot, ALL_SEEN);
    this.unheard.set(slot, 0);
    this.unheardSince.set(slot, Number.NaN);
    this.unheardThirdAt.set(slot, Number.NaN);
    this.nextSlots.set(slot, this.heads[row]);
    this.heads[row] = slot + 1;
    return slot;
  }

  /** A slot that is free, or the row's oldest where the row or the table is full; -1 where there is none. */
  #slotFor(row: number): number {
    let count = 0;
    let last = -1;
    let beforeLast = -1;
    for (let slot = this.heads[row] - 1; slot >= 0; slot = this.nextSlots.of(slot) - 1) {
      beforeLast = last;
      last = slot;
      count += 1;
    }
    const { state } = this;
    const full = state[FREE] === 0 && state[USED] >= this.most;
    if (count >= SPIS_PER_FLOW || full) {
      this.evicted += 1;
      if (last < 0) return -1;
      if (beforeLast < 0) this.heads[row] = 0;
      else this.nextSlots.set(beforeLast, 0);
      return last;
    }
    if (state[FREE] > 0) {
      const slot = state[FREE] - 1;
      state[FREE] = this.nextSlots.of(slot);
      return slot;
    }
    if (state[USED] >= this.lines.length) this.grow();
    state[USED] += 1;
    return state[USED] - 1;
  }

  #release(slot: number): void {
    this.nextSlots.set(slot, this.state[FREE]);
    this.state[FREE] = slot + 1;
  }
}
