/** A log without a capture, rule by rule: which lines make which verdict. */

import { describe, expect, it } from "vitest";
import { judgeLog } from "../../src/syslog/alone.ts";
import { type GatewayEvent, LogReader } from "../../src/syslog/reader.ts";

const NOW = Date.UTC(2026, 5, 1) * 1_000;

function eventsOf(lines: readonly string[]): GatewayEvent[] {
  const reader = new LogReader("asa.log", NOW);
  return lines.map((line) => reader.take(line)).filter((event) => event !== null);
}

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
