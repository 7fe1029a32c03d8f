/**
 * Message IDs at responders that one client after another had, each once whoever had it before was seen last: then nobody
 * met anybody who held it (contract 6.3, 6.7). Numbers alone, since there are tens of thousands.
 */

import { WordTable } from "../collections/word-table.ts";

const FEW = 256;

export class IdTurns {
  /** By the number of the responder, and the ID. */
  readonly #rows: WordTable;
  /** When the last sign was of all that had it so far; infinity where turns are not all that there is to it. */
  readonly #freeAt: number[] = [];

  /** @param ids how many there may be, as far as that is known: a table that grows is made anew each time */
  constructor(ids: number) {
    this.#rows = new WordTable(2, 2 ** Math.ceil(Math.log2(Math.max(ids, FEW))));
  }

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
