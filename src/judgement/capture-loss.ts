/**
 * How much of the ESP of responders' peers the capture lacks, by the gaps in its sequence numbers (RFC 4303 2.2): an
 * estimate of what it lacks of everything.
 */

import type { Flows } from "../ike/facts.ts";
import type { Responder } from "./responders.ts";

/** ESP packets of one SPI below which nothing is concluded. */
const MIN_PACKETS = 100;

export interface CaptureLoss {
  /** Numbers that passed, and how many of their packets are not in the capture. */
  expected: number;
  lost: number;
}

/** Of peers whose ESP is in the capture in both directions: where it is not, one of them went another way. */
export function captureLoss(responders: readonly Responder[]): CaptureLoss {
  const loss = { expected: 0, lost: 0 };
  for (const { peers } of responders) {
    const { flows } = peers;
    const hasEsp = (row: number) => flows.hasEsp(row);
    for (const { sent, received } of peers.byKey.values()) {
      if (!sent.some(hasEsp) || !received.some(hasEsp)) continue;
      addGaps(flows, sent, loss);
      addGaps(flows, received, loss);
    }
  }
  return loss;
}

function addGaps(flows: Flows, rows: readonly number[], loss: CaptureLoss): void {
  for (const row of rows) {
    if (!flows.hasEsp(row)) continue;
    for (const { packets, expected, counted } of flows.spis(row)) {
      if (packets < MIN_PACKETS) continue;
      loss.expected += expected;
      loss.lost += Math.max(0, expected - counted);
    }
  }
}
