/** Random worlds with known truth: what the program makes of them, and what the contract asks for. */

import { beforeAll, expect, it } from "vitest";
import { type Outcome, score } from "./simulate.ts";
import { fateTable, verdictTable } from "./table.ts";

/** `npm run simulate -- --worlds N --seed S` plays more of them; SIMULATED=n here. */
const worlds = Number(process.env.SIMULATED ?? 150);

let outcome: Outcome;

beforeAll(async () => {
  outcome = await score({ worlds, seed: 1, compareEach: 12 });
  console.log(`${verdictTable(outcome.score)}\n\n${fateTable(outcome.score)}`);
}, 300_000);

it(`accuses nobody in ${worlds} worlds against evidence that the capture holds`, () => {
  expect(outcome.score.falseRejected).toEqual([]);
});

it("finds what a whole and lossless capture shows", () => {
  expect(outcome.score.lossless.clean).toBeGreaterThan(worlds / 2);
  expect(outcome.score.recall((name) => name.endsWith("no loss"))).toBeGreaterThanOrEqual(0.999);
});

it("is silent about no refusal that the capture holds from its first message on", () => {
  expect(outcome.score.silent).toEqual([]);
});

it("agrees with a plain reading of the contract", () => {
  const { compared, disagreements } = outcome;
  const seeds = disagreements.map(({ seed, view }) => `${seed} ${view}`).join(", ");
  console.log(
    `program and contract agree in ${compared - disagreements.length} of ${compared} worlds (not: ${seeds})`,
  );
  expect(disagreements.map(({ seed, view, list }) => ({ seed, view, list }))).toEqual([]);
});
