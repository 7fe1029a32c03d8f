/**
 * What every rule that goes over all IKE SAs asks of each, read once: their rows lie far apart in memory, and these numbers
 * side by side.
 */

import { hostOf } from "../collections/endpoints.ts";
import type { IkeSa, Side } from "../ike/facts.ts";

const PHASE_1_SEEN = 1;
const ANSWERED = 2;
/** A side has several addresses, on whatever paths. */
const MOVED = 4;

/** By the index of an IKE SA among all. */
export class Glance {
  readonly #flags: Uint8Array;
  readonly #ends: readonly [Float64Array, Float64Array];

  constructor(sas: readonly IkeSa[]) {
    const { length } = sas;
    this.#flags = new Uint8Array(length);
    this.#ends = [new Float64Array(length), new Float64Array(length)];
    const [first, second] = this.#ends;
    for (let index = 0; index < length; index += 1) {
      const sa = sas[index];
      first[index] = sa.endOf(0, 0);
      second[index] = sa.endOf(0, 1);
      const isMoved = sa.pathCount > 1 && !(isAtOneHost(sa, 0) && isAtOneHost(sa, 1));
      this.#flags[index] =
        (sa.phase1Seen ? PHASE_1_SEEN : 0) | (sa.answered ? ANSWERED : 0) | (isMoved ? MOVED : 0);
    }
  }

  /** Endpoint of a side on the first path. */
  endOf(index: number, side: Side): number {
    return this.#ends[side][index];
  }

  hostOf(index: number, side: Side): number {
    return hostOf(this.#ends[side][index]);
  }

  phase1Seen(index: number): boolean {
    return (this.#flags[index] & PHASE_1_SEEN) !== 0;
  }

  answered(index: number): boolean {
    return (this.#flags[index] & ANSWERED) !== 0;
  }

  /** A side has several addresses, on whatever paths. */
  isMoved(index: number): boolean {
    return (this.#flags[index] & MOVED) !== 0;
  }
}

/** The side has one address on all paths of the SA, as nearly always. */
export function isAtOneHost(sa: IkeSa, side: Side): boolean {
  const host = hostOf(sa.endOf(0, side));
  for (let i = 1; i < sa.pathCount; i += 1) if (hostOf(sa.endOf(i, side)) !== host) return false;
  return true;
}
