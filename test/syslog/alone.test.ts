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

const line = (seconds: number, id: string, text: string) => {
  const clock = new Date((1_772_438_400 + seconds) * 1000).toISOString().slice(11, 19);
  return `Mar 02 2026 ${clock}: %ASA-5-${id}: ${text}`;
};
const phase1 = (at: number, peer: string) => line(at, "713119", `Group = g, IP = ${peer}, PHASE 1 COMPLETED`);
const phase2 = (at: number, peer: string, id = 1) =>
  line(
    at,
    "713120",
    `Group = g, IP = ${peer}, PHASE 2 COMPLETED (msgid=${id.toString(16).padStart(8, "0")})`,
  );
const ended = (at: number, peer: string, reason = "User Requested") =>
  line(at, "713259", `Group = g, IP = ${peer}, Session is being torn down. Reason: ${reason}`);
const duplicate = (at: number, peer: string) =>
  line(
    at,
    "713201",
    `Group = g, IP = ${peer}, Duplicate Phase 2 packet detected.  No last packet to transmit.`,
  );
const qmError = (at: number, peer: string, id = 1) =>
  line(
    at,
    "713902",
    `Group = g, IP = ${peer}, QM FSM error (P2 struct &0xcc19ed48, mess id 0x${id.toString(16)})!`,
  );
const limit = (at: number, peer: string) =>
  line(
    at,
    "113029",
    `Group g User x IP ${peer} Session could not be established: session limit of 1 reached.`,
  );
const policy = (at: number, peer: string) =>
  line(
    at,
    "713061",
    `Group = g, IP = ${peer}, Tunnel rejected: Crypto Map Policy not found for Src:${peer}, Dst: 192.0.2.1!`,
  );
const [A, B, C] = ["198.51.100.11", "198.51.100.12", "198.51.100.13"];
const LATER = phase1(1_000, "198.51.100.99");

const ROWS: { name: string; lines: string[]; verdicts: string[] }[] = [
  {
    name: "two peers accepted on one ID at once: tolerated",
    lines: [phase1(0, A), phase2(1, A), phase1(10, B), phase2(11, B), ended(60, A), ended(70, B)],
    verdicts: ["tolerated"],
  },
  {
    name: "one refused while the other has the ID, in once it is gone, with a duplicate: rejected",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      duplicate(10, B),
      ended(40, B),
      ended(60, A),
      phase1(70, B),
      phase2(71, B),
      LATER,
    ],
    verdicts: ["rejected"],
  },
  {
    name: "the same with an error that names the ID: rejected",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      qmError(10, B),
      ended(40, B),
      ended(60, A),
      phase1(70, B),
      phase2(71, B),
      LATER,
    ],
    verdicts: ["rejected"],
  },
  {
    name: "the same where a third peer met a limit of sessions: possible",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      qmError(10, B),
      phase1(12, C),
      limit(12, C),
      ended(13, C),
      ended(40, B),
      ended(60, A),
      phase1(70, B),
      phase2(71, B),
      LATER,
    ],
    verdicts: ["possible"],
  },
  {
    name: "the same where lines were lost, and so may be the one that names the cause: possible",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      qmError(10, B),
      ended(40, B),
      ended(60, A),
      phase1(70, B),
      phase2(71, B),
      ended(80, B),
      phase2(90, B, 3),
      LATER,
    ],
    verdicts: ["possible"],
  },
  {
    name: "the same without a line that names it: possible",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      ended(40, B),
      ended(60, A),
      phase1(70, B),
      phase2(71, B),
      LATER,
    ],
    verdicts: ["possible"],
  },
  {
    name: "the same twice: rejected",
    lines: [
      ...[0, 200].flatMap((t) => [
        phase1(t, A),
        phase2(t + 1, A),
        phase1(t + 10, B),
        ended(t + 40, B),
        ended(t + 60, A),
        phase1(t + 70, B),
        phase2(t + 71, B),
        ended(t + 90, B),
      ]),
      LATER,
    ],
    verdicts: ["rejected"],
  },
  {
    name: "the same twice, where the gateway names a policy: possible",
    lines: [
      ...[0, 200].flatMap((t) => [
        phase1(t, A),
        phase2(t + 1, A),
        phase1(t + 10, B),
        policy(t + 11, B),
        ended(t + 40, B),
        ended(t + 60, A),
        phase1(t + 70, B),
        phase2(t + 71, B),
        ended(t + 90, B),
      ]),
      LATER,
    ],
    verdicts: ["possible"],
  },
  {
    name: "the same twice, where B also failed while nobody had the ID: possible",
    lines: [
      phase1(0, B),
      ended(20, B),
      ...[100, 300].flatMap((t) => [
        phase1(t, A),
        phase2(t + 1, A),
        phase1(t + 10, B),
        ended(t + 40, B),
        ended(t + 60, A),
        phase1(t + 70, B),
        phase2(t + 71, B),
        ended(t + 90, B),
      ]),
      LATER,
    ],
    verdicts: ["possible"],
  },
  {
    name: "the same twice at a gateway that accepted two others on one ID: possible, and tolerated",
    lines: [
      phase1(0, C),
      phase2(1, C, 9),
      phase1(2, A),
      phase2(3, A, 9),
      ended(5, C),
      ended(6, A),
      ...[100, 300].flatMap((t) => [
        phase1(t, A),
        phase2(t + 1, A),
        phase1(t + 10, B),
        ended(t + 40, B),
        ended(t + 60, A),
        phase1(t + 70, B),
        phase2(t + 71, B),
        ended(t + 90, B),
      ]),
      LATER,
    ],
    verdicts: ["possible", "tolerated"],
  },
  {
    name: "random IDs: nothing",
    lines: [
      phase1(0, A),
      phase2(1, A, 0x8e5cdb6b),
      phase1(10, B),
      phase2(11, B, 0x33c8971),
      ended(60, A),
      LATER,
    ],
    verdicts: [],
  },
  {
    name: "one peer alone, again and again: nothing",
    lines: [
      phase1(0, A),
      phase2(1, A),
      ended(30, A),
      phase1(40, A),
      ended(60, A),
      phase1(70, A),
      phase2(71, A),
      LATER,
    ],
    verdicts: [],
  },
  {
    name: "a session that stays without an acceptance in the log: its line was lost, nothing",
    lines: [
      phase1(0, A),
      phase2(1, A),
      phase1(10, B),
      ended(400, B),
      ended(500, A),
      phase1(600, B),
      phase2(601, B),
      LATER,
    ],
    verdicts: [],
  },
];

describe("a log alone, by rule", () => {
  it.each(ROWS)("$name", ({ lines, verdicts }) => {
    expect(
      judgeLog(eventsOf(lines))
        .map(({ verdict }) => verdict)
        .sort(),
    ).toEqual(verdicts);
  });
});
