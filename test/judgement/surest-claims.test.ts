import { expect, test } from "vitest";
import type { ImpliedClaim } from "../../src/judgement/implied-claims.ts";
import { SurestClaims } from "../../src/judgement/surest-claims.ts";
import { random32 } from "../support/random.ts";

/** As many as are kept on one ID. */
const KEPT = 64;

test("claims that cover an ID are those of the longest lives, as if all were looked at", () => {
  const next = random32(11);
  for (const [count, most] of [
    [0, 1],
    [1, 3],
    [100, 300],
    [700, 5],
    [2_000, 60_000],
  ]) {
    const claims = Array.from({ length: count }, () => {
      const lastAt = next() % 50;
      const last = 1 + (next() % most);
      const session = { begunBefore: false, quickModes: [{ messageId: 1 + (next() % 8) }] };
      const since = { at: next() % 20, segment: next() % 2 };
      return { last, since, sureFrom: 0, clientSa: { session, lifespan: { life: { lastAt } } } };
    }) as unknown as ImpliedClaim[];
    // Few blocks have any of the highest.
    if (count > 1) claims[0].last = most * 2;
    const surest = new SurestClaims(claims);
    expect(surest.upTo).toBe(Math.max(0, ...claims.map(({ last }) => last)));
    for (const id of [1, 2, 3, 3, most, most + 1, most * 2, most * 3, 1 + (next() % most)]) {
      const covering = claims
        .filter(({ last }) => last >= id)
        .sort((a, b) => b.clientSa.lifespan.life.lastAt - a.clientSa.lifespan.life.lastAt);
      const unseen = covering.filter(({ clientSa }) => clientSa.session.quickModes[0].messageId !== id);
      const kept = unseen.slice(0, KEPT);
      // Those that were passed over before the last that is kept are not among those beyond the bound.
      const last = kept.length < KEPT ? covering.length : covering.indexOf(kept[KEPT - 1]) + 1;
      const plain = kept.sort((a, b) => a.since.segment - b.since.segment || a.since.at - b.since.at);
      const found = surest.covering(id);
      expect(found.claims.map(({ clientSa }) => clientSa)).toEqual(plain.map(({ clientSa }) => clientSa));
      expect(found.evicted).toBe(covering.length - last);
    }
  }
});
