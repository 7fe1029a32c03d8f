/**
 * A log of another program as a capture: its lines are read, put in order within a window, and handed on as batches
 * of messages. A line that makes no sense is counted with its number and skipped; lines of other kinds are passed over.
 */

import type { MessageBatch, MessageRow } from "../capture/batch.ts";
import { type ByteWindow, endOf } from "../capture/byte-window.ts";
import { Coming } from "../capture/coming.ts";
import { MESSAGE_ROWS as BATCH, capturePointOf, MessageRows } from "../capture/message-rows.ts";
import type { CaptureSource, SourceSummary } from "../capture/source.ts";
import { newSummary, StreamSource } from "../capture/stream-source.ts";
import { type LogReader, rowOf } from "./entry.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Bytes; a longer line holds no IKE event, and is not kept in memory. */
export const MAX_LINE = 1 << 20;
const SHOWN = 5;
/** Entries that wait to be put in order, at most: more in one window are taken as they come. */
const MAX_WAITING = 65_536;

interface Waiting {
  micros: number;
  tie: number;
  /** Entries of one time stay in the order of the log. */
  number: number;
  capturePoint: number;
  row: MessageRow;
}

export class LogSource extends StreamSource implements CaptureSource {
  readonly #reader: LogReader;
  readonly #reorder: number;
  readonly #batch = new MessageRows("log");
  readonly #capturePoints = new Map<string, number>();
  readonly #malformed: number[] = [];
  #malformedCount = 0;
  #late = 0;
  #waiting: Waiting[] = [];
  #ready: Waiting[] = [];
  #line = 0;
  /** Inside a line that is too long. */
  #skipping = false;
  #newest = Number.NEGATIVE_INFINITY;
  readonly #coming: Coming;

  /** @param reorder how far lines may be out of order, microseconds */
  constructor(window: ByteWindow, reader: LogReader, name: string, suffix: string, reorder: number) {
    super(window, newSummary(name, `${reader.format}${suffix}`));
    this.#coming = new Coming(() => window.more());
    this.#reader = reader;
    this.#reorder = reorder;
    this.summary.notes = [reader.blindness(name)];
  }

  async next(): Promise<MessageBatch | null> {
    const window = this.window;
    while (this.#ready.length === 0) {
      if (this.#read())
        this.#release(this.#crowded ? Number.POSITIVE_INFINITY : this.#newest - this.#reorder);
      else if (!window.ended) await this.#more();
      else if (this.#waiting.length > 0) this.#release(Number.POSITIVE_INFINITY);
      else {
        Object.assign(this.summary, endOf(window, this.summary.name));
        return null;
      }
    }
    return this.#toBatch(this.#ready.splice(0, BATCH));
  }

  *heldBack(): Generator<MessageBatch> {
    this.#release(Number.POSITIVE_INFINITY);
    while (this.#ready.length > 0) yield this.#toBatch(this.#ready.splice(0, BATCH));
  }

  /** Waits for bytes. Where a log that grows is quiet for as long as lines may be late, what waits for later ones goes on. */
  async #more(): Promise<void> {
    const patience = this.size !== null || this.#waiting.length === 0 ? null : this.#reorder / 1000;
    if (!(await this.#coming.wait(patience))) this.#release(Number.POSITIVE_INFINITY);
  }

  get #crowded(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  /** Takes the whole lines at hand, until there is a batch of entries; false when there is none. */
  #read(): boolean {
    const window = this.window;
    const begin = window.start;
    const bytes = window.bytes.subarray(0, window.end);
    let last: Uint8Array | null = null;
    const waiting = this.#waiting.length;
    while (window.available > 0 && this.#waiting.length - waiting < BATCH) {
      const found = bytes.indexOf(NEWLINE, window.start);
      if (found < 0 && window.available > MAX_LINE) {
        this.#skip(window.available);
        continue;
      }
      // The last line may lack its end; one that is cut off is malformed.
      if (found < 0 && !window.ended) break;
      const end = found < 0 ? window.end : found;
      const until = end > window.start && bytes[end - 1] === RETURN ? end - 1 : end;
      const line = bytes.subarray(window.start, until);
      this.#line += 1;
      if (this.#skipping) this.#skipping = false;
      else if (line.length > 0 && this.#take(line)) last = line;
      window.consume(end - window.start + (found < 0 ? 0 : 1));
    }
    this.summary.bytes += window.start - begin;
    if (last !== null) this.#reached(this.#reader.timeOf(last));
    if (window.start > begin) this.#note();
    return window.start > begin;
  }

  /** Lets go of the beginning of a line that is longer than an event can be. */
  #skip(count: number): void {
    if (!this.#skipping) this.#bad(this.#line + 1);
    this.#skipping = true;
    this.window.consume(count);
  }

  /** False for a line that is malformed: its time says nothing. */
  #take(line: Uint8Array): boolean {
    const entry = this.#reader.read(line);
    if (entry === "other") return true;
    const row = entry === "malformed" ? null : rowOf(entry);
    if (entry === "malformed" || row === null) {
      this.#bad(this.#line);
      return false;
    }
    const { micros, tie } = entry;
    if (micros < this.#newest - this.#reorder) this.#late += 1;
    this.#reached(micros);
    this.#waiting.push({
      micros,
      tie,
      number: this.#line,
      capturePoint: capturePointOf(this.#capturePoints, entry.capturePoint),
      row,
    });
    return true;
  }

  #reached(micros: number): void {
    if (micros > this.#newest) this.#newest = micros;
  }

  #bad(line: number): void {
    this.#malformedCount += 1;
    if (this.#malformed.length < SHOWN) this.#malformed.push(line);
  }

  /** Moves what is not younger than `until` to the ready entries, in order. */
  #release(until: number): void {
    const waiting = this.#waiting.sort((a, b) => a.micros - b.micros || a.tie - b.tie || a.number - b.number);
    let count = waiting.findIndex(({ micros }) => micros > until);
    if (count < 0) count = waiting.length;
    this.#ready.push(...waiting.splice(0, count));
  }

  #toBatch(entries: readonly Waiting[]): MessageBatch {
    const batch = this.#batch;
    batch.begin();
    for (const { micros, capturePoint, row } of entries) batch.add(row, { micros, nanos: 0, capturePoint });
    this.summary.packets += batch.packets;
    return batch;
  }

  /** What the user must know, kept current: a log that grows is reported on while it does. */
  #note(): void {
    const { name } = this.summary;
    const notes = [this.#reader.blindness(name)] as NonNullable<SourceSummary["notes"]>;
    if (this.#malformedCount > 0) {
      const more = this.#malformedCount > this.#malformed.length ? ", ..." : "";
      notes.push({
        code: "malformed-line",
        message: `${name}: ${this.#malformedCount} lines are not ${this.#reader.noun} and were skipped: line ${this.#malformed.join(", ")}${more}.`,
      });
    }
    if (this.#late > 0) {
      notes.push({
        code: "sensor-clock",
        message: `${name}: ${this.#late} events came later than the window of ${this.#reorder / 1e6} s allows (--reorder).`,
      });
    }
    this.summary.notes = notes;
  }
}
