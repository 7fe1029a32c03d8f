/**
 * Several captures as one: their records merged by time, each capture keeping its own order.
 *
 * Files are opened when the merge comes to them and closed at their end, so a directory with a thousand files
 * of a ring needs as many open files as overlap in time.
 */

import { CaptureError, type CaptureSource, type RecordBatch, type SourceSummary } from "./batch.ts";
import { SourceClock } from "./clock.ts";
import { closeStandardInput, openCapture, STDIN } from "./open.ts";

/** Consecutive records of one source within one segment of the clock. */
export interface Slice {
  /** Index of the source. */
  source: number;
  batch: RecordBatch;
  /** Monotone time of each record of the batch, microseconds. */
  clock: Float64Array;
  /** Records `start` to `end - 1`. */
  start: number;
  end: number;
  /** How often any clock stepped back so far. */
  segment: number;
}

/** A record's time as written. */
export interface WrittenTime {
  micros: number;
  nanos: number;
}

export interface ClockStep {
  source: number;
  frame: number;
  backMicros: number;
}

/** What is known of the inputs whose records were read, files or live interfaces. */
export interface Inputs {
  /** In their order; `Slice.source` is an index into them. */
  readonly summaries: readonly SourceSummary[];
  /** First and last record of each. */
  readonly times: readonly { first: WrittenTime | null; last: WrittenTime | null }[];
  readonly clockSteps: { readonly count: number; readonly first: readonly ClockStep[] };
}

const REMEMBERED_STEPS = 16;
/** Enough for a file header, interface descriptions and a first record. */
const PEEK_CHUNK = 16 * 1024;

export class MergedCapture {
  readonly clockSteps: { count: number; first: ClockStep[] } = { count: 0, first: [] };
  readonly failures: CaptureError[] = [];
  readonly #lanes: Lane[];
  #segment = 0;

  /** @param names inputs as `openCapture` takes them */
  constructor(
    names: readonly string[],
    open: (name: string, chunk?: number) => Promise<CaptureSource> = openCapture,
  ) {
    this.#lanes = names.map((name, index) => new Lane(name, index, open));
  }

  /** Inputs that could be opened; while an interrupted read waits for the first byte of one, it is not among them. */
  get #readable(): (Lane & { summary: SourceSummary })[] {
    return this.#lanes.filter(
      (lane): lane is Lane & { summary: SourceSummary } => !lane.failed && lane.summary !== null,
    );
  }

  /** Summaries of the inputs that could be read, in their order; `Slice.source` is an index into them. */
  get summaries(): SourceSummary[] {
    return this.#readable.map((lane) => lane.summary);
  }

  /** First and last record of each of these inputs. */
  get times(): { first: WrittenTime | null; last: WrittenTime | null }[] {
    return this.#readable.map(({ first, last }) => ({ first, last }));
  }

  /** Bytes of all inputs read so far and in all, and the name of a source. */
  progress(source: number): { bytes: number; totalBytes: number | null; source: string } {
    let bytes = 0;
    let totalBytes: number | null = 0;
    for (const lane of this.#lanes) {
      bytes += lane.position();
      totalBytes = totalBytes === null || lane.size === null ? null : totalBytes + lane.size;
    }
    return { bytes, totalBytes, source: this.summaries[source]?.name ?? "" };
  }

  /**
   * All records, in rounds: a round is what can be merged without waiting for an input. Slices are valid until
   * the next one is asked for. Inputs that cannot be read end up in `failures`.
   */
  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    const alone = this.#lanes.length === 1;
    for (const lane of this.#lanes) await this.#start(lane, !alone);
    this.#lanes
      .filter((lane) => !lane.failed)
      .forEach((lane, index) => {
        lane.index = index;
      });
    const live = this.#lanes.filter((lane) => lane.hasRecord).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    while (live.length > 0) {
      await live[0].ready();
      if (live[0].hasRecord) {
        this.#pass(live);
        yield this.#round(live);
      } else live.shift();
    }
  }

  /**
   * Merges until the first lane needs another batch, or to be opened. No generator, and one object for all slices:
   * captures of the same hours take turns at every record.
   */
  #round(live: Lane[]): Iterable<Slice> {
    const slice = { source: 0, batch: live[0].batch!, clock: live[0].clock, start: 0, end: 0, segment: 0 };
    const result = { done: false, value: slice };
    let isFirst = true;
    const next = () => {
      if (!isFirst && live[0].isReady) this.#pass(live);
      isFirst = false;
      const lane = live[0];
      if (!lane.isReady) {
        result.done = true;
        return result;
      }
      const limit = live.length > 1 ? live[1].head : Number.POSITIVE_INFINITY;
      slice.source = lane.index;
      slice.batch = lane.batch!;
      slice.clock = lane.clock;
      slice.start = lane.at;
      lane.at = lane.runEnd(limit, live.length > 1 && lane.index < live[1].index);
      slice.end = lane.at;
      slice.segment = this.#segment;
      return result;
    };
    return { [Symbol.iterator]: () => ({ next }) };
  }

  /** Of a single input, what it held back when the rounds were given up. */
  *rest(): Generator<Slice> {
    if (this.#lanes.length > 1) return;
    for (const lane of this.#lanes) {
      for (const batch of lane.rest()) {
        lane.take(batch);
        this.#pass([lane]);
        yield* this.#round([lane]);
      }
    }
  }

  /** The first lane stands at another record: notes a step of its clock, and moves it to where its time belongs. */
  #pass(live: Lane[]): void {
    const lane = live[0];
    const step = lane.arrive();
    if (step !== null) {
      this.#segment += 1;
      this.clockSteps.count += 1;
      if (this.clockSteps.first.length < REMEMBERED_STEPS) this.clockSteps.first.push(step);
    }
    let place = 0;
    for (; place + 1 < live.length && isBefore(live[place + 1], lane); place += 1)
      live[place] = live[place + 1];
    live[place] = lane;
  }

  async #start(lane: Lane, peek: boolean): Promise<void> {
    try {
      await lane.start(peek);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      lane.failed = true;
      this.failures.push(error);
    }
  }

  async close(): Promise<void> {
    for (const lane of this.#lanes) await lane.close();
  }
}

function isBefore(a: Lane, b: Lane): boolean {
  return a.head < b.head || (a.head === b.head && a.index < b.index);
}

/** One input: its current batch and the next record in it. */
class Lane {
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
  readonly #name: string;
  readonly #open: (name: string, chunk?: number) => Promise<CaptureSource>;
  #source: CaptureSource | null = null;
  #clock = new SourceClock();
  /** End of the records that `clock` is filled for: a step, or the end of the batch. */
  #filled = 0;
  /** Only the first record was looked at; the file is closed until its turn. */
  #peeked = false;
  #position = 0;

  constructor(name: string, index: number, open: (name: string, chunk?: number) => Promise<CaptureSource>) {
    this.#name = name;
    this.index = index;
    this.#open = open;
  }

  get hasRecord(): boolean {
    return !this.failed && (this.#peeked || this.batch !== null);
  }

  position(): number {
    return this.#source?.position() ?? this.#position;
  }

  /** Finds the first record. With `peek`, a file is closed again until the merge comes to it. */
  async start(peek: boolean): Promise<void> {
    if (!peek || this.#name === STDIN) return this.#openNow();
    const source = await this.#open(this.#name, PEEK_CHUNK);
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
    this.#source = await this.#open(this.#name);
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
      if (this.#name === STDIN && this.summary === null && !this.failed) closeStandardInput();
      return;
    }
    this.#position = this.#source.position();
    await this.#source.close();
    this.#source = null;
  }
}
