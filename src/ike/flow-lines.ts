import {
  FLOW_ESP,
  FLOW_FROM,
  FLOW_LAST_AT,
  FLOW_REVERSE,
  FLOW_SEGMENT,
  FLOW_SOURCES,
} from "../core/layout.ts";
import { type Column, Columns, type ColumnType, type Memory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

const FIRST_ROWS = 256;
/** Segments of the clock that the end of a row's packets is remembered of. */
const MAX_EARLIER = 8;
/** RFC 3948 4 says 20 s. */
const KEEPALIVE_INTERVAL = 30_000_000;
/** Keepalives are steady when so many came, each soon after the one before. */
const STEADY_KEEPALIVES = 10;

/** What is known of each flow, a typed array for each fact; see `FlowTable` for what a row is. */
export class FlowColumns extends Columns {
  /** What was last in earlier segments of the clock. */
  protected earlier = new Map<number, { at: number; segment: number }[]>();
  /** Sender and receiver (host numbers) of each row. */
  from: Int32Array;
  to: Int32Array;
  /** First and last packet, clock microseconds; NaN where none was seen. */
  firstAt: Float64Array;
  lastAt: Float64Array;
  firstSegment: Int32Array;
  /** Segment of the clock that the times are of. */
  segments: Int32Array;
  /** The row of the other direction, or -1. */
  reverse: Int32Array;
  /** Sources that showed the flow: one bit each, the last for all further ones. */
  sources: Int32Array;
  /** Last keepalive, and how many came in a row at less than `KEEPALIVE_INTERVAL`; 255 stands for more. */
  keepaliveAt: Float64Array;
  keepalives: Uint8Array;
  /** 1 where ESP was seen, not keepalives alone. */
  esp: Uint8Array;

  constructor(memory: Memory) {
    super(memory);
    this.from = memory.column(Int32Array, FIRST_ROWS);
    this.to = memory.column(Int32Array, FIRST_ROWS);
    this.firstAt = memory.column(Float64Array, FIRST_ROWS);
    this.lastAt = memory.column(Float64Array, FIRST_ROWS);
    this.firstSegment = memory.column(Int32Array, FIRST_ROWS);
    this.segments = memory.column(Int32Array, FIRST_ROWS);
    this.reverse = memory.column(Int32Array, FIRST_ROWS);
    this.sources = memory.column(Int32Array, FIRST_ROWS);
    this.keepaliveAt = memory.column(Float64Array, FIRST_ROWS);
    this.keepalives = memory.column(Uint8Array, FIRST_ROWS);
    this.esp = memory.column(Uint8Array, FIRST_ROWS);
  }

  lieAt(border: Border): void {
    border.column(FLOW_LAST_AT, this.lastAt);
    border.column(FLOW_SEGMENT, this.segments);
    border.column(FLOW_REVERSE, this.reverse);
    border.column(FLOW_SOURCES, this.sources);
    border.column(FLOW_ESP, this.esp);
    border.column(FLOW_FROM, this.from);
  }

  protected clearRow(row: number): void {
    this.firstAt[row] = Number.NaN;
    this.lastAt[row] = Number.NaN;
    this.segments[row] = -1;
    this.sources[row] = 0;
    this.keepaliveAt[row] = Number.NaN;
    this.keepalives[row] = 0;
    this.esp[row] = 0;
  }

  protected moveRow(row: number, to: number): void {
    this.from[to] = this.from[row];
    this.to[to] = this.to[row];
    this.firstAt[to] = this.firstAt[row];
    this.firstSegment[to] = this.firstSegment[row];
    this.lastAt[to] = this.lastAt[row];
    this.segments[to] = this.segments[row];
    this.esp[to] = this.esp[row];
    this.reverse[to] = this.reverse[row];
    this.sources[to] = this.sources[row];
    this.keepaliveAt[to] = this.keepaliveAt[row];
    this.keepalives[to] = this.keepalives[row];
  }

  protected override replaceEach(to: <T extends Column>(column: T, type: ColumnType<T>) => T): void {
    this.from = to(this.from, Int32Array);
    this.to = to(this.to, Int32Array);
    this.firstAt = to(this.firstAt, Float64Array);
    this.lastAt = to(this.lastAt, Float64Array);
    this.firstSegment = to(this.firstSegment, Int32Array);
    this.segments = to(this.segments, Int32Array);
    this.reverse = to(this.reverse, Int32Array);
    this.sources = to(this.sources, Int32Array);
    this.keepaliveAt = to(this.keepaliveAt, Float64Array);
    this.keepalives = to(this.keepalives, Uint8Array);
    this.esp = to(this.esp, Uint8Array);
  }

  protected seeKeepalive(row: number, at: number): void {
    const steady = at - this.keepaliveAt[row] < KEEPALIVE_INTERVAL;
    if (!steady && this.keepalives[row] < STEADY_KEEPALIVES) this.keepalives[row] = 0;
    if (this.keepalives[row] < 255) this.keepalives[row] += 1;
    this.keepaliveAt[row] = at;
  }

  /** The clock stepped back: what was before cannot be compared with what comes. */
  protected enterSegment(row: number, segment: number): void {
    if (!Number.isNaN(this.lastAt[row])) {
      const ended = { at: this.lastAt[row], segment: this.segments[row] };
      this.earlier.set(row, [...(this.earlier.get(row) ?? []).slice(1 - MAX_EARLIER), ended]);
    }
    this.segments[row] = segment;
    this.lastAt[row] = Number.NaN;
    this.keepaliveAt[row] = Number.NaN;
  }

  /** The last packet of a row in a segment of the clock; NaN where there is none. */
  lastIn(row: number, segment: number): number {
    if (row < 0) return Number.NaN;
    if (this.segments[row] === segment) return this.lastAt[row];
    return this.earlier.get(row)?.find((each) => each.segment === segment)?.at ?? Number.NaN;
  }

  /** The last packet of a row in each segment of the clock that is still known. */
  moments(row: number): readonly { at: number; segment: number }[] {
    const earlier = this.earlier.get(row) ?? [];
    if (Number.isNaN(this.lastAt[row])) return earlier;
    return [...earlier, { at: this.lastAt[row], segment: this.segments[row] }];
  }

  /** The segment of the row's last packet. */
  segmentOf(row: number): number {
    return this.segments[row];
  }

  /** The row of ESP was seen, not keepalives alone. */
  hasEsp(row: number): boolean {
    return row >= 0 && this.esp[row] === 1;
  }

  /** The row's sender kept up keepalives at a steady interval. */
  hasSteadyKeepalives(row: number): boolean {
    return this.keepalives[row] >= STEADY_KEEPALIVES;
  }

  /** Rows were numbered anew, -1 where one was dropped. */
  protected moveEarlier(moved: Int32Array): void {
    this.earlier = new Map(
      [...this.earlier].filter(([row]) => moved[row] >= 0).map(([row, ended]) => [moved[row], ended]),
    );
  }
}
