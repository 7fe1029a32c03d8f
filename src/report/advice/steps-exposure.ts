/** Next steps where nobody was kept out: a gateway whose clients could meet, or nothing at all. */

import type { NextStep } from "../model.ts";
import { KB_SENTENCE } from "../terms/terms.ts";
import { captureAt, WATCH } from "./commands.ts";
import { type Facts, maybeAsa } from "./facts.ts";

/** Gateways named with a step of their own. */
const MAX_GATEWAYS = 3;

/** Gateways with counting clients and no finding: a risk, said once. */
export function exposureSteps({ report, responder, gateways }: Facts): NextStep[] {
  return report.responders
    .filter(
      ({ address, sequentialClients, exposureHarmless }) =>
        // With tolerated ones alone as well: where an ID was accepted although another client held it, two may meet unharmed.
        exposureHarmless !== true && sequentialClients > 1 && !gateways.has(address),
    )
    .filter(({ address }) => maybeAsa(responder(address)))
    .slice(0, MAX_GATEWAYS)
    .map(({ address, sequentialClients, peakConcurrentSequential }) => {
      const met =
        peakConcurrentSequential > 1
          ? `up to ${peakConcurrentSequential} of them connected at once`
          : "never two of them connected at once";
      return {
        text: `Watch gateway ${address}: ${sequentialClients} of its clients count their message IDs from a small number, ${met}. When two of them use one ID at a time, ${KB_SENTENCE}.`,
        commands: [WATCH],
        findings: [],
      };
    });
}

/** Nothing was found, and nothing is open. */
export function idleStep({ report }: Facts): NextStep {
  return {
    text: "Nothing to do about this fault here. Where clients are kept out all the same, capture at the gateway while it happens, or look for another cause in its log.",
    commands: [captureAt(report.responders.slice(0, 1).map(({ address }) => address))],
    findings: [],
  };
}
