/** Live interfaces as one feed. It never ends by itself while an interface may come back. */

import type { FrameBatch } from "../../capture/batch.ts";
import type { SourceSummary } from "../../capture/source.ts";
import type { Feed, LiveStatus, Slice, WrittenTime } from "../../feed/feed.ts";
import { HoldBack } from "../../feed/hold-back.ts";
import { LiveInterface, type LiveSettings } from "./interface.ts";

/**
 * How long a record waits for older ones of other interfaces: dumpcap writes twice a second, and on a busy machine the
 * others come as late.
 */
const HOLD_MS = 700;
/** Batches that may wait for the analysis before a program is not read any more. */
const MAX_WAITING = 192;

export class LiveCapture implements Feed {
  readonly times: { first: WrittenTime | null; last: WrittenTime | null }[];
  readonly #interfaces: LiveInterface[];
  #held = new HoldBack(0, 0);
  #wake: () => void = () => {};
  /** Records came, or an interface ended, since the last round: perhaps while whoever takes the rounds was at work. */
  #hasNews = false;
  #room: (() => void)[] = [];
  #running = 0;
  #failure: unknown = null;

  constructor(names: readonly string[], settings: LiveSettings) {
    this.#interfaces = names.map((name) => new LiveInterface(name, settings));
    this.times = names.map(() => ({ first: null, last: null }));
  }

  get clockSteps(): Feed["clockSteps"] {
    return this.#held.clockSteps;
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

  /**
   * Opens all at once: what passes one while another is being opened is not missed.
   * @throws CaptureError when an interface cannot be captured from
   */
  async open(): Promise<void> {
    for (const each of this.#interfaces) each.refuseUnknown();
    const openings = await Promise.allSettled(this.#interfaces.map((each) => each.open()));
    const refused = openings.find(({ status }) => status === "rejected");
    if (refused?.status !== "rejected") return;
    this.stop();
    throw refused.reason;
  }

  /** All records, until `stop`, or until no interface is captured any more. */
  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    const { length } = this.#interfaces;
    const held = new HoldBack(length, length > 1 ? HOLD_MS : 0);
    this.#held = held;
    this.#running = this.#interfaces.length;
    this.#interfaces.forEach((_, source) => {
      this.#pump(source).catch((error: unknown) => {
        this.#failure ??= error;
      });
    });
    for (;;) {
      this.#hasNews = false;
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
        this.#tell();
        if (this.#held.size > MAX_WAITING) await new Promise<void>((go) => this.#room.push(go));
      }
    } finally {
      this.#running -= 1;
      this.#tell();
    }
  }

  #tell(): void {
    this.#hasNews = true;
    this.#wake();
  }

  #take(source: number, batch: FrameBatch): void {
    const times = this.times[source];
    const last = batch.count - 1;
    times.first ??= { micros: batch.micros[0], nanos: batch.nanos[0] };
    times.last = { micros: batch.micros[last], nanos: batch.nanos[last] };
    this.#held.add(source, batch, performance.now());
  }

  /** Waits for records, for the end of an interface, or until held ones are due. */
  async #something(milliseconds: number | null): Promise<void> {
    if (this.#hasNews) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (milliseconds !== null) timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
  }
}

/** A batch that stays: readers use theirs again. */
function copyOf(batch: FrameBatch): FrameBatch {
  const { count, firstFrame } = batch;
  const begin = batch.offsets[0];
  const end = batch.offsets[count - 1] + batch.captured[count - 1];
  return {
    provenance: "packet",
    bytes: batch.bytes.slice(begin, end),
    count,
    offsets: batch.offsets.slice(0, count).map((offset) => offset - begin),
    captured: batch.captured.slice(0, count),
    original: batch.original.slice(0, count),
    linkTypes: batch.linkTypes.slice(0, count),
    interfaces: batch.interfaces.slice(0, count),
    micros: batch.micros.slice(0, count),
    nanos: batch.nanos.slice(0, count),
    firstFrame,
  };
}
