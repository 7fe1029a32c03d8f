/**
 * Several inputs as one: their rows merged by time.
 *
 * Files are opened when the merge comes to them and closed at their end, so a directory with a thousand files
 * of a ring needs as many open files as overlap in time.
 */

import { CaptureError, type SourceSummary } from "../capture/source.ts";
import { type Memory, ordinaryMemory } from "../linear/memory.ts";
import type { ClockOffset, ClockStep, Feed, FeedInput, Slice, SourceTimes, Taken } from "./feed.ts";
import { InputLane } from "./input-lane.ts";
import { memoryFor } from "./room.ts";
import { Sequence } from "./sequence.ts";
import type { Turns } from "./turns.ts";

export class Sequencer implements Feed {
  readonly failures: CaptureError[] = [];
  /** Files whose turn to be opened had not come when the reading was ended. */
  unopened: readonly string[] = [];
  /** Files in archives that look like captures and cannot be read. */
  readonly leftOut: CaptureError[] = [];
  readonly #inputs: readonly FeedInput[];
  /** Where the inputs are read to. */
  readonly memory: Memory;
  /** Asked for `clockOffsets`. */
  offsets: () => readonly ClockOffset[] = () => [];
  #lanes: InputLane[];
  readonly #sequence = new Sequence<InputLane>();

  constructor(inputs: readonly FeedInput[], memory = ordinaryMemory) {
    this.#inputs = inputs;
    this.memory = memory;
    this.#lanes = this.#lanesOf(inputs);
  }

  /** Reads into linear memory, as much as the inputs need. */
  static over(inputs: readonly FeedInput[]): Sequencer {
    return new Sequencer(inputs, memoryFor(inputs));
  }

  #lanesOf(inputs: readonly FeedInput[]): InputLane[] {
    return inputs.map((input, index) => new InputLane(input, index, this.memory));
  }

  get clockOffsets(): readonly ClockOffset[] {
    return this.offsets();
  }

  get clockSteps(): { readonly count: number; readonly first: readonly ClockStep[] } {
    return this.#sequence.clockSteps;
  }

  /** Inputs that could be opened; while an interrupted read waits for the first byte of one, it is not among them. */
  get #readable(): (InputLane & { summary: SourceSummary })[] {
    return this.#lanes.filter(
      (lane): lane is InputLane & { summary: SourceSummary } => !lane.failed && lane.summary !== null,
    );
  }

  /** Summaries of the inputs that could be read, in their order; `Slice.source` is an index into them. */
  get summaries(): SourceSummary[] {
    return this.#readable.map((lane) => lane.summary);
  }

  get times(): SourceTimes[] {
    return this.#readable.map(({ first, last, timeCheck }) => ({
      first,
      last,
      sayNothing: timeCheck.saysNothing,
    }));
  }

  /** All are regular files, and none is a pipe. */
  get canBeReadAgain(): boolean {
    return this.#readable.every(({ size }) => size !== null) && this.inputs.every(({ once }) => !once);
  }

  /** The inputs, archives replaced by what is in them. */
  get inputs(): FeedInput[] {
    return this.#lanes.map(({ input }) => input);
  }

  /** By source, which of `inputs` it is. */
  get inputOf(): number[] {
    const readable = new Set<InputLane>(this.#readable);
    return this.#lanes.flatMap((lane, input) => (readable.has(lane) ? [input] : []));
  }

  /** Bytes of all inputs read so far and in all (null where that is not known), and the input being read. */
  progress(): { bytes: number; totalBytes: number | null; source: string } {
    let bytes = 0;
    let totalBytes: number | null = 0;
    for (const lane of this.#lanes) {
      bytes += lane.position();
      totalBytes = totalBytes === null || lane.size === null ? null : totalBytes + lane.size;
    }
    return { bytes, totalBytes, source: this.#sequence.lanes[0]?.summary?.name ?? "" };
  }

  /** A round is what can be merged without waiting for an input. Inputs that cannot be read end up in `failures`. */
  async *rounds(turns: Turns | null = null): AsyncGenerator<Iterable<Slice>> {
    if (this.#inputs.some(({ expand }) => expand !== undefined)) await this.#expand();
    const alone = this.#lanes.length === 1;
    for (const lane of this.#lanes) await this.#start(lane, !alone);
    this.#lanes
      .filter((lane) => !lane.failed)
      .forEach((lane, index) => {
        lane.index = index;
      });
    const sequence = this.#sequence;
    sequence.begin(this.#lanes.filter((lane) => lane.hasRow));
    while (sequence.lanes.length > 0) {
      const [first] = sequence.lanes;
      await first.ready();
      if (first.hasRow) {
        sequence.settle();
        yield sequence.release(Number.POSITIVE_INFINITY, turns);
      } else sequence.lanes.shift();
    }
  }

  /** Of a single input, what it held back when the rounds were over, or given up. */
  *heldBack(): Generator<Slice> {
    const [lane] = this.#lanes;
    if (this.#lanes.length !== 1) return;
    for (const batch of lane.heldBack()) {
      lane.take(batch);
      this.#sequence.begin([lane]);
      this.#sequence.settle();
      yield* this.#sequence.release();
    }
  }

  async interrupt(taken: (source: number) => Taken | null): Promise<void> {
    for (const [source, lane] of this.#readable.entries()) {
      const { packets, last } = taken(source) ?? { packets: 0, last: null };
      if (lane.summary.end !== "clean" || !(await lane.isUnfinished(packets))) continue;
      const problem = `${lane.summary.name}: the reading was ended after ${packets} packets, before the end.`;
      Object.assign(lane.summary, { end: "interrupted", packets, problem });
      if (last === null) lane.first = null;
      lane.last = last;
    }
    this.unopened = this.#lanes.flatMap(({ unopened }) => unopened ?? []);
  }

  /** Replaces inputs that are archives by what is in them. */
  async #expand(): Promise<void> {
    const found: FeedInput[] = [];
    for (const input of this.#inputs) {
      try {
        const { inputs, leftOut } = (await input.expand?.()) ?? { inputs: [input], leftOut: [] };
        found.push(...inputs);
        this.leftOut.push(...leftOut);
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
        this.failures.push(error);
      }
    }
    this.#lanes = this.#lanesOf(found);
  }

  async #start(lane: InputLane, peek: boolean): Promise<void> {
    try {
      await lane.start(peek);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      lane.failed = true;
      this.failures.push(error);
    }
  }

  /** Where a single input stands on the clock, to be kept in a state file. */
  save() {
    const [{ first, last, sourceClock }] = this.#lanes;
    const { segment, clockSteps } = this.#sequence;
    return { latest: sourceClock.save(), segment, clockSteps, first, last };
  }

  /** Goes on where `save` was. Before anything is read. */
  restore(saved: ReturnType<Sequencer["save"]>): void {
    const [lane] = this.#lanes;
    lane.sourceClock.restore(saved.latest);
    lane.segment = saved.segment;
    lane.first = saved.first;
    lane.last = saved.last;
    this.#sequence.segment = saved.segment;
    this.#sequence.clockSteps = saved.clockSteps;
  }

  async close(): Promise<void> {
    for (const lane of this.#lanes) await lane.close();
  }
}
