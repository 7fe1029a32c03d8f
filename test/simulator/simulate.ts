/** Plays worlds, has each captured one way, analyzes the captures, and scores the reports. */

import { reportOn } from "../support/analyzed.ts";
import { Score } from "./score.ts";
import { capturesOf, VIEWS } from "./view.ts";
import { simulate } from "./world.ts";

/** `worlds` worlds from `seed` on; every view has its turn. */
export async function score(worlds: number, seed: number): Promise<Score> {
  const result = new Score();
  for (let i = 0; i < worlds; i += 1) {
    const world = simulate(seed + i);
    if (world.seen.length === 0) continue;
    // A third of all captures are whole, so that recall rests on many refusals.
    const view = world.theme === "lossy-tap" ? "tap-loss" : i % 3 === 0 ? "whole" : VIEWS[i % VIEWS.length];
    const { files, complete } = capturesOf(world, view);
    result.add(world, view, complete, await reportOn(files));
  }
  return result;
}
