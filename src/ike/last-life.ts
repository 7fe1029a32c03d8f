import { isBefore, type Moment } from "../collections/moment.ts";
import type { FlowTable } from "./flows.ts";
import type { IkeSa } from "./sa.ts";

/** The last sign of the SA or of ESP and keepalives on its endpoints, whoever they belong to. */
export function lastLifeOf(sa: IkeSa, flows: FlowTable): Moment {
  let last: Moment = { at: sa.lastLifeAt, segment: sa.lifeSegment };
  for (let i = 0; i < sa.pathCount; i += 1) {
    const from = sa.endOf(i, 0);
    const to = sa.endOf(i, 1);
    // Most hosts send ISAKMP alone.
    if (!flows.haveSigns(from, to)) continue;
    for (const overIp of sa.natTraversalOf(i) ? [false] : [false, true]) {
      for (const row of rowsBetween(from, to, overIp, flows)) {
        const sign = { at: flows.lastAt.of(row), segment: flows.segmentOf(row) };
        if (!Number.isNaN(sign.at) && isBefore(last, sign)) last = sign;
      }
    }
  }
  return last;
}

function rowsBetween(from: number, to: number, overIp: boolean, flows: FlowTable): number[] {
  const there = flows.find(from, to, overIp);
  const back = there >= 0 ? flows.reverse.of(there) : flows.find(to, from, overIp);
  return [there, back].filter((row) => row >= 0);
}
