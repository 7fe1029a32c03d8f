/**
 * Live interfaces as one source of slices, in the order of time: what `MergedCapture` is for files. It never ends
 * by itself while an interface may come back.
 */

import type { RecordBatch } from "../../capture/batch.ts";
import type { SourceSummary } from "../../capture/source.ts";
import type { ClockStep, LiveStatus, Slice, WrittenTime } from "../../feed/feed.ts";
import { HoldBack } from "../../feed/hold-back.ts";
import { SourceClock } from "../../feed/source-clock.ts";
import { LiveInterface, type LiveSettings } from "./interface.ts";

const REMEMBERED_STEPS = 16;
/** How long a record waits for older ones of other interfaces; dumpcap writes twice a second. */
const HOLD_MS = 250;
const DUMPCAP_HOLD_MS = 700;
/** Batches that may wait for the analysis before a program is no longer read. */
const MAX_WAITING = 64;

export class LiveCapture {
  readonly clockSteps: { count: number; first: ClockStep[] } = { count: 0, first: [] };
  readonly times: { first: WrittenTime | null; last: WrittenTime | null }[];
  readonly #interfaces: LiveInterface[];
  readonly #clocks: SourceClock[];
  #held: HoldBack | null = null;
  #segment = 0;
  #wake: () => void = () => {};
  #room: (() => void)[] = [];
  #running = 0;
  #failure: unknown = null;

  constructor(names: readonly string[], settings: LiveSettings) {
    this.#interfaces = names.map((name) => new LiveInterface(name, settings));
    this.#clocks = names.map(() => new SourceClock());
    this.times = names.map(() => ({ first: null, last: null }));
  }

  get summaries(): SourceSummary[] {
    return this.#interfaces.map(({ summary }) => summary);
  }

  get status(): LiveStatus {
    const each = this.#interfaces;
    const kernel = each.map(({ kernelDropped }) => kernelDropped);
    return {
      sources: each.map(({ name, state, summary }) => ({ name, state, packets: summary.packets })),
      interruptions: each.reduce((sum, { interruptions }) => sum + interruptions, 0),
      times: each.some(({ backend }) => backend === "cap") ? "arrival" : "kernel",
      dropped: {
        kernel: kernel.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0),
        queue: each.reduce((sum, { queueDropped }) => sum + queueDropped, 0),
      },
    };
  }

  /** Asks the programs for their counts of dropped packets; they come a moment later. */
  refresh(): void {
    for (const each of this.#interfaces) each.refresh();
  }

  /** @throws CaptureError when an interface cannot be captured from */
  async open(): Promise<void> {
    try {
      for (const each of this.#interfaces) await each.open();
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** All records, until `stop`, or until no interface is captured any more. */
  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    const several = this.#interfaces.length > 1;
    const slow = this.#interfaces.some(({ backend }) => backend === "dumpcap");
    const held = new HoldBack(this.#interfaces.length, several ? (slow ? DUMPCAP_HOLD_MS : HOLD_MS) : 0);
    this.#held = held;
    this.#running = this.#interfaces.length;
    this.#interfaces.forEach((_, source) => {
      this.#pump(source).catch((error: unknown) => {
        this.#failure ??= error;
      });
    });
    for (;;) {
      const over = this.#running === 0;
      yield held.release(performance.now(), over);
      for (const go of this.#room.splice(0)) go();
      if (this.#failure !== null) throw this.#failure;
      if (over && held.size === 0) return;
      await this.#something(held.dueIn(performance.now()));
    }
  }

  /** Ends the capture in order: what is on its way still comes out of `rounds`. */
  stop(): void {
    for (const each of this.#interfaces) each.stop();
  }

  async close(): Promise<void> {
    this.stop();
  }

  async #pump(source: number): Promise<void> {
    try {
      for await (const batch of this.#interfaces[source].batches()) {
        this.#take(source, copyOf(batch));
        this.#wake();
        if (this.#held!.size > MAX_WAITING) await new Promise<void>((go) => this.#room.push(go));
      }
    } finally {
      this.#running -= 1;
      this.#wake();
    }
  }

  #take(source: number, batch: RecordBatch): void {
    const times = this.times[source];
    const last = batch.count - 1;
    times.first ??= { micros: batch.micros[0], nanos: batch.nanos[0] };
    times.last = { micros: batch.micros[last], nanos: batch.nanos[last] };
    const clock = new Float64Array(batch.count);
    const arrivedAt = performance.now();
    for (let start = 0; start < batch.count; ) {
      const end = this.#clocks[source].fill(batch, start, clock);
      if (end > start)
        this.#held!.add({ source, batch, clock, start, end, segment: this.#segment, arrivedAt });
      if (end < batch.count) this.#step(source, batch, end);
      start = end;
    }
  }

  #step(source: number, batch: RecordBatch, at: number): void {
    const backMicros = this.#clocks[source].restart(batch.micros[at]);
    this.#segment += 1;
    this.clockSteps.count += 1;
    if (this.clockSteps.first.length < REMEMBERED_STEPS) {
      this.clockSteps.first.push({ source, frame: batch.firstFrame + at, backMicros });
    }
  }

  /** Waits for records, for the end of an interface, or until held ones are due. */
  async #something(milliseconds: number | null): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (milliseconds !== null) timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
  }
}

/** A batch that stays: readers use theirs again. */
function copyOf(batch: RecordBatch): RecordBatch {
  const { count, firstFrame } = batch;
  const begin = batch.offsets[0];
  const end = batch.offsets[count - 1] + batch.captured[count - 1];
  return {
    bytes: batch.bytes.slice(begin, end),
    count,
    offsets: batch.offsets.slice(0, count).map((offset) => offset - begin),
    captured: batch.captured.slice(0, count),
    original: batch.original.slice(0, count),
    linkTypes: batch.linkTypes.slice(0, count),
    interfaces: batch.interfaces.slice(0, count),
    micros: batch.micros.slice(0, count),
    nanos: batch.nanos.slice(0, count),
    digests: batch.digests?.slice(0, 2 * count) ?? null,
    logged: batch.logged === true,
    firstFrame,
  };
}
