/**
 * What to do next, by verdict and circumstance, the most urgent first. Each step is one or two sentences; commands of
 * the gateway are named only where it may be an ASA, and say that they were not tried.
 */

import type { Clock } from "../clock.ts";
import type { NextStep, Report } from "../model.ts";
import { captureAt } from "./commands.ts";
import { type Facts, factsOf } from "./facts.ts";
import { gapsOf } from "./gap-phrases.ts";
import { roomStep } from "./room.ts";
import { exposureSteps, idleStep } from "./steps-exposure.ts";
import { findingSteps, forGoodStep } from "./steps-findings.ts";
import { refusedSteps } from "./steps-refused.ts";
import { settleSteps } from "./steps-settle.ts";
import { listed } from "./words.ts";

/** Gateways named in one capture filter. */
const MAX_HOSTS = 5;

/** At least one step, whatever the report. @param facts of this report, where somebody has them already */
export function nextSteps(report: Report, clock: Clock, facts: Facts = factsOf(report)): NextStep[] {
  const refused = [...findingSteps(facts), ...settleSteps(facts, clock), ...refusedSteps(facts, clock)];
  const found = [...refused, ...gapSteps(facts, refused), ...forGoodStep(facts), ...exposureSteps(facts)];
  return found.length > 0 ? found : [idleStep(facts)];
}

/** Gaps that another capture would not fill, and what would. */
const CURES: Readonly<Record<string, string | ((report: Report) => string)>> = {
  interrupted: "Run it again to the end of the input: what was not read may hold the rest.",
  truncated: "Copy the capture again once it is finished: its end is cut off.",
  corrupt: "Copy the capture again from where it was made: it is damaged, and was read up to there.",
  unreadable: "Give the inputs that could not be read in a form that can: see the warnings.",
  "unsupported-link-type":
    "Convert the capture, or make it at another interface: not all its packets can be read.",
  "unsupported-encapsulation":
    "Convert the capture, or make it where the packets are not encapsulated: not all can be read.",
  "responder-not-seen": "Check the address of --responder or --alias: it is in no packet.",
  "clock-offset": "Set the clocks of the capturing machines alike (NTP) before the next capture.",
  "no-times": "Use the capture as it was made: a converted one has lost its times.",
  "eve-blind": "Use a capture in place of the log: it shows refusals, and clients behind a NAT.",
  "zeek-blind": "Use a capture in place of the log: it shows refusals, and all connections.",
  evicted: roomStep,
  partition: "Run the other partitions as well: each judges its own gateways alone.",
  "packets-dropped": "Narrow the capture filter (-f), or capture on a faster machine: packets were lost.",
  "malformed-line": "Look at the lines that the warning names: they were skipped.",
  "sensor-clock": "Give --reorder more seconds, or set the sensor's clock: its lines came too late.",
  "lines-dropped": "Write ndjson to a file (-o), or read it faster: lines were dropped.",
};

/** Gaps that only a better capture fills. */
const RECAPTURE: ReadonlySet<string> = new Set([
  "one-sided",
  "no-ike",
  "no-ikev1",
  "no-quick-mode",
  "snaplen",
  "capture-loss",
  "natt-not-captured",
  "esp-unseen",
  "phase1-unseen",
  "outcome-unknown",
  "untimed",
  "clock-step",
  "capture-interrupted",
  "packets-dropped",
]);

/** @param before steps that are said before: none of them is said once more in other words */
function gapSteps({ report, accusing, unexplained }: Facts, before: readonly NextStep[]): NextStep[] {
  const gaps = gapsOf(report).map(({ code }) => code);
  const steps: NextStep[] = gaps
    .map((code) => CURES[code])
    .filter((cure) => cure !== undefined)
    .map((cure) => ({ text: typeof cure === "string" ? cure : cure(report), commands: [], findings: [] }));
  if (!gaps.some((code) => RECAPTURE.has(code))) return steps;
  const gateways = [
    ...new Set(
      [...accusing, ...unexplained, ...report.responders.map(({ address }) => ({ responder: address }))].map(
        ({ responder }) => responder,
      ),
    ),
  ].slice(0, MAX_HOSTS);
  const command = captureAt(gateways);
  const isSaid = before.some((step) => step.commands.some((each) => each.command === command.command));
  if (isSaid) return steps;
  const where = gateways.length === 0 ? "the gateway" : listed(gateways);
  steps.push({
    text: `To settle what this input could not show, capture at ${where}: both directions, whole packets, ESP as well, from before the first client connects until the second has failed.`,
    commands: [command],
    findings: accusing.map(({ fingerprint }) => fingerprint),
  });
  return steps;
}
