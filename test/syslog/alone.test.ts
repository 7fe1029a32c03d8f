/** A log without a capture: what is called a refusal is one, in many worlds and every form of log. */

import { describe, expect, it } from "vitest";
import { judgeLog, type LogFinding } from "../../src/syslog/alone.ts";
import { type GatewayEvent, LogReader } from "../../src/syslog/reader.ts";
import type { Moment } from "../simulator/truth.ts";
import { simulate, type World } from "../simulator/world.ts";
import { asaLog, HEADS, type LogOptions } from "../support/asa-log.ts";
import { random32 } from "../support/random.ts";

const NOW = Date.UTC(2026, 5, 1) * 1_000;
const WORLDS = Number(process.env.LOG_WORLDS ?? 200);
const FIRST = Number(process.env.LOG_SEED ?? 1);

function eventsOf(lines: readonly string[]): GatewayEvent[] {
  const reader = new LogReader("asa.log", NOW);
  return lines.map((line) => reader.take(line)).filter((event) => event !== null);
}

function optionsOf(seed: number): LogOptions {
  const next = random32(seed * 7 + 3);
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

/** The contender was refused on the ID because another peer had it, at some time. */
function isTrue(world: World, gateway: string, finding: LogFinding): boolean {
  return finding.attempts.some(({ messageId }) =>
    world.moments.some(
      ({ what, peer, gateway: at, messageId: id }) =>
        what === "held" && at === gateway && peer === finding.contender && id === messageId,
    ),
  );
}

/** Another peer's sessions that had the ID at that time. */
function isHeld({ moments }: World, { at, gateway, peer, messageId }: Moment): boolean {
  return moments.some((claim) => {
    const isClaim = claim.what === "accepted" && claim.gateway === gateway && claim.messageId === messageId;
    if (!isClaim || claim.peer === peer || claim.at > at) return false;
    return !moments.some(({ what, sa, at: end }) => what === "ended" && sa === claim.sa && end <= at);
  });
}

/**
 * A gateway with the fault would have decided every quick mode of this peer in the same way: who is refused for another
 * reason while others happen to have his IDs, and let in as they leave, leaves the log that the fault leaves.
 */
function looksLikeTheFault(world: World, gateway: string, contender: string): boolean {
  const own = world.moments.filter((each) => each.gateway === gateway && each.peer === contender);
  return own.every((moment) => {
    if (moment.what === "mismatch") return isHeld(world, moment);
    return moment.what === "full" ? false : moment.what !== "accepted" || !isHeld(world, moment);
  });
}

describe("a log alone", () => {
  it(`calls nothing a refusal that is none, in ${WORLDS} worlds`, () => {
    const counts = { rejected: 0, possible: 0, tolerated: 0 };
    const wrong: string[] = [];
    let [refusals, untellable] = [0, 0];
    for (let seed = FIRST; seed < FIRST + WORLDS; seed += 1) {
      const world = simulate(seed);
      if (world.flawed) refusals += 1;
      for (const gateway of world.gateways) {
        for (const finding of judgeLog(eventsOf(asaLog(world, gateway, optionsOf(seed))))) {
          counts[finding.verdict] += 1;
          if (finding.verdict !== "rejected" || isTrue(world, gateway, finding)) continue;
          if (looksLikeTheFault(world, gateway, finding.contender)) untellable += 1;
          else {
            wrong.push(`world ${seed}: ${finding.contender} because of ${finding.holder}`);
          }
        }
      }
    }
    console.log(
      `log alone: ${JSON.stringify(counts)} in ${WORLDS} worlds, ${refusals} of them with the fault; ${untellable} that nobody could tell from it`,
    );
    expect(wrong).toEqual([]);
    expect(counts.rejected).toBeGreaterThan(0);
    expect(counts.tolerated).toBeGreaterThan(0);
  });
});
