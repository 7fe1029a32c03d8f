/** Classes of rows (see `rows.ts`) by the names of their fields. */

import { RARE } from "../core/sa-layout.ts";
import { AnnexedRow } from "./annexed-row.ts";
import { type Places, Row } from "./row.ts";
import type { Size } from "./rows.ts";

/** Fields by their names. Of each kind there may be lists of a fixed length. */
interface Names {
  /** Any numbers; NaN at first. */
  readonly numbers: readonly string[];
  /** Whole numbers from 0 to 2^32 - 1; 0 at first. */
  readonly words?: readonly string[];
  /** Whole numbers from 0 to 255; 0 at first. */
  readonly bytes?: readonly string[];
  /** False at first; seven at most, since all of them are bits of one byte, and one tells that there is something rare. */
  readonly flags?: readonly string[];
  /** How long each list is. Reading one makes an array; `...Of` and `set...` read and write one number of it. */
  readonly lists?: Readonly<Record<string, number>>;
  readonly wordLists?: Readonly<Record<string, number>>;
  /** What a row holds of other kinds, and what stands there at first: no room is taken as long as it does. */
  readonly rare?: object;
  /** What most rows have nothing of, in numbers: it lies in an annex. One of the words is `annexAddress` then. */
  readonly annex?: AnnexNames;
}

interface AnnexNames {
  readonly numbers: readonly string[];
  readonly words: readonly string[];
}

/** The names of a kind; none where a class has nothing of it. */
type NamesOf<N, Kind extends string> =
  N extends Record<Kind, readonly (infer Name extends string)[]> ? Name : never;
type NumericOf<N> = NamesOf<N, "numbers"> | NamesOf<N, "words"> | NamesOf<N, "bytes">;
type KeysOf<N, Kind extends string> = N extends Record<Kind, infer Fields> ? keyof Fields & string : never;
type ListsOf<N> = KeysOf<N, "lists"> | KeysOf<N, "wordLists">;
type AnnexOf<N> = N extends { readonly annex: infer A } ? NumericOf<A> : never;
type RareOf<N> = N extends { readonly rare: infer Rare extends object } ? Rare : object;

export type RowOf<N extends Names> = (N extends { readonly annex: object } ? AnnexedRow : Row) &
  RareOf<N> & { isRare: boolean } & { [name in NumericOf<N> | AnnexOf<N>]: number } & {
    [flag in NamesOf<N, "flags">]: boolean;
  } & { [list in ListsOf<N>]: number[] } & { [list in `${ListsOf<N>}Of`]: (i: number) => number } & {
    [list in `set${Capitalize<ListsOf<N>>}`]: (i: number, value: number) => void;
  };

export interface RowClass<N extends Names> extends Size {
  new (places: Places | null): RowOf<N>;
  /** Its names, in the order in which they lie there. */
  readonly layout: string;
  /** Where each list begins: numbers in units of eight bytes, words of four. */
  readonly places: Readonly<Record<ListsOf<N>, number>>;
}

/** A class of rows with these names. */
export function rowOf<const N extends Names>(names: N): RowClass<N> {
  const { numbers, words = [], bytes = [], flags = [] } = names;
  const lists = Object.entries<number>(names.lists ?? {});
  const wordLists = Object.entries<number>(names.wordLists ?? {});
  const annex = names.annex === undefined ? null : rowOf(names.annex);
  class NamedRow extends (annex === null ? Row : AnnexedRow) {
    static annex: Size["annex"] = null;
    static readonly numbers = lists.reduce((sum, [, length]) => sum + length, numbers.length);
    static width = 0;
    static readonly places: Record<string, number> = {};
    static get layout(): string {
      const own = [numbers, names.lists ?? {}, names.wordLists ?? {}, words, bytes, flags];
      return JSON.stringify(names.annex === undefined ? own : [...own, names.annex]);
    }
  }
  const { prototype } = NamedRow;
  let at = 0;
  for (const name of numbers) Object.defineProperty(prototype, name, numberAt(at++));
  for (const [name, length] of lists) {
    defineList(prototype, name, length, numbersFrom(at));
    NamedRow.places[name] = at;
    at += length;
  }
  // Words are half as long.
  at *= 2;
  for (const [name, length] of wordLists) {
    defineList(prototype, name, length, wordsFrom(at));
    NamedRow.places[name] = at;
    at += length;
  }
  if (annex !== null) {
    NamedRow.annex = { at: at + words.indexOf("annexAddress"), kind: annex };
    for (const name of names.annex!.numbers)
      Object.defineProperty(prototype, name, inAnnex(name, Number.NaN));
    for (const name of names.annex!.words) Object.defineProperty(prototype, name, inAnnex(name, 0));
  }
  for (const name of words) Object.defineProperty(prototype, name, wordAt(at++));
  at *= 4;
  for (const name of bytes) Object.defineProperty(prototype, name, byteAt(at++));
  flags.forEach((name, bit) => {
    Object.defineProperty(prototype, name, flagAt(at, 1 << bit));
  });
  if (flags.length > 0) {
    Object.defineProperty(prototype, "isRare", flagAt(at, RARE));
    at += 1;
  }
  NamedRow.width = Math.ceil(at / 8);
  for (const name of Object.keys(names.rare ?? {})) {
    Object.defineProperty(prototype, name, rareField(name, names.rare as Fields));
  }
  return NamedRow as unknown as RowClass<N>;
}

type Accessors = PropertyDescriptor & ThisType<Row>;

function numberAt(at: number): Accessors {
  return {
    get() {
      return this.chunk.numbers[this.begin + at];
    },
    set(value: number) {
      this.chunk.numbers[this.begin + at] = value;
    },
  };
}

function wordAt(at: number): Accessors {
  return {
    get() {
      return this.chunk.words[this.begin * 2 + at];
    },
    set(value: number) {
      this.chunk.words[this.begin * 2 + at] = value;
    },
  };
}

function byteAt(at: number): Accessors {
  return {
    get() {
      return this.chunk.bytes[this.begin * 8 + at];
    },
    set(value: number) {
      this.chunk.bytes[this.begin * 8 + at] = value;
    },
  };
}

function flagAt(at: number, bit: number): Accessors {
  return {
    get() {
      return (this.chunk.bytes[this.begin * 8 + at] & bit) !== 0;
    },
    set(value: boolean) {
      const others = this.chunk.bytes[this.begin * 8 + at] & ~bit;
      this.chunk.bytes[this.begin * 8 + at] = value ? others | bit : others;
    },
  };
}

type Fields = Record<string, unknown>;

/** @param nothing what stands in all of these fields at first */
function rareField(
  name: string,
  nothing: Fields,
): PropertyDescriptor & ThisType<{ rare: Fields | null; isRare?: boolean }> {
  return {
    get() {
      return this.rare === null ? nothing[name] : this.rare[name];
    },
    set(value: unknown) {
      if (this.rare === null && Object.is(value, nothing[name])) return;
      if (this.rare === null) {
        this.rare = { ...nothing };
        this.isRare = true;
      }
      this.rare[name] = value;
    },
  };
}

/** @param nothing what stands there at first */
function inAnnex(name: string, nothing: number): PropertyDescriptor & ThisType<AnnexedRow> {
  return {
    get() {
      const annex = this.known() as unknown as Fields | null;
      return annex === null ? nothing : annex[name];
    },
    set(value: number) {
      const known = this.known();
      if (known === null && Object.is(value, nothing)) return;
      const annex = (known ?? this.annexed()) as unknown as Fields;
      annex[name] = value;
    },
  };
}

interface ListMethods {
  of: (this: Row, i: number) => number;
  set: (this: Row, i: number, value: number) => void;
}

function numbersFrom(at: number): ListMethods {
  return {
    of(i) {
      return this.chunk.numbers[this.begin + at + i];
    },
    set(i, value) {
      this.chunk.numbers[this.begin + at + i] = value;
    },
  };
}

function wordsFrom(at: number): ListMethods {
  return {
    of(i) {
      return this.chunk.words[this.begin * 2 + at + i];
    },
    set(i, value) {
      this.chunk.words[this.begin * 2 + at + i] = value;
    },
  };
}

function defineList(prototype: object, name: string, length: number, { of, set }: ListMethods): void {
  Object.defineProperty(prototype, name, {
    get(this: Row): number[] {
      const list: number[] = [];
      for (let i = 0; i < length; i += 1) list.push(of.call(this, i));
      return list;
    },
    set(this: Row, list: readonly number[]) {
      for (let i = 0; i < length; i += 1) set.call(this, i, list[i]);
    },
  });
  Object.assign(prototype, { [`${name}Of`]: of, [`set${name[0].toUpperCase()}${name.slice(1)}`]: set });
}
