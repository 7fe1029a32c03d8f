/**
 * Text of rows, in bytes. TypeScript notes step by step what is to be written, and the core (src/core/text.ts) writes it,
 * thousands of steps at a time: neither strings are made, nor does each of them cost a call.
 */

import {
  ADDRESS,
  BYTES,
  COOKIE,
  FLOW,
  FLOW_BYTES,
  HEX,
  MILLIONTHS,
  PIECE,
  PIECES,
  PIECES_END,
  STEPS,
  STEPS_END,
  TEXT,
  TEXT_END,
  TIME,
  WHOLE,
} from "../core/report-layout.ts";
import { type Column, type LinearMemory, type Memory, ordinaryMemory } from "./memory.ts";
import { type ReportCore, reportCore, reportCoreOver } from "./report-core.ts";

/** Text that is written again and again: where it lies, and its length. */
export interface Piece {
  readonly at: number;
  readonly length: number;
}

/** Bytes that a step makes at most. */
const LONGEST = { whole: 10, millionths: 8, hex: 12, time: 29, address: 17, flow: FLOW_BYTES, cookie: 18 };
/** The core copies eight bytes at a time. */
const OVERSHOOT = 8;
/** So much is written at once; what a row makes beyond it has room several times over. */
const ENOUGH = 65_536;
const MOST_STEPS = (STEPS_END - STEPS) / 4;
/** Of numbers of 32 bits. */
const BEYOND = 2 ** 32;

const TOO_LONG = "a row is too long";
const [QUOTE, BACKSLASH, SPACE, TILDE] = Array.from('"\\ ~', (character) => character.charCodeAt(0));
const encoder = new TextEncoder();

export class RowText {
  readonly #core: ReportCore;
  readonly #steps: Uint32Array;
  readonly #stepBytes: Uint8Array;
  /** Words noted, and bytes that they make at most. */
  #words = 0;
  #most = 0;
  #piecesEnd = PIECES;
  /** Where the text ends that is written already. */
  #end = TEXT;
  readonly #memory: LinearMemory | null;

  private constructor(core: ReportCore, memory: LinearMemory | null) {
    const { buffer } = core.bytes;
    this.#core = core;
    this.#memory = memory;
    this.#steps = new Uint32Array(buffer, STEPS, MOST_STEPS);
    this.#stepBytes = new Uint8Array(buffer, STEPS, STEPS_END - STEPS);
  }

  /**
   * null where nothing can be compiled, see `reportCore`.
   * @param memory where the text may lie, until `close`, beside what it is of
   */
  static make(memory: Memory = ordinaryMemory): RowText | null {
    const { linear } = memory;
    const shared = linear?.takeReportRoom() === true ? linear : null;
    const core = shared === null ? reportCore(TEXT_END) : reportCoreOver(shared);
    if (core !== null) return new RowText(core, shared);
    shared?.giveReportRoomBack();
    return null;
  }

  /** Nothing more is written. */
  close(): void {
    this.#memory?.giveReportRoomBack();
  }

  /** The core reads the column where it lies. */
  reaches(column: Column): boolean {
    return this.#memory?.has(column) === true;
  }

  /** The memory that the core reads and writes. */
  get bytes(): Uint8Array {
    return this.#core.bytes;
  }

  /** Keeps a text to be written by `put`. @throws RangeError when the room for such texts is full */
  piece(text: string): Piece {
    const piece = this.pieceIfRoom(text);
    if (piece === null) throw new RangeError("the room for pieces of text is full");
    return piece;
  }

  /** The same; null when the room is full. */
  pieceIfRoom(text: string): Piece | null {
    const at = this.#piecesEnd;
    const bytes = encoder.encode(text);
    if (at + bytes.length > PIECES_END) return null;
    this.#core.bytes.set(bytes, at);
    this.#piecesEnd = at + bytes.length;
    return { at, length: bytes.length };
  }

  /** So much was written and noted that it should be taken before the next row. */
  get isFull(): boolean {
    return this.#end - TEXT + this.#most >= ENOUGH || this.#words * 2 >= MOST_STEPS;
  }

  /**
   * All that was written and noted since the last time, in bytes that are to be used before anything else is noted.
   * @throws RangeError when that was more than there is room for
   */
  take(): Uint8Array {
    this.#writeSteps();
    const end = this.#end;
    this.#end = TEXT;
    return this.#core.bytes.subarray(TEXT, end);
  }

  /**
   * Lets the core write something behind all that was noted.
   * @param most bytes that may be written from `fullAt` on
   * @param write gives the address behind what was written, from `out` on
   */
  append(most: number, write: (core: ReportCore, out: number, fullAt: number) => number): void {
    this.#writeSteps();
    const fullAt = Math.min(TEXT + ENOUGH, TEXT_END - most - OVERSHOOT);
    this.#end = write(this.#core, this.#end, fullAt);
  }

  #writeSteps(): void {
    if (this.#words > MOST_STEPS || this.#end + this.#most + OVERSHOOT > TEXT_END) {
      throw new RangeError(TOO_LONG);
    }
    this.#end = this.#core.write(STEPS, STEPS + 4 * this.#words, this.#end);
    this.#words = 0;
    this.#most = 0;
  }

  put({ at, length }: Piece): void {
    const steps = this.#steps;
    const word = this.#words;
    steps[word] = PIECE;
    steps[word + 1] = at;
    steps[word + 2] = length;
    this.#words = word + 3;
    this.#most += length;
  }

  /** A whole number below 2^32, in decimal digits. */
  whole(number: number): void {
    this.#step(WHOLE, number, LONGEST.whole);
  }

  /** 0 to 1,000,000 millionths, as JavaScript writes such a fraction. */
  millionths(number: number): void {
    this.#step(MILLIONTHS, number, LONGEST.millionths);
  }

  /** "0x0000002a", in quotes. */
  hex(id: number): void {
    this.#step(HEX, id, LONGEST.hex);
  }

  /** An address of IPv4 as a word, in quotes. */
  address(word: number): void {
    this.#step(ADDRESS, word, LONGEST.address);
  }

  /** Sixteen hexadecimal digits, in quotes. */
  cookie(high: number, low: number): void {
    this.#step(COOKIE, high, LONGEST.cookie);
    this.#steps[this.#words] = low;
    this.#words += 1;
  }

  /** The Community ID of a flow of UDP between two addresses of IPv4, in quotes. */
  flow(one: number, onePort: number, other: number, otherPort: number): void {
    this.#step(FLOW, one, LONGEST.flow);
    this.#steps[this.#words] = other;
    this.#steps[this.#words + 1] = onePort * 65_536 + otherPort;
    this.#words += 2;
  }

  /** Microseconds since the epoch as `isoTime` writes them, in quotes. @returns false, and notes nothing, outside of 1970 to 2106 */
  time(micros: number): boolean {
    const second = Math.floor(micros / 1e6);
    if (!(second >= 0 && second < BEYOND)) return false;
    this.#step(TIME, second, LONGEST.time);
    this.#steps[this.#words] = micros - second * 1e6;
    this.#words += 1;
    return true;
  }

  /** Text in quotes, when it is of ASCII that JSON takes as it is; notes nothing and says false when it is not. */
  quoted(text: string): boolean {
    const bytes = this.#stepBytes;
    let at = 4 * this.#words + 8;
    bytes[at] = QUOTE;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return false;
      at += 1;
      bytes[at] = code;
    }
    bytes[at + 1] = QUOTE;
    this.#bytes(text.length + 2);
    return true;
  }

  /** Any text, in UTF-8. @throws RangeError when it is longer than there is room for */
  text(text: string): void {
    const { read, written } = encoder.encodeInto(text, this.#stepBytes.subarray(4 * this.#words + 8));
    if (read < text.length) throw new RangeError(TOO_LONG);
    this.#bytes(written);
  }

  /** So many bytes stand where a step has them. */
  #bytes(length: number): void {
    this.#step(BYTES, length, length);
    this.#words += (length + 3) >>> 2;
  }

  #step(kind: number, first: number, most: number): void {
    const word = this.#words;
    this.#steps[word] = kind;
    this.#steps[word + 1] = first;
    this.#words = word + 2;
    this.#most += most;
  }
}
