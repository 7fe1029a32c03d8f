import {
  FLOW_ESP,
  FLOW_FIRST_AT,
  FLOW_FIRST_SEGMENT,
  FLOW_FROM,
  FLOW_KEEPALIVE_AT,
  FLOW_KEEPALIVES,
  FLOW_LAST_AT,
  FLOW_REVERSE,
  FLOW_SEGMENT,
  FLOW_SOURCES,
  FLOW_TO,
  FLOWS,
} from "../core/layout.ts";
import { LineTable } from "../linear/lines.ts";
import type { Memory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import { type EarlierTime, EarlierTimes } from "./earlier-times.ts";

const FIRST_ROWS = 256;
/** RFC 3948 4 says 20 s. */
const KEEPALIVE_INTERVAL = 30_000_000;
/** Keepalives are steady when so many came, each soon after the one before. */
const STEADY_KEEPALIVES = 10;

/** What is known of each flow, a line each; see `FlowTable` for what a row is. */
export class FlowLines {
  /** What was last in earlier segments of the clock. */
  protected readonly earlier: EarlierTimes;
  protected readonly lines: LineTable;
  /** Sender and receiver (host numbers) of each row. */
  readonly from;
  readonly to;
  /** First and last packet, clock microseconds; NaN where none was seen. */
  readonly firstAt;
  readonly lastAt;
  readonly firstSegment;
  /** Segment of the clock that the times are of. */
  readonly segments;
  /** The row of the other direction, or -1. */
  readonly reverse;
  /** Sources that showed the flow: one bit each, the last for all further ones. */
  readonly sources;
  /** Last keepalive, and how many came in a row at less than `KEEPALIVE_INTERVAL`; 255 stands for more. */
  readonly keepaliveAt;
  readonly keepalives;
  /** 1 where ESP was seen, not keepalives alone. */
  readonly esp;

  constructor(memory: Memory) {
    const lines = new LineTable(memory, FIRST_ROWS);
    this.lines = lines;
    this.earlier = new EarlierTimes(memory);
    this.from = lines.integer(FLOW_FROM);
    this.to = lines.integer(FLOW_TO);
    this.firstAt = lines.number(FLOW_FIRST_AT);
    this.lastAt = lines.number(FLOW_LAST_AT);
    this.firstSegment = lines.integer(FLOW_FIRST_SEGMENT);
    this.segments = lines.integer(FLOW_SEGMENT);
    this.reverse = lines.integer(FLOW_REVERSE);
    this.sources = lines.integer(FLOW_SOURCES);
    this.keepaliveAt = lines.number(FLOW_KEEPALIVE_AT);
    this.keepalives = lines.integer(FLOW_KEEPALIVES);
    this.esp = lines.integer(FLOW_ESP);
  }

  lieAt(border: Border): void {
    border.column(FLOWS, this.lines.column);
    this.earlier.lieAt(border);
  }

  protected clearRow(row: number): void {
    this.firstAt.set(row, Number.NaN);
    this.lastAt.set(row, Number.NaN);
    this.segments.set(row, -1);
    this.sources.set(row, 0);
    this.keepaliveAt.set(row, Number.NaN);
    this.keepalives.set(row, 0);
    this.esp.set(row, 0);
  }

  protected seeKeepalive(row: number, at: number): void {
    const steady = at - this.keepaliveAt.of(row) < KEEPALIVE_INTERVAL;
    if (!steady && this.keepalives.of(row) < STEADY_KEEPALIVES) this.keepalives.set(row, 0);
    if (this.keepalives.of(row) < 255) this.keepalives.set(row, this.keepalives.of(row) + 1);
    this.keepaliveAt.set(row, at);
  }

  /** The clock stepped back: what was before cannot be compared with what comes. */
  protected enterSegment(row: number, segment: number): void {
    const lastAt = this.lastAt.of(row);
    if (!Number.isNaN(lastAt)) this.earlier.add(row, lastAt, this.segments.of(row));
    this.segments.set(row, segment);
    this.lastAt.set(row, Number.NaN);
    this.keepaliveAt.set(row, Number.NaN);
  }

  /** The last packet of a row in a segment of the clock; NaN where there is none. */
  lastIn(row: number, segment: number): number {
    if (row < 0) return Number.NaN;
    if (this.segments.of(row) === segment) return this.lastAt.of(row);
    return this.earlier.lastIn(row, segment);
  }

  /** When each of so many rows was last seen: what was before the clock stepped back is long ago. */
  protected lastTimes(rows: number): Float64Array {
    let segment = 0;
    for (let row = 0; row < rows; row += 1) segment = Math.max(segment, this.segments.of(row));
    const times = new Float64Array(rows);
    for (let row = 0; row < rows; row += 1) {
      times[row] = this.segments.of(row) === segment ? this.lastAt.of(row) : Number.NEGATIVE_INFINITY;
    }
    return times;
  }

  /** The last packet of a row in each segment of the clock that is still known. @param from of no earlier segments than this */
  moments(row: number, from = 0): readonly EarlierTime[] {
    const moments = this.earlier.of(row, from);
    const at = this.lastAt.of(row);
    if (Number.isNaN(at)) return moments;
    const last = { at, segment: this.segments.of(row) };
    if (moments.length === 0) return [last];
    moments.push(last);
    return moments;
  }

  /** The segment of the row's last packet. */
  segmentOf(row: number): number {
    return this.segments.of(row);
  }

  /** The row of ESP was seen, not keepalives alone. */
  hasEsp(row: number): boolean {
    return row >= 0 && this.esp.of(row) === 1;
  }

  /** The row's sender kept up keepalives at a steady interval. */
  hasSteadyKeepalives(row: number): boolean {
    return this.keepalives.of(row) >= STEADY_KEEPALIVES;
  }
}
