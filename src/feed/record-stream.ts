/**
 * Message records as one input that may go on for ever, and whose place can be kept: everything taken from it is
 * either handed on or in `save`.
 */

import type { RecordBatch } from "../capture/batch.ts";
import { IterableSource } from "../capture/byte-source.ts";
import { ByteWindow } from "../capture/byte-window.ts";
import { CaptureError, type SourceSummary } from "../capture/source.ts";
import { RecordSource } from "../records/reader.ts";
import type { ClockStep, FeedInput, LiveInputs, Slice, WrittenTime } from "./feed.ts";
import { SourceClock } from "./source-clock.ts";

const REMEMBERED_STEPS = 16;

export class RecordStream implements LiveInputs {
  readonly #input: FeedInput;
  #source: RecordSource | null = null;
  /** What the source will go on from, until it is opened: an input may begin hours later. */
  #before: ReturnType<RecordSource["save"]> | null = null;
  readonly #clock = new SourceClock();
  #micros = new Float64Array(0);
  #segment = 0;
  clockSteps: { count: number; first: ClockStep[] } = { count: 0, first: [] };
  #first: WrittenTime | null = null;
  #last: WrittenTime | null = null;

  constructor(input: FeedInput) {
    this.#input = input;
  }

  get summaries(): SourceSummary[] {
    const summary = this.#source?.summary ?? this.#before?.summary;
    return summary === undefined ? [] : [summary];
  }

  get times(): { first: WrittenTime | null; last: WrittenTime | null }[] {
    return this.summaries.map(() => ({ first: this.#first, last: this.#last }));
  }

  /** Lines of this input so far, and the greatest `seq` of them and of those before. */
  get taken(): { lines: number; seq: number | null; redelivered: number } {
    if (this.#source !== null) return this.#source.taken;
    const seq = this.#before?.seq ?? -1;
    return { lines: 0, seq: seq < 0 ? null : seq, redelivered: 0 };
  }

  /** To be kept in a state file; null before anything was read. */
  save() {
    const source = this.#source?.save() ?? this.#before;
    if (source === null) return null;
    return {
      source,
      latest: this.#clock.save(),
      segment: this.#segment,
      clockSteps: this.clockSteps,
      first: this.#first,
      last: this.#last,
    };
  }

  /** Goes on where `save` was. Before anything is read. */
  restore(saved: ReturnType<RecordStream["save"]>): void {
    if (saved === null) return;
    this.#before = saved.source;
    this.#clock.restore(saved.latest);
    this.#segment = saved.segment;
    this.clockSteps = saved.clockSteps;
    this.#first = saved.first;
    this.#last = saved.last;
  }

  /** @throws CaptureError when the input cannot be read or holds no message records */
  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    const source = await this.#input.open().catch((error: unknown) => {
      // No news is no fault of a stream.
      if (error instanceof CaptureError && error.code === "empty") return null;
      throw error;
    });
    if (source === null) return;
    if (!(source instanceof RecordSource)) {
      const { name, format } = source.summary;
      await source.close();
      throw new CaptureError(
        "unsupported",
        `--state keeps what message records told, and ${name} is ${format}: ike-dupcheck extract makes records of it`,
      );
    }
    if (this.#before !== null) source.restore(this.#before);
    this.#source = source;
    source.goesOn = true;
    for (let batch = await source.next(); batch !== null; batch = await source.next()) {
      yield this.#slices(batch);
    }
  }

  *rest(): Generator<Slice> {
    const source = this.#source ?? this.#emptySource();
    for (const batch of source?.rest() ?? []) yield* this.#slices(batch);
  }

  /** For an input without lines, what those before left waiting. */
  #emptySource(): RecordSource | null {
    if (this.#before === null) return null;
    const nothing = new ByteWindow(new IterableSource((async function* () {})()));
    const source = new RecordSource(nothing, this.#input.name, "", 0);
    source.restore(this.#before);
    this.#source = source;
    return source;
  }

  *#slices(batch: RecordBatch): Generator<Slice> {
    const last = batch.count - 1;
    this.#first ??= { micros: batch.micros[0], nanos: batch.nanos[0] };
    this.#last = { micros: batch.micros[last], nanos: batch.nanos[last] };
    if (this.#micros.length < batch.micros.length) this.#micros = new Float64Array(batch.micros.length);
    const clock = this.#micros;
    for (let start = 0; start < batch.count; ) {
      let end = this.#clock.fill(batch, start, clock);
      if (end === start) {
        this.#step(batch, start);
        end = this.#clock.fill(batch, start, clock);
      }
      yield { source: 0, batch, clock, start, end, segment: this.#segment };
      start = end;
    }
  }

  /** The clock steps back before the record at `at`. */
  #step(batch: RecordBatch, at: number): void {
    const backMicros = this.#clock.restart(batch.micros[at]);
    this.#segment += 1;
    this.clockSteps.count += 1;
    if (this.clockSteps.first.length >= REMEMBERED_STEPS) return;
    this.clockSteps.first.push({ source: 0, frame: batch.firstFrame + at, backMicros });
  }

  async close(): Promise<void> {
    await this.#source?.close();
    // Also where its first byte was still waited for.
    if (this.#source === null) this.#input.abandon();
  }
}
