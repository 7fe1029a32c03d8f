/**
 * Rule 6.16 on realistic troubles: each capture played packet by packet into an analysis that goes on, with its own
 * times, far faster than it was. What was told last is what the file says.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Bench } from "../simulator/bench.ts";
import { playLive } from "../support/played-live.ts";
import { standing, worstByFingerprint } from "../support/standing.ts";
import { framesOf } from "./cut.ts";

const root = process.env.IKE_CAPTURES;

const bench = new Bench();
afterAll(() => bench.close());

if (root === undefined) {
  console.log("kinds of trouble are not played live: IKE_CAPTURES does not name a folder of captures");
  it.skip("kinds of trouble, played live", () => undefined);
} else {
  const folder = join(root, "kinds");
  const names = readdirSync(folder).filter((name) => name.endsWith(".pcap"));
  it.each(names)("%s ends in the verdict of the file", async (name) => {
    const file = readFileSync(join(folder, name));
    const { told } = playLive(framesOf(file));
    const lines = told.map(({ line }, i) => ("finding" in line ? { ...line, id: String(i) } : line));
    expect(standing(lines)).toEqual(worstByFingerprint((await bench.report([file])).findings));
  });
}
