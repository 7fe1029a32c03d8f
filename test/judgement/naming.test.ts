/** Contract 3.5: a client that was captured on both sides of its NAT is named by the side near the gateway. */

import { afterAll, expect, it } from "vitest";
import { Bench } from "../simulator/bench.ts";
import { capturesOf } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";

const bench = new Bench();
afterAll(() => bench.close());

/** Worlds whose inner capture has a clock some milliseconds off: the order of copies alone would mislead. */
it.each([45, 200_111, 200_303])("world %i, by two clocks that differ a little", async (seed) => {
  const { files } = capturesOf(simulate(seed), "merged-taps");
  expect(files).toHaveLength(2);
  const { clients } = await bench.report(files);
  expect(clients.filter(({ address }) => /^(10|192\.168|172\.16)\./.test(address))).toEqual([]);
});
