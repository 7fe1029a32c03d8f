/**
 * Message IDs at responders that one client after another had, each once whoever had it before was seen last: then nobody
 * met anybody who held it (contract 6.3, 6.7). Numbers alone, since there are tens of thousands.
 */

import { WordTable } from "../collections/word-table.ts";

export class IdTurns {
  /** By the number of the responder, and the ID. */
  readonly #rows = new WordTable(2);
  /** When the last sign was of all that had it so far; infinity where turns are not all that there is to it. */
  readonly #freeAt: number[] = [];

  /** Somebody has the ID for a time; in the order in which they had it. @returns the row of the ID */
  take(responder: number, messageId: number, from: number, until: number): number {
    const row = this.#rowOf(responder, messageId);
    const freeAt = this.#freeAt[row];
    this.#freeAt[row] = from >= freeAt ? Math.max(freeAt, until) : Number.POSITIVE_INFINITY;
    return row;
  }

  /** More has to be asked about the ID than who had it when. */
  dispute(responder: number, messageId: number): void {
    this.#freeAt[this.#rowOf(responder, messageId)] = Number.POSITIVE_INFINITY;
  }

  isDisputed(row: number): boolean {
    return this.#freeAt[row] === Number.POSITIVE_INFINITY;
  }

  #rowOf(responder: number, messageId: number): number {
    const { key } = this.#rows;
    key[0] = responder;
    key[1] = messageId;
    const row = this.#rows.ensure();
    if (row === this.#freeAt.length) this.#freeAt.push(Number.NEGATIVE_INFINITY);
    return row;
  }
}

/** Odd, and near 2^32 divided by the golden ratio: neighbours fall far apart (Knuth, The Art of Computer Programming 6.4). */
const SPREAD = 0x9e3779b1;

/** Which IDs are had again, as most that are drawn at random are not: a byte for each of a few, which may share one. */
export class RecurringIds {
  readonly #seen: Uint8Array;
  readonly #shift: number;

  /** @param ids how many there are */
  constructor(ids: number) {
    const bits = Math.ceil(Math.log2(8 * ids));
    this.#seen = new Uint8Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  note(id: number): void {
    const at = this.#at(id);
    this.#seen[at] = this.#seen[at] === 0 ? 1 : 2;
  }

  /** False: it was noted once at most. */
  mayRecur(id: number): boolean {
    return this.#seen[this.#at(id)] === 2;
  }

  #at(id: number): number {
    return Math.imul(id, SPREAD) >>> this.#shift;
  }
}
