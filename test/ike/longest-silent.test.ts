import { expect, test } from "vitest";
import { longestSilent } from "../../src/ike/longest-silent.ts";
import type { IkeSa } from "../../src/ike/sa.ts";
import { saMade } from "../support/facts-made.ts";
import { random32 } from "../support/random.ts";

type LastLife = Parameters<typeof longestSilent>[1];

function* ordered(sas: readonly IkeSa[], lastLifeOf: LastLife) {
  const silent = { length: sas.length, glanceAt: (index: number) => sas[index] };
  for (const index of longestSilent(silent, lastLifeOf)) yield sas[index];
}

test("IKE SAs come by what they showed, then by the last sign of anything of theirs, asked of no more than need be", () => {
  const next = random32(7);
  const draw = (below: number) => next() % below;
  const sas = Array.from({ length: 400 }, () => ({
    sa: saMade({ lastLifeAt: draw(50), exchanges: draw(3) === 0 ? ([{}] as never) : [] }),
    espAt: draw(3) === 0 ? draw(100) : 0,
    answered: draw(2) === 0,
  }));
  for (const { sa, answered } of sas) Object.assign(sa, { answered });
  const lifeOf = new Map(sas.map(({ sa, espAt }) => [sa, Math.max(sa.lastLifeAt, espAt)]));
  const rank = ({ sa, answered }: (typeof sas)[number]) => (sa.exchanges.length > 0 ? 2 : answered ? 1 : 0);
  const expected = [...sas]
    .sort((a, b) => rank(a) - rank(b) || lifeOf.get(a.sa)! - lifeOf.get(b.sa)!)
    .map(({ sa }) => sa);
  let asked = 0;
  const list = sas.map(({ sa }) => sa);
  const order = ordered(list, (sa) => {
    asked += 1;
    return { at: lifeOf.get(sa)!, segment: 0 };
  });
  const first = Array.from({ length: 20 }, () => order.next().value);
  expect(first).toEqual(expected.slice(0, 20));
  expect(asked).toBeLessThan(80);
  expect([...first, ...order]).toEqual(expected);
});

test("who was seen behind a step of the clock is silent for less long than who was not, whatever their times", () => {
  const [before, behind] = [saMade({ lastLifeAt: 90 }), saMade({ lastLifeAt: 10, lifeSegment: 1 })];
  const own = (sa: typeof before) => ({ at: sa.lastLifeAt, segment: sa.lifeSegment });
  expect([...ordered([behind, before], own)]).toEqual([before, behind]);
  const goesOn = (sa: typeof before) => (sa === before ? { at: 20, segment: 1 } : own(sa));
  expect([...ordered([before, behind], goesOn)]).toEqual([behind, before]);
});
