import { firstIndex } from "../collections/search.ts";
import type { ImpliedClaim } from "./implied-claims.ts";

/** Claims that are passed over together where none of them covers an ID. */
const BLOCK = 256;

/** Implied claims, to be asked for those that cover an ID: of the SAs that lived longest first, the surest holders. */
export class SurestClaims {
  readonly #claims: readonly ImpliedClaim[];
  /** Of each block of claims the highest ID that one covers. */
  readonly #highest: number[] = [];
  /** What each claim covers up to, ascending. */
  readonly #lasts: readonly number[];

  constructor(implied: readonly ImpliedClaim[]) {
    this.#claims = [...implied].sort(
      (a, b) => b.clientSa.lifespan.life.lastAt - a.clientSa.lifespan.life.lastAt,
    );
    this.#claims.forEach(({ last }, i) => {
      const block = Math.floor(i / BLOCK);
      this.#highest[block] = Math.max(this.#highest[block] ?? 0, last);
    });
    this.#lasts = implied.map(({ last }) => last).sort((a, b) => a - b);
  }

  /** The highest ID that is covered; 0 for none. */
  get upTo(): number {
    return this.#lasts.at(-1) ?? 0;
  }

  /** How many cover an ID. */
  count(id: number): number {
    return this.#lasts.length - firstIndex(this.#lasts, (last) => last >= id);
  }

  *covering(id: number): Generator<ImpliedClaim, void, undefined> {
    for (let block = 0; block < this.#highest.length; block += 1) {
      if (this.#highest[block] < id) continue;
      const end = Math.min((block + 1) * BLOCK, this.#claims.length);
      for (let i = block * BLOCK; i < end; i += 1) if (this.#claims[i].last >= id) yield this.#claims[i];
    }
  }
}
