/** A gateway's log beside a capture: verdicts are never further from the truth than the capture's alone. */

import { describe, expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { capturesOf, type View } from "../simulator/view.ts";
import { simulate, type World } from "../simulator/world.ts";
import { reportOn } from "../support/analyzed.ts";
import { asaLog, HEADS, type LogOptions } from "../support/asa-log.ts";
import { random32 } from "../support/random.ts";

const WORLDS = Number(process.env.JOINED_WORLDS ?? 24);
const FIRST = Number(process.env.JOINED_SEED ?? 1);
const TAPS: readonly View[] = ["whole", "loss-10", "no-esp"];

function optionsOf(seed: number): LogOptions {
  const next = random32(seed * 13 + 1);
  return {
    head: HEADS[next() % HEADS.length],
    level: 3 + (next() % 5),
    ahead: [0, -25_200, 3_600, 12.3][next() % 4],
    drift: [0, 60, -150][next() % 3],
    loss: [0, 0, 0.02, 0.1, 0.3][next() % 5],
    names: next() % 2 === 0,
    seed,
  };
}

const DISTANCE = { tolerated: 0, possible: 1, predicted: 2, rejected: 3 } as const;

/** Verdicts by attempt of the contender: cookie and message ID. */
function verdictsOf(report: Report): Map<string, keyof typeof DISTANCE> {
  return new Map(
    report.findings.flatMap(({ attempts }) =>
      attempts.map(({ contenderSa, messageId, verdict }) => [
        `${contenderSa.initiatorCookie}/${Number(messageId)}`,
        verdict,
      ]),
    ),
  );
}

/** How far a verdict is from what happened; without one, what happened is no collision. */
function farFrom(world: World, key: string, verdict: keyof typeof DISTANCE | undefined): number {
  const [sa, id] = key.split("/");
  const refusal = world.refusals.find((each) => each.sa === sa && each.messageId === Number(id));
  const said = verdict === undefined ? 0 : DISTANCE[verdict];
  // Who is refused with any ID, and met one in use as well, has two causes: neither verdict is further from them.
  if (refusal?.reason === "held" && !refusal.acceptable) return 0;
  return refusal?.reason === "held" ? DISTANCE.rejected - said : said;
}

describe("a log beside a capture", () => {
  it(`brings no verdict further from the truth, in ${WORLDS} worlds`, async () => {
    const worse: string[] = [];
    let [joined, better] = [0, 0];
    for (let seed = FIRST; seed < FIRST + WORLDS; seed += 1) {
      const world = simulate(seed);
      if (world.seen.length === 0) continue;
      const { files } = capturesOf(world, TAPS[seed % TAPS.length]);
      const log = world.gateways.flatMap((gateway) => asaLog(world, gateway, optionsOf(seed)));
      // At level 3 a log can be empty.
      if (log.length === 0) continue;
      const alone = verdictsOf(await reportOn(files));
      const report = await reportOn([...files, Buffer.from(`${log.join("\n")}\n`)]);
      const both = verdictsOf(report);
      if (report.findings.some(({ evidence }) => evidence?.some((each) => each.joined) === true)) joined += 1;
      for (const key of new Set([...alone.keys(), ...both.keys()])) {
        // A log alone names no cookies: what it says is the matter of another test.
        if (key.startsWith("0000000000000000")) continue;
        const [before, after] = [farFrom(world, key, alone.get(key)), farFrom(world, key, both.get(key))];
        if (after < before) better += 1;
        if (after > before) worse.push(`world ${seed} ${key}: ${alone.get(key)} became ${both.get(key)}`);
      }
    }
    console.log(
      `joined in ${joined} of ${WORLDS} worlds: ${better} verdicts nearer to the truth, ${worse.length} further`,
    );
    expect(worse).toEqual([]);
    expect(joined).toBeGreaterThan(0);
  }, 3_000_000);
});
