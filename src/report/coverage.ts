/**
 * What the input could not show, in one place: a consumer that reads "no findings" must be able to see whether
 * there could have been any.
 */

import type { Box } from "../findings/boxes.ts";
import type { HostTable } from "../ike/hosts.ts";
import type { Capture, Coverage, CoverageCode, Warning } from "./model.ts";

type Gap = Coverage["gaps"][number];

const MAX_RESPONDERS = 100;

/** Warnings about the input as a whole; those about a responder come from the boxes. */
const OF_INPUT: readonly CoverageCode[] = [
  "no-ike",
  "clock-step",
  "truncated",
  "corrupt",
  "evicted",
  "untimed",
  "snaplen",
  "packets-dropped",
  "capture-interrupted",
];

export function buildCoverage(
  capture: Capture,
  boxes: readonly Box[],
  warnings: readonly Warning[],
  hosts: HostTable,
): Coverage {
  const gaps: Gap[] = [];
  for (const warning of warnings) {
    const code = OF_INPUT.find((each) => each === warning.code);
    if (code !== undefined) gaps.push({ code, responder: null, message: warning.message });
  }
  const { ikev1, ikev2, authip } = capture.messages;
  if (ikev1 === 0 && ikev2 + authip > 0) {
    gaps.push({ code: "no-ikev1", responder: null, message: "There is ISAKMP, but no message of IKEv1." });
  } else if (ikev1 > 0 && capture.quickModeMessages === 0) {
    gaps.push({ code: "no-quick-mode", responder: null, message: "There is IKEv1, but no quick mode." });
  }
  for (const box of boxes.slice(0, MAX_RESPONDERS)) gaps.push(...gapsOf(box, hosts));
  return { complete: gaps.length === 0, gaps };
}

function gapsOf(box: Box, hosts: HostTable): Gap[] {
  const responder = hosts.text(box.host);
  const gaps: Gap[] = [];
  const add = (code: Gap["code"], message: string) => gaps.push({ code, responder, message });
  if (!box.seenSending)
    add("one-sided", `Nothing that ${responder} sent was captured: a refusal cannot be seen.`);
  const begunBefore = box.parties.filter(({ session }) => session.begunBefore).length;
  if (begunBefore > 0) {
    add(
      "begins-late",
      `${begunBefore} of ${box.parties.length} IKE SAs at ${responder} began before the capture: IDs used before it are not seen.`,
    );
  }
  const blind = box.parties.filter(({ lifespan }) => lifespan.blind).length;
  if (blind > 0) {
    add(
      "ike-only",
      `No ESP of ${blind} of ${box.parties.length} IKE SAs at ${responder} can be seen: whether a client was still connected is judged by its IKE alone.`,
    );
  }
  return gaps;
}
