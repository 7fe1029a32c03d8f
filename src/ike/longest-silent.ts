/** In which order IKE SAs are given up for lack of room: those that never came beyond phase 1, then by silence. */

import { Heap } from "../collections/heap.ts";
import { isBefore, type Moment } from "../collections/moment.ts";
import type { IkeSa } from "./sa.ts";

interface Ranked {
  index: number;
  /** 0: nothing answered its first message, 1: it has no quick mode, 2: it has. */
  rank: number;
  last: Moment;
}

/**
 * All IKE SAs in that order; of those silent since the same time the earlier one first.
 * @param lastLifeOf when something of an SA was seen last, not before its own last message; asked as late as can be
 */
export function* longestSilent(sas: readonly IkeSa[], lastLifeOf: (sa: IkeSa) => Moment): Generator<IkeSa> {
  // By its own messages none is silent for less long than it is.
  const ranked = sas.map((sa, index) => ({
    index,
    rank: rankOf(sa),
    last: { at: sa.lastLifeAt, segment: sa.lifeSegment },
  }));
  ranked.sort((a, b) => (goesFirst(a, b) ? -1 : 1));
  const livedOn = new Heap<Ranked>(goesFirst);
  for (const next of ranked) {
    while (livedOn.top !== undefined && goesFirst(livedOn.top, next)) yield sas[livedOn.pop()!.index];
    const last = lastLifeOf(sas[next.index]);
    if (isBefore(next.last, last)) livedOn.push({ ...next, last });
    else yield sas[next.index];
  }
  for (let last = livedOn.pop(); last !== undefined; last = livedOn.pop()) yield sas[last.index];
}

function rankOf(sa: IkeSa): number {
  if (sa.exchanges.length > 0) return 2;
  return sa.answered ? 1 : 0;
}

function goesFirst(a: Ranked, b: Ranked): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  return isBefore(a.last, b.last) || (!isBefore(b.last, a.last) && a.index < b.index);
}
