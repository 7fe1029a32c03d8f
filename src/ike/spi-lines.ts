/** What is known of each SPI of a flow, a typed array for each fact; see `SpiTable` for what a slot is. */

import {
  SPI,
  SPI_COUNTED,
  SPI_EXPECTED,
  SPI_HEADS,
  SPI_HEADS_LENGTH,
  SPI_LAST_AT,
  SPI_LAST_SEGMENT,
  SPI_LAST_SEQUENCE,
  SPI_LATEST,
  SPI_NEXT,
  SPI_PACKETS,
  SPI_UNHEARD,
  SPI_UNHEARD_SINCE,
  SPI_UNHEARD_THIRD_AT,
} from "../core/layout.ts";
import { type Column, Columns, type ColumnType, type Memory, moved } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

const FIRST_SLOTS = 256;

export class SpiColumns extends Columns {
  /** First slot of each row of the flow table + 1, the SPI that was seen last; 0 for none. */
  heads: Int32Array;
  /** The row's next slot + 1; of a free slot, the next free one. */
  nextSlots: Int32Array;
  spi: Uint32Array;
  /** First and last packet, clock microseconds, with the segment of each. */
  firstAt: Float64Array;
  firstSegment: Int32Array;
  lastAt: Float64Array;
  lastSegment: Int32Array;
  /** Sequence numbers of the first and the last packet; NaN where the capture cut them off. */
  firstSequence: Float64Array;
  lastSequence: Float64Array;
  packets: Uint32Array;
  /** First and third packet since the other side was heard last. */
  unheardSince: Float64Array;
  unheardThirdAt: Float64Array;
  unheard: Uint8Array;
  /** Sequence numbers that passed, and packets seen of them: what is missing between is loss. */
  expected: Uint32Array;
  counted: Uint32Array;
  /** Which of the latest numbers were seen, a bit for each; bit 0 is that of the greatest. */
  latest: Uint32Array;

  constructor(memory: Memory) {
    super(memory);
    this.heads = memory.column(Int32Array, FIRST_SLOTS);
    this.nextSlots = memory.column(Int32Array, FIRST_SLOTS);
    this.spi = memory.column(Uint32Array, FIRST_SLOTS);
    this.firstAt = memory.column(Float64Array, FIRST_SLOTS);
    this.firstSegment = memory.column(Int32Array, FIRST_SLOTS);
    this.lastAt = memory.column(Float64Array, FIRST_SLOTS);
    this.lastSegment = memory.column(Int32Array, FIRST_SLOTS);
    this.firstSequence = memory.column(Float64Array, FIRST_SLOTS);
    this.lastSequence = memory.column(Float64Array, FIRST_SLOTS);
    this.packets = memory.column(Uint32Array, FIRST_SLOTS);
    this.unheardSince = memory.column(Float64Array, FIRST_SLOTS);
    this.unheardThirdAt = memory.column(Float64Array, FIRST_SLOTS);
    this.unheard = memory.column(Uint8Array, FIRST_SLOTS);
    this.expected = memory.column(Uint32Array, FIRST_SLOTS);
    this.counted = memory.column(Uint32Array, FIRST_SLOTS);
    this.latest = memory.column(Uint32Array, FIRST_SLOTS);
  }

  /** Where the walk finds the newest SPI of each row, and what changes with a packet of it. */
  lieAt(border: Border): void {
    border.column(SPI_HEADS, this.heads);
    border.value(SPI_HEADS_LENGTH, this.heads.length);
    border.column(SPI_NEXT, this.nextSlots);
    border.column(SPI, this.spi);
    border.column(SPI_LAST_AT, this.lastAt);
    border.column(SPI_LAST_SEGMENT, this.lastSegment);
    border.column(SPI_LAST_SEQUENCE, this.lastSequence);
    border.column(SPI_PACKETS, this.packets);
    border.column(SPI_UNHEARD, this.unheard);
    border.column(SPI_UNHEARD_SINCE, this.unheardSince);
    border.column(SPI_UNHEARD_THIRD_AT, this.unheardThirdAt);
    border.column(SPI_EXPECTED, this.expected);
    border.column(SPI_COUNTED, this.counted);
    border.column(SPI_LATEST, this.latest);
  }

  protected override settle(): void {
    this.heads = moved(this.memory, this.heads, Int32Array);
    super.settle();
  }

  protected override replaceEach(to: <T extends Column>(column: T, type: ColumnType<T>) => T): void {
    this.nextSlots = to(this.nextSlots, Int32Array);
    this.spi = to(this.spi, Uint32Array);
    this.firstAt = to(this.firstAt, Float64Array);
    this.firstSegment = to(this.firstSegment, Int32Array);
    this.lastAt = to(this.lastAt, Float64Array);
    this.lastSegment = to(this.lastSegment, Int32Array);
    this.firstSequence = to(this.firstSequence, Float64Array);
    this.lastSequence = to(this.lastSequence, Float64Array);
    this.packets = to(this.packets, Uint32Array);
    this.unheardSince = to(this.unheardSince, Float64Array);
    this.unheardThirdAt = to(this.unheardThirdAt, Float64Array);
    this.unheard = to(this.unheard, Uint8Array);
    this.expected = to(this.expected, Uint32Array);
    this.counted = to(this.counted, Uint32Array);
    this.latest = to(this.latest, Uint32Array);
  }
}
