/** Messages that the core takes to their IKE SAs, or on the way there (src/core/arrive.ts), between frames that it walks. */

import {
  ADDRESSES,
  ARRIVAL,
  ARRIVAL_NUMBERS,
  ARRIVED,
  ASKS,
  BECAME,
  CAPTURED_OF_DATAGRAM,
  CLEAR_BYTES,
  CLEAR_ENTRIES,
  FIRST_FRAME,
  FROM,
  FULL,
  IDENTIFICATION,
  IS_ECHO,
  KNOWN_CLEAR,
  LEFT,
  LENGTH_OF_DATAGRAM,
  MARKER,
  MESSAGE,
  MESSAGE_TABLES_BYTES,
  PREFIX,
  REST,
  ROW,
  SHOWN,
  SOURCE,
  TAKEN_MESSAGES,
  TAKEN_QUICK_MODES,
  TAKES,
  TO,
} from "../core/message-layout.ts";
import { Border, type Tables } from "./border.ts";
import type { LinearMemory } from "./memory.ts";

/** `pass` of the core. */
export type PassCode = (
  tables: number,
  messageTables: number,
  batch: number,
  from: number,
  to: number,
) => number;

/** What the host tells the core of a message that it asked about: see src/core/clear-payloads.ts. */
export type LearnCode = (messageTables: number, list: number, life: number, hash: number) => void;

interface MessageCode {
  readonly pass: PassCode;
  readonly learn: LearnCode;
}

/** What the analysis tells of its tables: hosts, recent datagrams and IKE SAs, and the seeds of digests. */
export interface ArrivalSetting extends Tables {
  /** Messages may arrive now. Asked for each batch. */
  isOpen(): boolean;
  /** They may be taken to their IKE SAs as well: who else wants to see them does not mind. */
  readonly takes: boolean;
  /** Somebody wants to see each of those. */
  readonly shows: boolean;
}

/** What was found out of a message: one object, whose numbers are refilled for each. */
export class Arrival {
  readonly #numbers: Float64Array;
  readonly #words: Int32Array;
  readonly #learn: (list: number, life: number, hash: number) => void;

  /** @param learn takes what the core asks for */
  constructor(numbers: Float64Array, learn: (list: number, life: number, hash: number) => void) {
    this.#numbers = numbers;
    this.#words = new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
    this.#learn = learn;
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

  /** The core does not know yet what the message says in the clear. */
  get asks(): boolean {
    return this.#numbers[ASKS] === 1;
  }

  /**
   * Tells it, of this message and of those that say the same.
   * @param list number of the sender's list of vendor IDs, those of the message included
   * @param life seconds; NaN where none is stated
   * @param hash algorithm (RFC 2409 App. A); NaN where none is stated
   */
  tell(list: number, life: number, hash: number): void {
    this.#learn(list, life, hash);
  }
}

export class Arrivals {
  /** They may arrive in this batch. */
  #isOpen = false;
  readonly #code: MessageCode;
  readonly #block: Uint32Array;
  readonly #border: Border;
  readonly #setting: ArrivalSetting;
  readonly #last: Arrival;
  readonly #numbers: Float64Array;

  constructor(memory: LinearMemory, code: MessageCode, setting: ArrivalSetting) {
    this.#code = code;
    this.#setting = setting;
    this.#block = memory.column(Uint32Array, MESSAGE_TABLES_BYTES / 4);
    this.#border = new Border(memory, this.#block);
    this.#numbers = memory.column(Float64Array, ARRIVAL_NUMBERS);
    this.#border.column(ARRIVAL, this.#numbers);
    this.#border.column(KNOWN_CLEAR, memory.column(Uint8Array, (CLEAR_ENTRIES + 2) * CLEAR_BYTES));
    this.#border.value(TAKES, setting.takes ? 1 : 0);
    this.#border.value(SHOWN, setting.shows ? 1 : 0);
    const block = this.#block.byteOffset;
    this.#last = new Arrival(this.#numbers, (list, life, hash) => code.learn(block, list, life, hash));
  }

  /** A batch begins. @param isPlain its frames may be such as the core reads. @param firstFrame number of its first one */
  begin(isPlain: boolean, firstFrame: number, source: number): void {
    this.#isOpen = isPlain && this.#setting.isOpen();
    this.#numbers[FIRST_FRAME] = firstFrame;
    this.#border.value(SOURCE, source);
  }

  /** Whether the core reaches all that it takes messages with. */
  get isReady(): boolean {
    return this.#isOpen && this.#border.holds(this.#setting);
  }

  /** The first frame from `from` on that is neither settled nor a message that was taken, or is one to be shown; or `to`. */
  past(tables: number, batch: number, from: number, to: number): number {
    return this.#code.pass(tables, this.#block.byteOffset, batch, from, to);
  }

  /** The message in the frame at which `past` stopped, once it is noted; null where TypeScript has to take the frame. */
  get arrival(): Arrival | null {
    return this.#block[BECAME >> 2] === LEFT ? null : this.#last;
  }

  /** That message was taken to its IKE SA. */
  get isTaken(): boolean {
    return this.#block[BECAME >> 2] > ARRIVED;
  }

  /** Messages that were taken since `forgetTaken`: all, and those of quick mode. */
  get taken(): number {
    return this.#block[TAKEN_MESSAGES >> 2];
  }

  get takenQuickModes(): number {
    return this.#block[TAKEN_QUICK_MODES >> 2];
  }

  forgetTaken(): void {
    this.#border.value(TAKEN_MESSAGES, 0);
    this.#border.value(TAKEN_QUICK_MODES, 0);
  }
}
