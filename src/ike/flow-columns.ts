import { wider } from "./spis.ts";

/** Segments of the clock that the end of a row's packets is remembered of. */
const MAX_EARLIER = 8;
/** Keepalives are steady when so many came, each soon after the one before. */
export const STEADY_KEEPALIVES = 10;

/** What is known of each flow, a typed array for each fact; see `FlowTable` for what a row is. */
export class FlowColumns {
  /** What was last in earlier segments of the clock. */
  protected earlier = new Map<number, { at: number; segment: number }[]>();
  /** Sender and receiver (host numbers) of each row. */
  from = new Int32Array(256);
  to = new Int32Array(256);
  /** First and last packet, clock microseconds; NaN where none was seen. */
  firstAt = new Float64Array(256);
  lastAt = new Float64Array(256);
  firstSegment = new Int32Array(256);
  /** Segment of the clock that the times are of. */
  segments = new Int32Array(256);
  /** The row of the other direction, or -1. */
  reverse = new Int32Array(256);
  /** Sources that showed the flow: one bit each, the last for all further ones. */
  sources = new Int32Array(256);
  /** Last keepalive, and how many came in a row at less than `KEEPALIVE_INTERVAL`; 255 stands for more. */
  keepaliveAt = new Float64Array(256);
  keepalives = new Uint8Array(256);
  /** 1 where ESP was seen, not keepalives alone. */
  esp = new Uint8Array(256);

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

  protected grow(): void {
    this.from = wider(this.from, Int32Array);
    this.to = wider(this.to, Int32Array);
    this.firstAt = wider(this.firstAt, Float64Array);
    this.firstSegment = wider(this.firstSegment, Int32Array);
    this.lastAt = wider(this.lastAt, Float64Array);
    this.segments = wider(this.segments, Int32Array);
    this.esp = wider(this.esp, Uint8Array);
    this.reverse = wider(this.reverse, Int32Array);
    this.sources = wider(this.sources, Int32Array);
    this.keepaliveAt = wider(this.keepaliveAt, Float64Array);
    this.keepalives = wider(this.keepalives, Uint8Array);
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
