/** What is known of each SPI of a flow; see `SpiTable` for what a slot is. */

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
  SPIS,
} from "../core/layout.ts";
import { LineTable } from "../linear/lines.ts";
import { type Column, Columns, type ColumnType, type Memory, moved } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

const FIRST_SLOTS = 256;

/** What changes with a packet is a line for each slot, what stays a column. */
export class SpiLines extends Columns {
  /** First slot of each row of the flow table + 1, the SPI that was seen last; 0 for none. */
  heads: Int32Array;
  /** First packet, clock microseconds, and its segment. */
  firstAt: Float64Array;
  firstSegment: Int32Array;
  /** Sequence number of the first packet; NaN where the capture cut it off. */
  firstSequence: Float64Array;
  protected readonly lines: LineTable;
  /** The row's next slot + 1; of a free slot, the next free one. */
  protected readonly nextSlots;
  readonly spi;
  /** Last packet, clock microseconds, its segment, and its sequence number; NaN where the capture cut it off. */
  readonly lastAt;
  readonly lastSegment;
  readonly lastSequence;
  readonly packets;
  /** First and third packet since the other side was heard last, and how many came since, up to `UNHEARD`. */
  readonly unheardSince;
  readonly unheardThirdAt;
  protected readonly unheard;
  /** Sequence numbers that passed, and packets seen of them: what is missing between is loss. */
  readonly expected;
  readonly counted;
  /** Which of the latest numbers were seen, a bit for each; bit 0 is that of the greatest. */
  protected readonly latest;

  constructor(memory: Memory) {
    super(memory);
    this.heads = memory.column(Int32Array, FIRST_SLOTS);
    this.firstAt = memory.column(Float64Array, FIRST_SLOTS);
    this.firstSegment = memory.column(Int32Array, FIRST_SLOTS);
    this.firstSequence = memory.column(Float64Array, FIRST_SLOTS);
    const lines = new LineTable(memory, FIRST_SLOTS);
    this.lines = lines;
    this.nextSlots = lines.word(SPI_NEXT);
    this.spi = lines.word(SPI);
    this.lastAt = lines.number(SPI_LAST_AT);
    this.lastSegment = lines.integer(SPI_LAST_SEGMENT);
    this.lastSequence = lines.number(SPI_LAST_SEQUENCE);
    this.packets = lines.word(SPI_PACKETS);
    this.unheardSince = lines.number(SPI_UNHEARD_SINCE);
    this.unheardThirdAt = lines.number(SPI_UNHEARD_THIRD_AT);
    this.unheard = lines.word(SPI_UNHEARD);
    this.expected = lines.word(SPI_EXPECTED);
    this.counted = lines.word(SPI_COUNTED);
    this.latest = lines.word(SPI_LATEST);
  }

  /** Where the walk finds the newest SPI of each row, and what changes with a packet of it. */
  lieAt(border: Border): void {
    border.column(SPI_HEADS, this.heads);
    border.value(SPI_HEADS_LENGTH, this.heads.length);
    border.column(SPIS, this.lines.column);
  }

  protected override settle(): void {
    this.heads = moved(this.memory, this.heads, Int32Array);
    super.settle();
  }

  protected override grow(): void {
    super.grow();
    this.lines.grow();
  }

  protected override replaceEach(to: <T extends Column>(column: T, type: ColumnType<T>) => T): void {
    this.firstAt = to(this.firstAt, Float64Array);
    this.firstSegment = to(this.firstSegment, Int32Array);
    this.firstSequence = to(this.firstSequence, Float64Array);
  }
}
