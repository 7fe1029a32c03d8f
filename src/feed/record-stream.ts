/**
 * Message records as a feed whose place can be kept: everything taken from it is either handed on or in `save`. The
 * end of the input is not the end of the capture: another input goes on with it.
 */

import { IterableSource } from "../capture/byte-source.ts";
import { ByteWindow } from "../capture/byte-window.ts";
import { CaptureError, type CaptureSource, type SourceSummary } from "../capture/source.ts";
import { RecordSource } from "../records/reader.ts";
import type { Feed, FeedInput, Reading, Slice, WrittenTime } from "./feed.ts";
import { Sequencer } from "./sequencer.ts";

export class RecordStream implements Feed {
  readonly #input: FeedInput;
  readonly #sequencer: Sequencer;
  #source: RecordSource | null = null;
  /** What the source will go on from, until it is opened: an input may begin hours later. */
  #before: ReturnType<RecordSource["save"]> | null = null;

  constructor(input: FeedInput) {
    this.#input = input;
    const { name, abandon } = input;
    // Not an archive: a stream is one input.
    this.#sequencer = new Sequencer([{ name, once: true, open: (reading) => this.#open(reading), abandon }]);
  }

  get summaries(): SourceSummary[] {
    const summary = this.#source?.summary ?? this.#before?.summary;
    return summary === undefined ? [] : [summary];
  }

  get times(): { first: WrittenTime | null; last: WrittenTime | null }[] {
    const { first, last } = this.#sequencer.save();
    return this.summaries.map(() => ({ first, last }));
  }

  get clockSteps(): Feed["clockSteps"] {
    return this.#sequencer.clockSteps;
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
    return source === null ? null : { source, ...this.#sequencer.save() };
  }

  /** Goes on where `save` was. Before anything is read. */
  restore(saved: ReturnType<RecordStream["save"]>): void {
    if (saved === null) return;
    this.#before = saved.source;
    this.#sequencer.restore(saved);
  }

  /** @throws CaptureError when the input cannot be read or holds no message records */
  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    yield* this.#sequencer.rounds();
    // A stream may bring nothing new.
    const failure = this.#sequencer.failures.find(({ code }) => code !== "empty");
    if (failure !== undefined) throw failure;
  }

  heldBack(): Iterable<Slice> {
    return this.#sequencer.heldBack();
  }

  async #open(reading?: Reading): Promise<CaptureSource> {
    const source = await this.#input.open(reading).catch((error: unknown) => this.#withoutLines(error));
    if (!(source instanceof RecordSource)) {
      const { name, format } = source.summary;
      await source.close();
      throw new CaptureError(
        "unsupported",
        `--state keeps what message records told, and ${name} is ${format}: ike-dupcheck extract makes records of it`,
      );
    }
    if (this.#before !== null) source.restore(this.#before);
    source.resumable = true;
    this.#source = source;
    return source;
  }

  /** For an input without lines, what those before left waiting. */
  #withoutLines(error: unknown): RecordSource {
    if (this.#before === null || !(error instanceof CaptureError) || error.code !== "empty") throw error;
    const nothing = new ByteWindow(new IterableSource((async function* () {})()));
    return new RecordSource(nothing, this.#input.name, "", 0);
  }

  close(): Promise<void> {
    return this.#sequencer.close();
  }
}
