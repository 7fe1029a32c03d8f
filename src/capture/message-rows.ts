/** A batch of messages that readers of records and logs fill row by row, and reuse from call to call. */

import type { MessageBatch, MessageRow } from "./batch.ts";

/** Rows per batch. */
export const MESSAGE_ROWS = 2048;
/** Capture points that have a number of their own; all further ones share one. */
const MAX_POINTS = 16_384;

/** Number of the place where a message was captured, by its name. @param known the numbers so far */
export function capturePointOf(known: Map<string, number>, name: string): number {
  const number = known.get(name) ?? known.size;
  if (number < MAX_POINTS) known.set(name, number);
  return Math.min(number, MAX_POINTS);
}

export class MessageRows implements MessageBatch {
  readonly provenance: "record" | "log";
  count = 0;
  readonly rows: (MessageRow | null)[] = [];
  readonly frames = new Uint32Array(MESSAGE_ROWS);
  readonly interfaces = new Uint32Array(MESSAGE_ROWS);
  readonly micros = new Float64Array(MESSAGE_ROWS);
  readonly nanos = new Uint16Array(MESSAGE_ROWS);
  firstFrame = 1;
  /** Number of the next packet, from 1. */
  nextFrame = 1;

  constructor(provenance: "record" | "log") {
    this.provenance = provenance;
  }

  /** Begins a batch, behind the packets of the last one. */
  begin(): void {
    this.count = 0;
    this.rows.length = 0;
    this.firstFrame = this.nextFrame;
  }

  /** @param row null for a time that the input had reached */
  add(
    row: MessageRow | null,
    { micros, nanos, capturePoint }: { micros: number; nanos: number; capturePoint: number },
  ): void {
    const i = this.count;
    this.rows.push(row);
    this.frames[i] = this.nextFrame;
    this.interfaces[i] = capturePoint;
    this.micros[i] = micros;
    this.nanos[i] = nanos;
    this.count = i + 1;
    if (row !== null) this.nextFrame += 1;
  }

  /** Packets of this batch. */
  get packets(): number {
    return this.nextFrame - this.firstFrame;
  }
}
