import type { FlowTable } from "./flows.ts";
import type { IkeSa } from "./sa.ts";

/** When something was seen last: a time, and the segment of the clock that it is of. */
export interface LastSign {
  at: number;
  segment: number;
}

/** The last sign of the SA or of ESP and keepalives on its endpoints, whoever they belong to. */
export function lastLifeOf(sa: IkeSa, flows: FlowTable): LastSign {
  let last: LastSign = { at: sa.lastLifeAt, segment: sa.lifeSegment };
  for (const { ends, natTraversal } of sa.paths) {
    for (const overIp of natTraversal ? [false] : [false, true]) {
      for (const row of rowsBetween(ends, overIp, flows)) {
        const sign = { at: flows.lastAt[row], segment: flows.segmentOf(row) };
        if (!Number.isNaN(sign.at) && isEarlier(last, sign)) last = sign;
      }
    }
  }
  return last;
}

function rowsBetween([from, to]: readonly [number, number], overIp: boolean, flows: FlowTable): number[] {
  const there = flows.find(from, to, overIp);
  const back = there >= 0 ? flows.reverse[there] : flows.find(to, from, overIp);
  return [there, back].filter((row) => row >= 0);
}

/** Times of different segments cannot be compared: any of a later one is later. */
export function isEarlier(a: LastSign, b: LastSign): boolean {
  return a.segment !== b.segment ? a.segment < b.segment : a.at < b.at;
}
