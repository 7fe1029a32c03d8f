/** Simulated worlds, each captured one way: what the program says is what a plain reading of the contract says. */

import { afterAll, expect, it } from "vitest";
import { Bench } from "../simulator/bench.ts";
import { capturesOf, VIEWS, type View } from "../simulator/view.ts";
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

/** In each of them the two once differed, for a reason of its own. */
it.each<[number, View, string]>([
  [51066868, "bursts", "a later session's IKE hides nothing of what the earlier one sent unheard"],
  [51029698, "loss-3", "of a pair whose first message was lost the other one's SPI is not the responder's"],
  [51041507, "loss-10", "ESP that an earlier quick mode began with explains none that begins later"],
  [51050396, "clock-step", "a session that a newer one took over lived until the clock stepped back"],
  [51060364, "clock-step", "and went on behind the step: whether it did in between is not known"],
  [
    51059182,
    "merged-taps",
    "a client dials again, seen before its NAT the first time and behind it the second",
  ],
  [
    6003595,
    "reorder",
    "who deletes the older SA of a pair does not say goodbye when the gateway throws it out",
  ],
  [6002398, "merged-taps", "a packet that is seen on both sides of a NAT was sent once"],
  [
    6002385,
    "whole",
    "ESP until a rekey is accepted does not keep what begins at another port from being its own",
  ],
  [
    910100080,
    "whole",
    "who was last seen before a slow gateway answered somebody else on the ID holds it no more",
  ],
  [8502739, "loss-10", "a session moves to where another one begins later, whose first message was lost"],
  [910112723, "loss-10", "a client holds an ID with the newest of its sessions alone"],
  [910112515, "loss-10", "who started a pair and deletes the older SA of it has not given up"],
  [910100592, "whole", "what the gateway sends to a neighbour gives no client that endpoint"],
  [910115221, "ring-gap", "a holder is thrown out within 10 s of the answer, not of the first message"],
  [910115783, "late-start", "the ESP after a renewal is not that of the IKE SA of before the capture"],
  [910115635, "loss-10", "who is only concluded to hold an ID is freed of it by the next who is accepted"],
  [140004313, "snaplen", "who comes back to a port that it had left is that client, not the one silent last"],
  [910128636, "clock-step", "a gateway does not send steadily by what it sent before the clock stepped back"],
])("world %i, %s: %s", async (seed, view) => {
  const { files } = capturesOf(simulate(seed), view);
  const reading = await readContract(bench.paths(files));
  expect(differences(reading, await bench.report(files))).toEqual([]);
});
