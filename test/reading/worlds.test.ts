/** Simulated worlds, each captured one way: what the program says is what a plain reading of the contract says. */

import { afterAll, expect, it } from "vitest";
import { differences } from "./compare.ts";
import { readContract } from "./reading.ts";
import { Bench } from "../simulator/bench.ts";
import { capturesOf, VIEWS } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";

const bench = new Bench();
afterAll(() => bench.close());

const seeds = Array.from({ length: Number(process.env.WORLDS ?? 24) }, (_, i) => 1 + i);

it.each(seeds)("world %i: every attempt, its verdict, holder, outcome and overlap (4, 6)", async (seed) => {
  const { files } = capturesOf(simulate(seed), VIEWS[seed % VIEWS.length]);
  const report = await bench.report(files);
  expect(differences(await readContract(bench.paths(files)), report)).toEqual([]);
});
