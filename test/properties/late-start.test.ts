/**
 * Principle (b) of the contract: more of the truth never gives a weaker answer. A capture that begins later never
 * makes the verdict about the same quick mode firmer, unless the whole one holds what weakens it: then that has a
 * name, which the plain reading of the contract finds.
 */

import { afterAll, expect, it } from "vitest";
import { weaknesses } from "../reading/why.ts";
import { Bench } from "../simulator/bench.ts";
import { capturesOf } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";
import { from, partsOf } from "./cut.ts";
import { judged } from "./judged.ts";

const WORLDS = 20;
/** Where the later captures begin: shares of the packets. */
const CUTS = [0.1, 0.25, 0.4, 0.6];
/** Tolerated accuses nobody: it is as little as no word at all. */
const FIRMNESS = ["tolerated", "possible", "predicted", "rejected"];

const bench = new Bench();
afterAll(() => bench.close());

const firmness = (verdict: string | undefined) => (verdict === undefined ? 0 : FIRMNESS.indexOf(verdict));

it(`${WORLDS} worlds, each begun later ${CUTS.length} times`, async () => {
  const unnamed: string[] = [];
  const named = new Map<string, number>();
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const world = simulate(seed);
    if (world.seen.length === 0) continue;
    const parts = partsOf(capturesOf(world, "whole").files[0]);
    const file = from(parts, 0);
    const whole = judged(await bench.report([file]));
    let reasons: Awaited<ReturnType<typeof weaknesses>> | null = null;
    for (const share of CUTS) {
      const late = judged(await bench.report([from(parts, Math.floor(parts.records.length * share))]));
      for (const [key, verdict] of late.attempts) {
        if (firmness(verdict) <= firmness(whole.attempts.get(key))) continue;
        reasons ??= await weaknesses(bench.paths([file]));
        const why = reasons.get(key) ?? [];
        for (const name of why) named.set(name, (named.get(name) ?? 0) + 1);
        if (why.length === 0)
          unnamed.push(`seed ${seed} from ${share}: ${key} ${whole.attempts.get(key)} became ${verdict}`);
      }
    }
  }
  console.log(`firmer, with reasons: ${[...named].map(([name, count]) => `${name} ${count}`).join(", ")}`);
  expect(unnamed).toEqual([]);
});
