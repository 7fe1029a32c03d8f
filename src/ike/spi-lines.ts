/** What is known of each SPI of a flow; see `SpiTable` for what a slot is. */

import {
  EVICTED as EVICTED_BYTE,
  FREE as FREE_BYTE,
  MOST_SPIS,
  SPI,
  SPI_COUNTED,
  SPI_EXPECTED,
  SPI_FIRST_AT,
  SPI_FIRST_SEGMENT,
  SPI_FIRST_SEQUENCE,
  SPI_HEADS,
  SPI_HEADS_LENGTH,
  SPI_LAST_AT,
  SPI_LAST_SEGMENT,
  SPI_LAST_SEQUENCE,
  SPI_LATEST,
  SPI_NEXT,
  SPI_PACKETS,
  SPI_ROOM,
  SPI_STATE,
  SPI_UNHEARD,
  SPI_UNHEARD_SINCE,
  SPI_UNHEARD_THIRD_AT,
  SPIS,
  USED as USED_BYTE,
} from "../core/layout.ts";
import { LineTable } from "../linear/lines.ts";
import { type Column, Columns, type ColumnType, type Memory, moved } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

const FIRST_SLOTS = 256;
/** Slots in all: several SPIs for each of some ten thousand flows. */
const MAX_SLOTS = 131_072;

/** Words of the state: slots that were ever used, the first one that is free + 1, or 0, and SPIs that were not kept. */
export const USED = USED_BYTE / 4;
export const FREE = FREE_BYTE / 4;
export const EVICTED = EVICTED_BYTE / 4;
const STATE_WORDS = 3;

/** What changes with a packet is a line for each slot, what stays a column. */
export class SpiLines extends Columns {
  /** First slot of each row of the flow table + 1, the SPI that was seen last; 0 for none. */
  heads: Int32Array;
  protected readonly most: number;
  protected readonly state: Int32Array;
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

  /** @param most slots in all */
  constructor(memory: Memory, most = MAX_SLOTS) {
    super(memory);
    this.most = most;
    this.heads = memory.column(Int32Array, FIRST_SLOTS);
    this.state = memory.column(Int32Array, STATE_WORDS);
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

  /** Where the walk finds the newest SPI of each row, what is known of each, and slots for others. */
  lieAt(border: Border): void {
    border.column(SPI_HEADS, this.heads);
    border.value(SPI_HEADS_LENGTH, this.heads.length);
    border.column(SPIS, this.lines.column);
    border.column(SPI_STATE, this.state);
    border.value(SPI_ROOM, Math.min(this.most, this.lines.length));
    border.value(MOST_SPIS, this.most);
    border.column(SPI_FIRST_AT, this.firstAt);
    border.column(SPI_FIRST_SEGMENT, this.firstSegment);
    border.column(SPI_FIRST_SEQUENCE, this.firstSequence);
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
