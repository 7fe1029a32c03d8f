/** Writes values of rows in a report of JSON as `JSON.stringify` would write them there, each behind what stands before it. */

import { isIpv4 } from "../collections/endpoints.ts";
import type { Piece, RowText } from "../linear/row-text.ts";
import type { JudgedClients } from "../report/judged-clients.ts";
import { isoTime } from "../report/time.ts";
import { escaped, FIRST_ROW, NEXT_ROW } from "./json.ts";

const VALUES = { null: "null", true: "true", false: "false", comma: ",", none: "[]", open: "[" };
const ROWS = { first: FIRST_ROW, next: NEXT_ROW };

/** How the items of a list are set off from each other, and its end. */
export type ListPieces = Pieces<{ item: string; end: string }>;

export class RowValues {
  readonly #text: RowText;
  readonly #hosts: JudgedClients["hosts"];
  readonly #values: Pieces<typeof VALUES>;
  readonly #rows: Pieces<typeof ROWS>;
  readonly #words = new Uint32Array(4);

  constructor(text: RowText, hosts: JudgedClients["hosts"]) {
    this.#text = text;
    this.#hosts = hosts;
    this.#values = piecesOf(VALUES, text);
    this.#rows = piecesOf(ROWS, text);
  }

  /** What stands before a row of one of the report's lists. */
  beginRow(isFirst: boolean): void {
    this.#text.put(isFirst ? this.#rows.first : this.#rows.next);
  }

  null(): void {
    this.#text.put(this.#values.null);
  }

  boolean(before: Piece, value: boolean): void {
    this.#text.put(before);
    this.#text.put(value ? this.#values.true : this.#values.false);
  }

  string(before: Piece, value: string | null): void {
    this.#text.put(before);
    if (value === null) this.null();
    else this.quoted(value);
  }

  quoted(value: string): void {
    if (!this.#text.quoted(value)) this.#text.text(escaped(JSON.stringify(value)));
  }

  number(before: Piece, value: number | null): void {
    const text = this.#text;
    text.put(before);
    if (value === null) this.null();
    else if (value === value >>> 0) text.whole(value);
    else text.text(JSON.stringify(value));
  }

  /** @param at microseconds since the epoch; NaN: null */
  time(before: Piece, at: number): void {
    const text = this.#text;
    text.put(before);
    if (Number.isNaN(at)) this.null();
    else if (!text.time(at)) text.quoted(isoTime(at, 0, 6));
  }

  address(before: Piece, host: number): void {
    const words = this.#words;
    this.#text.put(before);
    this.#hosts.copyWords(host, words, 0);
    if (isIpv4(words, 0)) this.#text.address(words[3]);
    else this.#text.quoted(this.#hosts.text(host));
  }

  /** What stands before an item of a list. */
  beginItem(list: ListPieces, index: number): void {
    this.#text.put(index === 0 ? this.#values.open : this.#values.comma);
    this.#text.put(list.item);
  }

  items<T>(before: Piece, list: ListPieces, items: readonly T[], write: (item: T) => void): void {
    this.#text.put(before);
    for (let i = 0; i < items.length; i += 1) {
      this.beginItem(list, i);
      write(items[i]);
    }
    this.endList(list, items.length);
  }

  /** What stands behind its last item, or instead of all where there are none. */
  endList(list: ListPieces, count: number): void {
    this.#text.put(count === 0 ? this.#values.none : list.end);
  }
}

export type Pieces<T> = Record<keyof T, Piece>;

/** Texts by name. */
export function piecesOf<T extends Record<string, string>>(texts: T, text: RowText): Pieces<T> {
  const all = Object.entries(texts).map(([name, each]) => [name, text.piece(each)]);
  return Object.fromEntries(all) as Pieces<T>;
}
