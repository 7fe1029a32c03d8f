import type { FlowTable } from "./flows.ts";
import type { IkeSa } from "./sa.ts";

/** The last sign of the SA or of ESP and keepalives on its endpoints, whoever they belong to. */
export function lastLifeOf(sa: IkeSa, flows: FlowTable): number {
  let last = sa.lastLifeAt;
  for (const { ends, natTraversal } of sa.paths) {
    last = later(last, lastBetween(ends, false, flows));
    if (!natTraversal) last = later(last, lastBetween(ends, true, flows));
  }
  return last;
}

function lastBetween(ends: readonly [number, number], overIp: boolean, flows: FlowTable): number {
  const there = flows.find(ends[0], ends[1], overIp);
  const back = there >= 0 ? flows.reverse[there] : flows.find(ends[1], ends[0], overIp);
  return later(there >= 0 ? flows.lastAt[there] : Number.NaN, back >= 0 ? flows.lastAt[back] : Number.NaN);
}

/** The later of two times; NaN is none. */
function later(a: number, b: number): number {
  return a >= b || Number.isNaN(b) ? a : b;
}
