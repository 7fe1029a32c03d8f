/** Plays worlds, has each captured one way, analyzes the captures, and scores the reports. */

import { type Difference, differences } from "../reading/compare.ts";
import { type Result, readContract } from "../reading/reading.ts";
import { Bench } from "./bench.ts";
import type { Scored } from "./fate.ts";
import { Score } from "./score.ts";
import { capturesOf, VIEWS, type View } from "./view.ts";
import { simulate, type World } from "./world.ts";

export interface Disagreement {
  seed: number;
  view: View;
  theme: string;
  list: Difference[];
}

export interface Outcome {
  score: Score;
  /** Worlds that were also read plainly, and those in which the program differs. */
  compared: number;
  disagreements: Disagreement[];
}

export interface Options {
  worlds: number;
  seed: number;
  /** One world in so many is read plainly as well; none by default. */
  compareEach?: number;
  views?: readonly View[];
  /** Scores the plain reading instead of the program: what the contract itself finds. */
  judge?: "program" | "contract";
}

/** A third of all captures are whole, so that recall rests on many refusals. */
function viewOf(i: number, views: readonly View[]): View {
  return i % 3 === 0 && views.includes("whole") ? "whole" : views[i % views.length];
}

/** `worlds` worlds from `seed` on; every view has its turn. */
export async function score({
  worlds,
  seed,
  compareEach = 0,
  views = VIEWS,
  judge = "program",
}: Options): Promise<Outcome> {
  const outcome: Outcome = { score: new Score(), compared: 0, disagreements: [] };
  const bench = new Bench();
  try {
    for (let i = 0; i < worlds; i += 1) {
      const world = simulate(seed + i);
      if (world.seen.length === 0) continue;
      await one(world, viewOf(i, views), bench, outcome, {
        compare: compareEach > 0 && i % compareEach === 0,
        judge,
      });
    }
  } finally {
    bench.close();
  }
  return outcome;
}

interface Task {
  compare: boolean;
  judge: "program" | "contract";
}

async function one(world: World, view: View, bench: Bench, outcome: Outcome, task: Task): Promise<void> {
  const captures = capturesOf(world, view);
  let reading: Result | null = null;
  const plainly = async () => {
    reading ??= await readContract(bench.paths(captures.files));
    return reading;
  };
  const second = async () => {
    const { found } = await plainly();
    return (cookie: string, id: number) =>
      found.some((each) => each.cookie === cookie && each.messageId === id && each.verdict === "rejected");
  };
  if (task.judge === "contract") {
    await outcome.score.add(world, view, captures, scoredOf(await plainly()), second);
    return;
  }
  const report = await bench.report(captures.files);
  await outcome.score.add(world, view, captures, report, second);
  if (!task.compare) return;
  const list = differences(await plainly(), report);
  outcome.compared += 1;
  if (list.length > 0) outcome.disagreements.push({ seed: world.seed, view, theme: world.theme, list });
}

/** The plain reading in the form of a report. */
function scoredOf({ found, refusedByOwnSession, refusedWithoutHolder }: Result): Scored {
  const warn = (code: string) => (message: string) => ({ code, message });
  return {
    findings: found.map(({ holder, candidates, caveats, cookie, messageId, verdict }) => ({
      holder: { address: holder, candidates: candidates.map((address) => ({ address })) },
      caveats,
      attempts: [{ contenderSa: { initiatorCookie: cookie }, messageId: String(messageId), verdict }],
    })),
    warnings: [
      ...refusedByOwnSession.map(warn("refused-by-own-session")),
      ...refusedWithoutHolder.map(warn("refused-without-holder")),
    ],
  };
}
