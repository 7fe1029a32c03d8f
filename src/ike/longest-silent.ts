/** In which order IKE SAs are given up for lack of room: those that never came beyond phase 1, then by silence. */

import { Heap } from "../collections/heap.ts";
import { isBefore, type Moment } from "../collections/moment.ts";
import type { IkeSa } from "./sa.ts";

/** IKE SAs by their indices. */
export interface Listed {
  readonly length: number;
  /** Valid until the next one is asked for. */
  glanceAt(index: number): IkeSa;
  /** How many parts it has, see `IkeSa.parts`. */
  partsOf(index: number): number;
}

type Silent = Pick<Listed, "length" | "glanceAt">;

/**
 * Indices of IKE SAs to give up, in that order, so that no more than so many are left, and no more parts of them.
 * @param parts of all of them
 * @param lastLifeOf see `longestSilent`
 */
export function tooMany(
  sas: Listed,
  parts: number,
  { maxSas, maxParts }: { maxSas: number; maxParts: number },
  lastLifeOf: (sa: IkeSa) => Moment,
): number[] {
  const gone: number[] = [];
  let left = parts;
  for (const index of longestSilent(sas, lastLifeOf)) {
    if (sas.length - gone.length <= maxSas && left <= maxParts) break;
    gone.push(index);
    left -= sas.partsOf(index);
  }
  return gone;
}

/**
 * The indices of all IKE SAs in that order; of those silent since the same time the earlier one first.
 * @param lastLifeOf when something of an SA was seen last, not before its own last message; asked as late as can be
 */
export function* longestSilent(sas: Silent, lastLifeOf: (sa: IkeSa) => Moment): Generator<number> {
  const silence = new Silence(sas);
  const livedOn = new Heap<number>((a, b) => silence.isLonger(a, b));
  // By its own messages none is silent for less long than it is.
  for (const next of silence.order()) {
    while (livedOn.top !== undefined && silence.isLonger(livedOn.top, next)) yield livedOn.pop()!;
    if (silence.endsLater(next, lastLifeOf(sas.glanceAt(next)))) livedOn.push(next);
    else yield next;
  }
  for (let last = livedOn.pop(); last !== undefined; last = livedOn.pop()) yield last;
}

/** Since when each IKE SA is silent, by its index: columns, since tens of thousands are ranked at a time. */
class Silence {
  /** 0: nothing answered its first message, 1: it has no quick mode, 2: it has. */
  readonly #ranks: Uint8Array;
  readonly #at: Float64Array;
  readonly #segments: Float64Array;

  constructor(sas: Silent) {
    this.#ranks = new Uint8Array(sas.length);
    this.#at = new Float64Array(sas.length);
    this.#segments = new Float64Array(sas.length);
    for (let i = 0; i < sas.length; i += 1) {
      const sa = sas.glanceAt(i);
      this.#ranks[i] = rankOf(sa);
      this.#at[i] = sa.lastLifeAt;
      this.#segments[i] = sa.lifeSegment;
    }
  }

  order(): Uint32Array {
    const order = new Uint32Array(this.#ranks.length);
    // In a flood of one kind the first to come are the first to be silent.
    let areInOrder = true;
    for (let i = 0; i < order.length; i += 1) {
      order[i] = i;
      areInOrder &&= i === 0 || this.isLonger(i - 1, i);
    }
    return areInOrder ? order : order.sort((a, b) => (this.isLonger(a, b) ? -1 : 1));
  }

  /** Notes a later sign of one. @returns whether it is later */
  endsLater(index: number, { at, segment }: Moment): boolean {
    const isLater = isBefore({ at: this.#at[index], segment: this.#segments[index] }, { at, segment });
    if (isLater) {
      this.#at[index] = at;
      this.#segments[index] = segment;
    }
    return isLater;
  }

  isLonger(a: number, b: number): boolean {
    if (this.#ranks[a] !== this.#ranks[b]) return this.#ranks[a] < this.#ranks[b];
    if (this.#segments[a] !== this.#segments[b]) return this.#segments[a] < this.#segments[b];
    return this.#at[a] < this.#at[b] || (this.#at[a] === this.#at[b] && a < b);
  }
}

function rankOf(sa: IkeSa): number {
  if (sa.exchangeCount > 0 || sa.latestAddress > 0) return 2;
  return sa.answered ? 1 : 0;
}
