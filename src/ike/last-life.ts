import type { FlowTable } from "./flows.ts";
import type { IkeSa } from "./sa.ts";

/** The last sign of the SA or of ESP and keepalives on its endpoints, whoever they belong to. */
export function lastLifeOf(sa: IkeSa, flows: FlowTable): number {
  let last = sa.lastLifeAt;
  for (const { ends, natTraversal } of sa.paths) {
    for (const overIp of natTraversal ? [false] : [false, true]) {
      for (const [from, to] of [ends, [ends[1], ends[0]]]) {
        const row = flows.find(from, to, overIp);
        if (row >= 0) last = later(last, flows.lastAt[row]);
      }
    }
  }
  return last;
}

/** The later of two times; NaN is none. */
function later(a: number, b: number): number {
  return a >= b || Number.isNaN(b) ? a : b;
}
