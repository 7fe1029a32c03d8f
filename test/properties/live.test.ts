/**
 * Rule 6.16: what comes packet by packet, judged again as more comes, ends in the verdict of the file; and each
 * change on the way is told once. (What was found goes with its sessions when these are let go of, so that what was
 * told is compared, and not what is left at the end.)
 */

import { afterAll, describe, expect, it } from "vitest";
import type { Line } from "../../src/report/lines.ts";
import { Bench } from "../simulator/bench.ts";
import { Tape } from "../simulator/tape.ts";
import { simulate, type World } from "../simulator/world.ts";
import { playLive } from "../support/played-live.ts";

const WORLDS = 7;
/** Seconds: so short that no session is let go of that a later one depends on. */
const SHORT = 280;

const bench = new Bench();
afterAll(() => bench.close());

function tapeOf({ seen }: World): Tape {
  const tape = new Tape();
  for (const each of seen) tape.add(each);
  return tape;
}

type Told = Extract<Line, { type: "finding" | "finding-update" }>;

function isTold(line: Line): line is Told {
  return line.type === "finding" || line.type === "finding-update";
}

/** In these, clients keep each other out in both directions: two findings of one fingerprint. */
const MUTUAL = [3, 61, 85];
const short = Array.from({ length: 60 }, (_, i) => i + 100).filter((seed) => {
  const { seen } = simulate(seed);
  return seen.length > 0 && seen[seen.length - 1].at < SHORT;
});

describe("packet by packet", () => {
  it.each([...MUTUAL, ...short.slice(0, WORLDS)])(
    "world %i ends in the verdict of the file, each change told once",
    async (seed) => {
      const tape = tapeOf(simulate(seed));
      const { told } = playLive(tape.frames());
      const whole = await bench.report([tape.pcap()]);
      const verdicts = (list: readonly { fingerprint: string; verdict: string }[]) =>
        list.map(({ fingerprint, verdict }) => `${fingerprint} ${verdict}`).sort();
      const last = new Map<string, string>();
      const changes = new Set<string>();
      for (const { line } of told) {
        if (!isTold(line)) continue;
        // Two clients that kept each other out have one fingerprint (section 8).
        const { fingerprint, contender } = line.finding;
        const key = `${fingerprint} ${contender.address}:${contender.port}`;
        const text = JSON.stringify(line);
        expect(text, "the same line twice in turn").not.toBe(last.get(key));
        last.set(key, text);
        const { at: _, ...change } = line;
        expect(changes, "told before").not.toContain(JSON.stringify(change));
        changes.add(JSON.stringify(change));
      }
      const ended = [...last.values()].map((text) => JSON.parse(text) as Told);
      const standing = ended
        .filter((line) => !("withdrawn" in line && line.withdrawn))
        .map(({ finding }) => finding);
      expect(verdicts(standing)).toEqual(verdicts(whole.findings));
    },
  );
});
