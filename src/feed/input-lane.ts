/** A lane of an input that is read when its turn comes: a file, a pipe. */

import type { Batch } from "../capture/batch.ts";
import { CaptureError, type CaptureSource, type SourceSummary } from "../capture/source.ts";
import type { Memory } from "../linear/memory.ts";
import type { ClockStep, FeedInput, WrittenTime } from "./feed.ts";
import { Lane } from "./lane.ts";
import { SourceClock } from "./source-clock.ts";
import { TimeCheck } from "./time-check.ts";

/** Enough for a file header, interface descriptions and a first record. */
const PEEK_CHUNK = 16 * 1024;

export class InputLane extends Lane {
  readonly isAwaited = true;
  failed = false;
  summary: SourceSummary | null = null;
  first: WrittenTime | null = null;
  last: WrittenTime | null = null;
  size: number | null = null;
  readonly sourceClock: SourceClock;
  readonly timeCheck = new TimeCheck();
  readonly input: FeedInput;
  #source: CaptureSource | null = null;
  /** Only the first row was looked at; the file is closed until its turn. */
  #peeked = false;
  #position = 0;
  /** The next batch is being read. */
  #coming: Promise<void> | null = null;

  readonly #memory: Memory;

  constructor(input: FeedInput, index: number, memory: Memory) {
    super(index);
    this.input = input;
    this.#memory = memory;
    this.sourceClock = new SourceClock(memory);
  }

  get hasRow(): boolean {
    return !this.failed && (this.#peeked || this.batch !== null);
  }

  /** The name of a file that was not opened yet; null for others. */
  get unopened(): string | null {
    return this.failed || this.summary !== null || this.input.once ? null : this.input.name;
  }

  /** Bytes of the input that were read so far. */
  position(): number {
    return this.#source?.position() ?? this.#position;
  }

  /** Finds the first row. With `peek`, a file is closed again until the merge comes to it. */
  async start(peek: boolean): Promise<void> {
    if (!peek || this.input.once) return this.#openNow();
    const source = await this.input.open({ chunk: PEEK_CHUNK, memory: this.#memory });
    this.summary = source.summary;
    this.size = source.size;
    // What is not a regular file can be read only once.
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

  /** Goes on with the next batch where that needs no waiting. */
  override advance(): boolean {
    if (this.isReady) return true;
    const batch = this.#source?.nextNow?.() ?? null;
    if (batch !== null) this.take(batch);
    return this.isReady;
  }

  /** Opens a file that was only peeked at, or reads the next batch; `arrive` follows where there is a row. */
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
    this.#source = await this.input.open({ memory: this.#memory });
    this.summary = this.#source.summary;
    this.size = this.#source.size;
    await this.#first();
  }

  async #first(): Promise<void> {
    await this.#next();
    if (this.batch !== null) this.head = this.clock[0];
  }

  /** One at a time: who ends the reading asks as well, while the one who reads still waits. */
  #next(): Promise<void> {
    this.#coming ??= this.#read().finally(() => {
      this.#coming = null;
    });
    return this.#coming;
  }

  async #read(): Promise<void> {
    const source = this.#source!;
    const batch = await source.next();
    if (batch !== null) return this.take(batch);
    this.batch = null;
    // One that goes on with another input still holds rows back.
    if (source.resumable !== true) return this.close();
  }

  /**
   * The reading is over: whether this is a file of which something is left. One whose rows were all taken may have
   * ended with them.
   * @param taken packets that were taken of it
   */
  async isUnfinished(taken: number): Promise<boolean> {
    if (this.failed || this.summary === null || this.size === null) return false;
    if (this.#peeked) return true;
    if (this.#source === null) return false;
    if (taken < this.summary.packets) return true;
    await this.#next();
    return this.batch !== null;
  }

  heldBack(): Iterable<Batch> {
    return this.#source?.heldBack?.() ?? [];
  }

  /** Goes on with the first row of `batch`. */
  take(batch: Batch): void {
    this.batch = batch;
    if (this.clock.length < batch.micros.length) {
      this.#memory.free(this.clock);
      this.clock = this.#memory.column(Float64Array, batch.micros.length);
    }
    if (batch.provenance === "packet") this.timeCheck.see(batch);
    this.first ??= { micros: batch.micros[0], nanos: batch.nanos[0] };
    const last = batch.count - 1;
    this.last = { micros: batch.micros[last], nanos: batch.nanos[last] };
    this.at = 0;
    this.filled = this.sourceClock.fill(batch, 0, this.clock);
  }

  arrive(): ClockStep | null {
    if (this.at < this.filled) {
      this.head = this.clock[this.at];
      return null;
    }
    const batch = this.batch!;
    const step = this.stepAt(this.sourceClock.restart(batch.micros[this.at]));
    this.filled = this.sourceClock.fill(batch, this.at, this.clock);
    this.head = this.clock[this.at];
    return step;
  }

  async close(): Promise<void> {
    if (this.#source === null) {
      if (this.summary === null && !this.failed) this.input.abandon();
      return;
    }
    this.#memory.free(this.clock);
    this.clock = new Float64Array(0);
    this.#position = this.#source.position();
    await this.#source.close();
    this.#source = null;
  }
}
