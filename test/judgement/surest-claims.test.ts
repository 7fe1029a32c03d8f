import { expect, test } from "vitest";
import type { ImpliedClaim } from "../../src/judgement/implied-claims.ts";
import { SurestClaims } from "../../src/judgement/surest-claims.ts";
import { random32 } from "../support/random.ts";

test("claims that cover an ID come as if all were looked at, those of the longest lives first", () => {
  const next = random32(11);
  for (const [count, most] of [
    [0, 1],
    [1, 3],
    [700, 5],
    [2_000, 60_000],
  ]) {
    const claims = Array.from({ length: count }, () => {
      const lastAt = next() % 50;
      return { last: 1 + (next() % most), clientSa: { lifespan: { life: { lastAt } } } } as ImpliedClaim;
    });
    // Few blocks have any of the highest.
    if (count > 1) claims[0].last = most * 2;
    const surest = new SurestClaims(claims);
    expect(surest.upTo).toBe(Math.max(0, ...claims.map(({ last }) => last)));
    for (const id of [1, 2, 3, most, most + 1, most * 2, most * 3, 1 + (next() % most)]) {
      const plain = claims
        .filter(({ last }) => last >= id)
        .sort((a, b) => b.clientSa.lifespan.life.lastAt - a.clientSa.lifespan.life.lastAt);
      expect([...surest.covering(id)]).toEqual(plain);
      expect(surest.count(id)).toBe(plain.length);
    }
  }
});
