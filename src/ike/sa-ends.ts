/** Endpoints of IKE SAs and of their quick modes, all to be replaced where hosts get other numbers. */

import type { IkeSa } from "./sa.ts";

/** Who knows endpoints. */
export interface Ends {
  /** Gives each of them for another one. */
  replaceEnds(replaced: (end: number) => number): void;
}

/** Of its paths. Without lists of them, which an IKE SA would keep. */
export function replacePathEnds(sa: IkeSa, replaced: (end: number) => number): void {
  for (let i = 0; i < sa.pathCount; i += 1) {
    sa.setEnds(i, replaced(sa.endOf(i, 0)), replaced(sa.endOf(i, 1)));
  }
}

/** Of an IKE SA with an object, and of all that it has. */
export function replaceEndsOf(sa: IkeSa, replaced: (end: number) => number): void {
  replacePathEnds(sa, replaced);
  if (sa.exchangeCount > 0) for (const each of sa.exchanges) each.from = replaced(each.from);
  if (sa.outers === null) return;
  for (const { exchange } of sa.outers.values()) exchange.from = replaced(exchange.from);
}
