/** The implied claims that cover an ID (contract 6.2), of which only so many are kept. What many IDs have alike is made once. */

import { firstIndex } from "../collections/search.ts";
import { type Claim, sinceOf } from "./claims.ts";
import type { ImpliedClaim } from "./implied-claims.ts";
import { inOrder } from "./moment.ts";

/** Implied claims on one ID that are kept: those of the SAs that lived longest, the surest holders. */
const MOST = 64;
/** Claims that are passed over together where none of them covers an ID. */
const BLOCK = 256;

/** The claims that cover an ID, in the order in which they begin, and how many there are beyond the bound. */
export interface Covering {
  claims: readonly Claim[];
  evicted: number;
}

const NONE: readonly Claim[] = [];

export class SurestClaims {
  /** Of the SAs that lived longest first. */
  readonly #implied: readonly ImpliedClaim[];
  /** Of each block of them the highest ID that one covers. */
  readonly #highest: number[] = [];
  /** What each claim covers up to, ascending. */
  readonly #lasts: readonly number[];
  /** What was made of each of them so far. */
  readonly #claims: (Claim | undefined)[] = [];
  /** What was chosen last, and that in order: of flooded IDs one has the same claims as the next. */
  #chosen: Claim[] = [];
  /** How many are chosen now, and whether they are those of the last time so far. */
  #count = 0;
  #isSame = true;
  #inOrder: readonly Claim[] = NONE;

  constructor(implied: readonly ImpliedClaim[]) {
    this.#implied = [...implied].sort(
      (a, b) => b.clientSa.lifespan.life.lastAt - a.clientSa.lifespan.life.lastAt,
    );
    this.#implied.forEach(({ last }, i) => {
      const block = Math.floor(i / BLOCK);
      this.#highest[block] = Math.max(this.#highest[block] ?? 0, last);
    });
    this.#lasts = implied.map(({ last }) => last).sort((a, b) => a - b);
  }

  /** The highest ID that is covered; 0 for none. */
  get upTo(): number {
    return this.#lasts.at(-1) ?? 0;
  }

  /**
   * Where a quick mode on the ID was seen on the same SA, what became of that is known, and nothing is concluded. IDs with
   * the same claims have the same list of them.
   */
  covering(id: number): Covering {
    if (id > this.upTo) return { claims: NONE, evicted: 0 };
    this.#begin();
    let asked = 0;
    let evicted = 0;
    for (let i = this.#next(id, 0); i < this.#implied.length; i = this.#next(id, i + 1)) {
      if (this.#count >= MOST) {
        evicted = this.#howMany(id) - asked;
        break;
      }
      asked += 1;
      if (!isSeenOn(this.#implied[i], id)) this.#choose(this.#claim(i));
    }
    return { claims: this.#ordered(), evicted };
  }

  /** How many cover an ID. */
  #howMany(id: number): number {
    return this.#lasts.length - firstIndex(this.#lasts, (last) => last >= id);
  }

  /** The next one from `i` on that covers the ID; behind all where there is none. */
  #next(id: number, from: number): number {
    let i = from;
    while (i < this.#implied.length && this.#implied[i].last < id) {
      const block = Math.floor(i / BLOCK);
      i = this.#highest[block] < id ? (block + 1) * BLOCK : i + 1;
    }
    return i;
  }

  #claim(i: number): Claim {
    const known = this.#claims[i];
    if (known !== undefined) return known;
    const { clientSa, since, sureFrom } = this.#implied[i];
    const { quickModes, begunBefore } = clientSa.session;
    const { at, segment } = since;
    // Accepted before the capture, and so before any that it shows (6.3).
    const acceptedAt = begunBefore ? Number.NEGATIVE_INFINITY : at;
    const exchange = quickModes[0] ?? null;
    const claim = { clientSa, exchange, since: at, segment, acceptedAt, implied: true, sureFrom };
    this.#claims[i] = claim;
    return claim;
  }

  #begin(): void {
    this.#count = 0;
    this.#isSame = true;
  }

  /** Notes one more; a list is made where it is not the same as the last time. */
  #choose(claim: Claim): void {
    if (this.#isSame && this.#chosen[this.#count] !== claim) this.#branch();
    if (!this.#isSame) this.#chosen.push(claim);
    this.#count += 1;
  }

  #branch(): void {
    this.#chosen = this.#chosen.slice(0, this.#count);
    this.#isSame = false;
  }

  #ordered(): readonly Claim[] {
    if (this.#isSame && this.#count < this.#chosen.length) this.#branch();
    if (!this.#isSame) this.#inOrder = [...this.#chosen].sort((a, b) => inOrder(sinceOf(a), sinceOf(b)));
    return this.#inOrder;
  }
}

function isSeenOn({ clientSa }: ImpliedClaim, id: number): boolean {
  const { quickModes } = clientSa.session;
  for (const { messageId } of quickModes) if (messageId === id) return true;
  return false;
}
