/**
 * Rows of plain clients, written by the core (src/core/plain-rows.ts) straight from the numbers of their IKE SAs. It is told
 * once how a row is put together, and then what vendor IDs and patterns say; where it was not told, it leaves the row.
 */

import {
  ANOMALY,
  BETWEEN_FLOWS,
  BYTE_ORDER,
  CLIENT_ADDRESS,
  CLIENT_PORT,
  CONFIDENCE,
  CONFIDENCE_BITS,
  CONNECTED,
  END_OF_TEXT,
  FIRST_SEEN,
  FLOWS,
  FULL_AT,
  HOST_WORDS,
  KIND,
  LAST_SEEN,
  MOST_GROUPS,
  MOST_KINDS,
  MOST_VENDORS,
  NOTHING,
  ONE_ID,
  PART_BYTES,
  PART_COUNT,
  PATTERNS,
  PATTERNS_END,
  PATTERN_BYTES,
  PLATFORM,
  RESPONDER_ADDRESS,
  ROWS,
  ROW_PARTS,
  VENDORS,
  VENDOR_BYTES,
  WANTED,
  WANTED_BYTES,
  WANTED_END,
} from "../core/report-layout.ts";
import type { Piece, RowText } from "./row-text.ts";

/** What may stand behind each part of a row. */
const VALUES = {
  nothing: NOTHING,
  address: CLIENT_ADDRESS,
  port: CLIENT_PORT,
  responder: RESPONDER_ADDRESS,
  platform: PLATFORM,
  kind: KIND,
  confidence: CONFIDENCE,
  byteOrder: BYTE_ORDER,
  anomaly: ANOMALY,
  oneId: ONE_ID,
  flows: FLOWS,
  firstSeen: FIRST_SEEN,
  lastSeen: LAST_SEEN,
  connected: CONNECTED,
};

/** Text, and what is written behind it. */
export type Part = readonly [text: string, value: keyof typeof VALUES];

/** Bytes of a row's own values: two addresses, a port, a fraction, an ID twice, two Community IDs and three times. */
const LONGEST_VALUES = 2 * 17 + 5 + 8 + 2 * 12 + 2 * 32 + 3 * 29;
/** IKE SAs that are added at most before their rows are written. */
const MOST_ADDED = (WANTED_END - WANTED) / WANTED_BYTES;

/** What a client's vendor IDs and its pattern say, as text of JSON. */
export interface Told {
  /** Number of the list of vendor IDs, and the version of Microsoft's among them. */
  list: number;
  version: number | null;
  /** As a word, see `add`. */
  pattern: number;
  platform: string;
  kind: string;
  byteOrder: string;
  anomaly: string;
}

export class PlainRows {
  readonly #text: RowText;
  readonly #words: Uint32Array;
  readonly #rows: Uint32Array;
  /** Pieces of what was told: many clients say the same. */
  readonly #pieces = new Map<string, Piece>();
  /** Lists of vendor IDs with one version of Microsoft's are a group, which a kind of pattern contradicts, or does not. */
  readonly #groups = new Map<number | null, number>();
  /** Bytes of the parts of a row, and of the longest piece that was told. */
  readonly #parts: number;
  #longest = 0;
  /** IKE SAs that were added, and how many of their rows are written. */
  #added = 0;
  #written = 0;

  /**
   * @param hosts addresses of all hosts, four words each, where the text is
   * @param parts of a row, in its order
   * @param betweenFlows what stands between two Community IDs
   */
  constructor(text: RowText, hosts: Uint32Array, parts: readonly Part[], betweenFlows: string) {
    const { buffer } = text.bytes;
    this.#text = text;
    this.#words = new Uint32Array(buffer, 0, WANTED_END / 4);
    this.#rows = this.#words.subarray(WANTED / 4);
    this.#words.fill(0, VENDORS / 4, PATTERNS_END / 4);
    parts.forEach(([before, value], i) => {
      this.#put(ROW_PARTS + i * PART_BYTES, text.piece(before));
      this.#set(ROW_PARTS + i * PART_BYTES + 8, VALUES[value]);
    });
    this.#put(ROWS + BETWEEN_FLOWS, text.piece(betweenFlows));
    this.#set(ROWS + PART_COUNT, parts.length);
    this.#set(ROWS + HOST_WORDS, hosts.byteOffset);
    const length = parts.reduce((sum, [before]) => sum + before.length, 0);
    this.#parts = length + betweenFlows.length + LONGEST_VALUES;
  }

  /** No more may be added before all are written. */
  get isFull(): boolean {
    return this.#added === MOST_ADDED;
  }

  /**
   * @param address where the row of the IKE SA lies
   * @param responder a word of IPv4
   * @param pattern a word, see `wordOfOne` of judgement/pattern.ts
   * @returns its place among those that are added, see `next`
   */
  add(address: number, responder: number, pattern: number): number {
    const at = (WANTED_BYTES / 4) * this.#added;
    this.#rows[at] = address;
    this.#rows[at + 1] = responder;
    this.#rows[at + 2] = pattern;
    this.#added += 1;
    return this.#added - 1;
  }

  /** Which of those that were added comes next. */
  get next(): number {
    return this.#written;
  }

  /**
   * Writes the rows of all that are left.
   * @returns false: the text is full, or the next row has to be written otherwise
   */
  write(): boolean {
    const from = WANTED + WANTED_BYTES * this.#written;
    const end = WANTED + WANTED_BYTES * this.#added;
    const most = this.#parts + 4 * this.#longest;
    this.#text.append(most, (core, out, fullAt) => {
      this.#set(ROWS + FULL_AT, fullAt);
      this.#written = (core.plainRows(from, end, out) - WANTED) / WANTED_BYTES;
      return this.#words[(ROWS + END_OF_TEXT) / 4];
    });
    return this.#isOver();
  }

  /** The next row was written otherwise. */
  pass(): void {
    this.#written += 1;
  }

  #isOver(): boolean {
    if (this.#written < this.#added) return false;
    this.#written = 0;
    this.#added = 0;
    return true;
  }

  /** Tells what rows of such clients say, as far as there is room for that. */
  tell({ list, version, pattern, platform, kind, byteOrder, anomaly }: Told): void {
    const group = this.#groupOf(version);
    if (list >= MOST_VENDORS || group === 0) return;
    const pieces = [platform, kind, byteOrder, anomaly].map((text) => this.#pieceOf(text));
    if (!pieces.every((piece) => piece !== null)) return;
    const [ofPlatform, ...ofPattern] = pieces;
    for (const { length } of pieces) this.#longest = Math.max(this.#longest, length);
    this.#put(VENDORS + list * VENDOR_BYTES, ofPlatform);
    this.#set(VENDORS + list * VENDOR_BYTES + 8, group);
    const at = PATTERNS + ((group - 1) * MOST_KINDS + (pattern >>> CONFIDENCE_BITS)) * PATTERN_BYTES;
    ofPattern.forEach((piece, i) => {
      this.#put(at + 8 * i, piece);
    });
  }

  /** From 1 on; 0 where there are too many. */
  #groupOf(version: number | null): number {
    let group = this.#groups.get(version);
    if (group === undefined) {
      if (this.#groups.size === MOST_GROUPS) return 0;
      group = this.#groups.size + 1;
      this.#groups.set(version, group);
    }
    return group;
  }

  #pieceOf(text: string): Piece | null {
    const known = this.#pieces.get(text);
    if (known !== undefined) return known;
    const piece = this.#text.pieceIfRoom(text);
    if (piece !== null) this.#pieces.set(text, piece);
    return piece;
  }

  #put(address: number, { at, length }: Piece): void {
    this.#set(address, at);
    this.#set(address + 4, length);
  }

  #set(address: number, word: number): void {
    this.#words[address / 4] = word;
  }
}
