import type { RecordBatch } from "../capture/batch.ts";
import { CaptureError, type CaptureSource, type SourceSummary } from "../capture/source.ts";
import type { ClockStep, FeedInput, WrittenTime } from "./feed.ts";
import { SourceClock } from "./source-clock.ts";

/** Enough for a file header, interface descriptions and a first record. */
const PEEK_CHUNK = 16 * 1024;

export function isBefore(a: Lane, b: Lane): boolean {
  return a.head < b.head || (a.head === b.head && a.index < b.index);
}
/** One input: its current batch and the next record in it. */
export class Lane {
  index: number;
  failed = false;
  summary: SourceSummary | null = null;
  batch: RecordBatch | null = null;
  clock = new Float64Array(0);
  /** Next record of the batch. */
  at = 0;
  /** Its monotone time. */
  head = Number.NaN;
  first: WrittenTime | null = null;
  last: WrittenTime | null = null;
  size: number | null = null;
  readonly #input: FeedInput;
  #source: CaptureSource | null = null;
  #clock = new SourceClock();
  /** End of the records that `clock` is filled for: a step, or the end of the batch. */
  #filled = 0;
  /** Only the first record was looked at; the file is closed until its turn. */
  #peeked = false;
  #position = 0;

  constructor(input: FeedInput, index: number) {
    this.#input = input;
    this.index = index;
  }

  get hasRecord(): boolean {
    return !this.failed && (this.#peeked || this.batch !== null);
  }

  position(): number {
    return this.#source?.position() ?? this.#position;
  }

  /** Finds the first record. With `peek`, a file is closed again until the merge comes to it. */
  async start(peek: boolean): Promise<void> {
    if (!peek || this.#input.once) return this.#openNow();
    const source = await this.#input.open(PEEK_CHUNK);
    this.summary = source.summary;
    this.size = source.size;
    // What is no regular file can be read only once.
    if (source.size === null) {
      this.#source = source;
      return this.#first();
    }
    const batch = await source.next();
    await source.close();
    if (batch === null) return;
    this.head = batch.micros[0];
    this.#peeked = true;
  }

  /** The next record is at hand. */
  get isReady(): boolean {
    return this.batch !== null && this.at < this.batch.count;
  }

  /** Opens a file that was only peeked at, or reads the next batch; `arrive` follows where there is a record. */
  async ready(): Promise<void> {
    if (this.isReady) return;
    if (!this.#peeked) return this.#next();
    this.#peeked = false;
    try {
      await this.#openNow();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      // It was there when the run began: a file of a ring that was written over, say.
      Object.assign(this.summary!, { packets: 0, bytes: 0, end: "corrupt", problem: `${error.message}.` });
    }
  }

  async #openNow(): Promise<void> {
    this.#source = await this.#input.open();
    this.summary = this.#source.summary;
    this.size = this.#source.size;
    await this.#first();
  }

  async #first(): Promise<void> {
    await this.#next();
    if (this.batch !== null) this.head = this.clock[0];
  }

  async #next(): Promise<void> {
    const batch = await this.#source!.next();
    if (batch !== null) return this.take(batch);
    this.batch = null;
    return this.close();
  }

  rest(): Iterable<RecordBatch> {
    return this.#source?.rest?.() ?? [];
  }

  /** Goes on with the first record of `batch`. */
  take(batch: RecordBatch): void {
    this.batch = batch;
    if (this.clock.length < batch.micros.length) this.clock = new Float64Array(batch.micros.length);
    this.first ??= { micros: batch.micros[0], nanos: batch.nanos[0] };
    const last = batch.count - 1;
    this.last = { micros: batch.micros[last], nanos: batch.nanos[last] };
    this.at = 0;
    this.#filled = this.#clock.fill(batch, 0, this.clock);
  }

  /** End of the run of records that come before `limit` (at it too, when ties are won), at least one record. */
  runEnd(limit: number, tieWins: boolean): number {
    if (limit === Number.POSITIVE_INFINITY) return this.#filled;
    let end = this.at + 1;
    while (end < this.#filled && (this.clock[end] < limit || (tieWins && this.clock[end] === limit)))
      end += 1;
    return end;
  }

  /** Takes the time of the record that the lane stands at; a step back of the clock before it is returned. */
  arrive(): ClockStep | null {
    if (this.at < this.#filled) {
      this.head = this.clock[this.at];
      return null;
    }
    const batch = this.batch!;
    const backMicros = this.#clock.restart(batch.micros[this.at]);
    this.#filled = this.#clock.fill(batch, this.at, this.clock);
    this.head = this.clock[this.at];
    return { source: this.index, frame: batch.firstFrame + this.at, backMicros };
  }

  async close(): Promise<void> {
    if (this.#source === null) {
      if (this.summary === null && !this.failed) this.#input.abandon();
      return;
    }
    this.#position = this.#source.position();
    await this.#source.close();
    this.#source = null;
  }
}
