/** Simulated worlds, each captured one way: what the program says is what a plain reading of the contract says. */

import { afterAll, expect, it } from "vitest";
import { Bench } from "../simulator/bench.ts";
import { capturesOf, VIEWS } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";
import { differences } from "./compare.ts";
import { type Result, readContract } from "./reading.ts";

const bench = new Bench();
afterAll(() => bench.close());

const seeds = Array.from({ length: Number(process.env.WORLDS ?? 90) }, (_, i) => 1 + i);

/** Captures of a world and what the contract says of them, which needs to be asked only once. */
const asked = new Map<number, { files: Buffer[]; reading: Result }>();

async function contractOn(seed: number): Promise<{ files: Buffer[]; reading: Result }> {
  let known = asked.get(seed);
  if (known === undefined) {
    const world = simulate(seed);
    const files = world.seen.length === 0 ? [] : capturesOf(world, VIEWS[seed % VIEWS.length]).files;
    known = { files, reading: await readContract(bench.paths(files)) };
    asked.set(seed, known);
  }
  return known;
}

it.each(seeds)("world %i: every attempt, its verdict, holder, outcome and overlap (4, 6)", async (seed) => {
  const { files, reading } = await contractOn(seed);
  if (files.length === 0) return;
  expect(differences(reading, await bench.report(files))).toEqual([]);
});
