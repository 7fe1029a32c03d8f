/**
 * Message records as a capture: lines are checked against the schema, put in order within a window, and handed
 * on as batches of messages. A line that does not fit is counted with its number and skipped; an unknown version
 * of the schema ends the source.
 */

import type { MessageBatch } from "../capture/batch.ts";
import { type ByteWindow, endOf } from "../capture/byte-window.ts";
import { Coming } from "../capture/coming.ts";
import { parseJson } from "../capture/json.ts";
import { MESSAGE_ROWS as BATCH, capturePointOf, MessageRows } from "../capture/message-rows.ts";
import type { CaptureSource } from "../capture/source.ts";
import { newSummary, StreamSource } from "../capture/stream-source.ts";
import { MAX_LINE, NEWLINE, unknownVersion } from "./line.ts";
import { hasAddresses, isMark, rowOf } from "./rows.ts";
import { type MessageRecord, recordSchema } from "./schema.ts";
import { THINNING } from "./thinning.ts";

const SHOWN = 5;
/** Lines that wait for older ones, at most: where more do, the older half goes on. */
const MAX_WAITING = 262_144;
/** Sensors whose late lines are counted by name; those of all further ones together, under a name that none has. */
const MAX_LATE_SENSORS = 20;
const FURTHER_SENSORS = "";

export interface Waiting {
  segment: number;
  order: number;
  /** Lines of one time stay in the order of the input. */
  number: number;
  record: MessageRecord;
}

export class RecordSource extends StreamSource implements CaptureSource {
  /** At the end of the input lines still wait for older ones, which may come with another. */
  resumable = false;
  readonly #reorder: number;
  readonly #batch = new MessageRows("record");
  readonly #decoder = new TextDecoder();
  #capturePoints = new Map<string, number>();
  #malformed: number[] = [];
  #malformedCount = 0;
  #late = new Map<string, number>();
  #waiting: Waiting[] = [];
  #ready: Waiting[] = [];
  /** Bytes that are waited for. */
  readonly #coming: Coming;
  #line = 0;
  /** Greatest `seq` so far; -1 before any. */
  #seq = -1;
  #redelivered = 0;
  #finished = false;
  #segment = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #released = Number.NEGATIVE_INFINITY;

  /** @param reorder how far lines may be out of order, microseconds */
  constructor(window: ByteWindow, name: string, suffix: string, reorder: number) {
    super(window, newSummary(name, `records${suffix}`));
    this.#coming = new Coming(() => window.more());
    // The last sign of life of a window is written when the window is over.
    this.#reorder = reorder + THINNING;
    this.summary.notes = [];
  }

  /** Lines taken from the input, the greatest `seq` of them, and how many were delivered again. */
  get taken(): { lines: number; seq: number | null; redelivered: number } {
    return { lines: this.#line, seq: this.#seq < 0 ? null : this.#seq, redelivered: this.#redelivered };
  }

  /** What is known of the lines taken so far, to be kept in a state file. */
  save() {
    return {
      summary: this.summary,
      frames: this.#batch.nextFrame,
      capturePoints: this.#capturePoints,
      malformed: this.#malformed,
      malformedCount: this.#malformedCount,
      late: this.#late,
      waiting: this.#waiting,
      ready: this.#ready,
      seq: this.#seq,
      segment: this.#segment,
      newest: this.#newest,
      released: this.#released,
    };
  }

  /** Goes on where `save` was: the input is another one, with the lines that follow. */
  restore(saved: ReturnType<RecordSource["save"]>): void {
    const { packets, bytes, timeDigits } = saved.summary;
    Object.assign(this.summary, { packets, bytes, timeDigits });
    this.#batch.nextFrame = saved.frames;
    this.#capturePoints = saved.capturePoints;
    this.#malformed = saved.malformed;
    this.#malformedCount = saved.malformedCount;
    this.#late = saved.late;
    this.#waiting = saved.waiting;
    this.#ready = saved.ready;
    this.#seq = saved.seq;
    this.#segment = saved.segment;
    this.#newest = saved.newest;
    this.#released = saved.released;
  }

  async next(): Promise<MessageBatch | null> {
    const window = this.window;
    while (this.#ready.length === 0) {
      if (this.#read()) this.#release(this.#newest - this.#reorder);
      else if (!window.ended && this.summary.end === "clean") await this.#more();
      else if (this.resumable) return null;
      else if (this.#waiting.length > 0) this.#release(Number.POSITIVE_INFINITY);
      else {
        this.#finish();
        return null;
      }
    }
    return this.#toBatch(this.#ready.splice(0, BATCH));
  }

  *heldBack(): Generator<MessageBatch> {
    this.#release(Number.POSITIVE_INFINITY);
    while (this.#ready.length > 0) yield this.#toBatch(this.#ready.splice(0, BATCH));
    this.#finish();
  }

  /** Waits for bytes; lines that wait for older ones wait no longer when nothing comes for so long. */
  async #more(): Promise<void> {
    const patience = this.#waiting.length === 0 ? null : this.#reorder / 1_000;
    if (!(await this.#coming.wait(patience))) this.#release(Number.POSITIVE_INFINITY);
  }

  /** Takes the whole lines at hand, at most a batch of them; false when there is none. */
  #read(): boolean {
    const window = this.window;
    let lines = 0;
    while (lines < BATCH && window.available > 0 && this.summary.end === "clean") {
      const found = window.bytes.indexOf(NEWLINE, window.start);
      const whole = found >= 0 && found < window.end;
      if (!whole && window.available > MAX_LINE) {
        this.summary.end = "corrupt";
        this.summary.problem = `${this.summary.name}: line ${this.#line + 1} is longer than any message record; nothing behind it was read.`;
        break;
      }
      // The last line may lack its end; one that is cut off is malformed.
      if (!whole && !window.ended) break;
      const end = whole ? found : window.end;
      const text = this.#decoder.decode(window.bytes.subarray(window.start, end));
      const used = end - window.start + (whole ? 1 : 0);
      this.#line += 1;
      lines += 1;
      this.#take(text);
      window.consume(used);
      this.summary.bytes += used;
    }
    return lines > 0;
  }

  #take(text: string): void {
    if (text.trim() === "") return;
    const value = parseJson(text);
    const unknown = unknownVersion(value);
    if (unknown !== null) {
      this.summary.end = "corrupt";
      this.summary.problem = `${this.summary.name}: line ${this.#line} is ${unknown}; nothing behind it was read.`;
      return;
    }
    const { success, data } = recordSchema.safeParse(value);
    const micros = Number(data?.t.slice(0, -3));
    // After 2255 a number does not hold the microseconds.
    if (!success || !hasAddresses(data) || !Number.isSafeInteger(micros)) {
      this.#malformedCount += 1;
      if (this.#malformed.length < SHOWN) this.#malformed.push(this.#line);
      return;
    }
    if (data.seq !== undefined) {
      if (data.seq <= this.#seq) {
        this.#redelivered += 1;
        return;
      }
      this.#seq = data.seq;
    }
    if (data.type === "header" && data.timeDigits === 9) this.summary.timeDigits = 9;
    const { order = micros, segment = 0 } = data;
    if (segment > this.#segment) {
      // The sensor's clock stepped back: what came before the step goes first, whatever its times.
      this.#release(Number.POSITIVE_INFINITY);
      this.#segment = segment;
      this.#newest = Number.NEGATIVE_INFINITY;
      this.#released = Number.NEGATIVE_INFINITY;
    }
    // A trailer tells a time, which may be long past when another source went on.
    if (data.type === "trailer" && order < this.#released) return;
    if (order < this.#newest - this.#reorder) this.#countLate(data.sensor);
    this.#newest = Math.max(this.#newest, order);
    this.#waiting.push({ segment, order, number: this.#line, record: data });
  }

  #countLate(sensor: string): void {
    const isNamed = this.#late.has(sensor) || this.#late.size < MAX_LATE_SENSORS;
    const name = isNamed ? sensor : FURTHER_SENSORS;
    this.#late.set(name, (this.#late.get(name) ?? 0) + 1);
  }

  /** Moves what is not younger than `until` to the ready lines, in order; where too many wait, the older half. */
  #release(until: number): void {
    const waiting = this.#waiting.sort(
      (a, b) => a.segment - b.segment || a.order - b.order || a.number - b.number,
    );
    let count = waiting.findIndex(({ order }) => order > until);
    if (count < 0) count = waiting.length;
    if (waiting.length - count > MAX_WAITING) count += (waiting.length - count) >> 1;
    if (count === 0) return;
    const released = waiting.splice(0, count);
    const before = this.#released;
    // A header or trailer tells a time; where a packet has the same one, it has nothing to add.
    const told = new Set(released.filter(({ record }) => !isMark(record)).map(({ order }) => order)).add(
      before,
    );
    // Not as arguments of a call, which takes a hundred thousand at most.
    for (const line of released) if (!isMark(line.record) || !told.has(line.order)) this.#ready.push(line);
    this.#released = Math.max(before, released[released.length - 1].order);
  }

  #toBatch(lines: readonly Waiting[]): MessageBatch {
    const batch = this.#batch;
    batch.begin();
    for (const { record } of lines) {
      batch.add(rowOf(record), {
        micros: Number(record.t.slice(0, -3) || "0"),
        nanos: Number(record.t.slice(-3)),
        capturePoint: this.#capturePointOf(record),
      });
    }
    this.summary.packets += batch.packets;
    return batch;
  }

  /** Number of the place where a line was captured: sensor, source and interface. */
  #capturePointOf({ sensor, source, interface: tap = 0 }: MessageRecord): number {
    return capturePointOf(this.#capturePoints, `${sensor}\n${source}\n${tap}`);
  }

  #finish(): void {
    if (this.#finished || this.summary.end !== "clean") return;
    this.#finished = true;
    if (this.window.ended) Object.assign(this.summary, endOf(this.window, this.summary.name));
    const { name } = this.summary;
    const notes = this.summary.notes!;
    if (this.#malformedCount > 0) {
      const more = this.#malformedCount > this.#malformed.length ? ", ..." : "";
      notes.push({
        code: "malformed-line",
        message: `${name}: ${this.#malformedCount} lines are not message records and were skipped: line ${this.#malformed.join(", ")}${more}.`,
      });
    }
    if (this.#late.size > 0)
      this.summary.sensors = [...this.#late.keys()].filter((each) => each !== FURTHER_SENSORS);
    for (const [sensor, count] of this.#late) {
      const seconds = (this.#reorder - THINNING) / 1e6;
      notes.push({
        code: "sensor-clock",
        message: `${name}: ${count} lines of ${sensor === FURTHER_SENSORS ? "further sensors" : `sensor ${sensor}`} came later than the window of ${seconds} s allows: its clock is off, or its lines were delayed (--reorder).`,
      });
    }
  }
}
