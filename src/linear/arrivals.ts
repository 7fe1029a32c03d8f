/** Messages that the core takes on their way to an IKE SA (src/core/arrive.ts), beside the walk. */

import {
  ADDRESSES,
  ARRIVAL,
  ARRIVAL_NUMBERS,
  CAPTURED_OF_DATAGRAM,
  FROM,
  FULL,
  IDENTIFICATION,
  IS_ECHO,
  LENGTH_OF_DATAGRAM,
  MARKER,
  MESSAGE,
  MESSAGE_TABLES_BYTES,
  PREFIX,
  REST,
  ROW,
  TO,
} from "../core/message-layout.ts";
import { Border, type Tables } from "./border.ts";
import type { LinearMemory } from "./memory.ts";

/** `arrive` of the core. */
export type ArriveCode = (
  tables: number,
  messageTables: number,
  batch: number,
  index: number,
  capturePoint: number,
) => number;

/** What the analysis tells of its tables: hosts and recent datagrams, and the seeds of digests. */
export interface ArrivalSetting extends Tables {
  /** Messages may be taken now. Asked for each batch. */
  isOpen(): boolean;
}

/** What was found out of a message: one object, whose numbers are refilled for each. */
export class Arrival {
  readonly #numbers: Float64Array;
  readonly #words: Int32Array;

  constructor(numbers: Float64Array) {
    this.#numbers = numbers;
    this.#words = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
  }

  /** Endpoints, see collections/endpoints.ts. */
  get from(): number {
    return this.#numbers[FROM];
  }

  get to(): number {
    return this.#numbers[TO];
  }

  /** Digests of all its bytes and of its beginning. */
  get full(): number {
    return this.#numbers[FULL];
  }

  get prefix(): number {
    return this.#numbers[PREFIX];
  }

  /** Offset of both addresses in the bytes of the batch, and of the message. */
  get addresses(): number {
    return this.#numbers[ADDRESSES];
  }

  get message(): number {
    return this.#numbers[MESSAGE];
  }

  /** Bytes captured from the message on, and bytes of the datagram from there. */
  get captured(): number {
    return this.#numbers[CAPTURED_OF_DATAGRAM];
  }

  get length(): number {
    return this.#numbers[LENGTH_OF_DATAGRAM];
  }

  get identification(): number {
    return this.#words[REST] & IDENTIFICATION;
  }

  /** A non-ESP marker stands before the message. */
  get marker(): boolean {
    return this.#numbers[MARKER] === 1;
  }

  /** Row among the datagrams of the last second, or -1, and whether the message is a copy of that datagram. */
  get row(): number {
    return this.#numbers[ROW];
  }

  get isEcho(): boolean {
    return this.#numbers[IS_ECHO] === 1;
  }
}

export class Arrivals {
  readonly #arrive: ArriveCode;
  readonly #block: Uint32Array;
  readonly #border: Border;
  readonly #setting: ArrivalSetting;
  readonly #arrival: Arrival;
  #isOpen = false;

  constructor(memory: LinearMemory, arrive: ArriveCode, setting: ArrivalSetting) {
    this.#arrive = arrive;
    this.#setting = setting;
    this.#block = memory.column(Uint32Array, MESSAGE_TABLES_BYTES / 4);
    this.#border = new Border(memory, this.#block);
    const numbers = memory.column(Float64Array, ARRIVAL_NUMBERS);
    this.#border.column(ARRIVAL, numbers);
    this.#arrival = new Arrival(numbers);
  }

  /** A batch begins. @param isPlain its frames may be such as the core reads */
  begin(isPlain: boolean): void {
    this.#isOpen = isPlain && this.#setting.isOpen();
  }

  /** The message in a frame, once it is noted; null where TypeScript has to take the frame. */
  take(tables: number, batch: number, index: number, capturePoint: number): Arrival | null {
    if (!this.#isOpen || !this.#border.holds(this.#setting)) return null;
    return this.#arrive(tables, this.#block.byteOffset, batch, index, capturePoint) === 1
      ? this.#arrival
      : null;
  }
}
