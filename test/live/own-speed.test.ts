/**
 * Three realistic troubles at their own speed over a pair of interfaces, read live: what was told last is what the
 * file says. They take five minutes: OWN_SPEED=1.
 */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { framesOf } from "../properties/cut.ts";
import { reportOn } from "../support/analyzed.ts";
import { captures } from "../support/captures.ts";
import { LiveProgram } from "../support/live-program.ts";
import { captureBackends, Namespace, rootNamespaces } from "../support/namespace.ts";
import { programIsBuilt } from "../support/program.ts";
import { standing, worstByFingerprint } from "../support/standing.ts";

const KINDS = ["short-visit", "in-by-its-second-id", "refused-once-phase-1-deleted"];
const LIMIT_MS = 400_000;

const wanted = process.env.OWN_SPEED === "1";
if (!wanted) console.log("skipped: captures at their own speed, which take five minutes: OWN_SPEED=1");
const pathOf = (kind: string) => captures("kinds", `${kind}.pcap`);
const areAtHand = KINDS.every((kind) => pathOf(kind) !== null);
if (wanted && !areAtHand)
  console.log("skipped: captures at their own speed, because IKE_CAPTURES does not name a folder with them");
const isReady = wanted && areAtHand && rootNamespaces !== null && programIsBuilt();

test.runIf(isReady).concurrent.each(KINDS)(
  "%s",
  async (kind) => {
    const file = readFileSync(pathOf(kind)!);
    const namespace = await Namespace.make(rootNamespaces!);
    try {
      namespace.veth("a");
      const [backend] = captureBackends();
      // The default filter leaves ESP out, by which the file is judged.
      const program = await LiveProgram.start(namespace, "-i", "a0", "-f", "ip", "--capture-with", backend);
      await namespace.play("a1", framesOf(file));
      const { report } = await program.stop();
      expect(report.capture.packets).toBe(framesOf(file).length);
      const told = program.lines.map((line, i) => ("finding" in line ? { ...line, id: String(i) } : line));
      expect(standing(told)).toEqual(worstByFingerprint((await reportOn([file])).findings));
    } finally {
      namespace.end();
    }
  },
  LIMIT_MS,
);
