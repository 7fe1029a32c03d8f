/** Gaps of the coverage that are not warnings: what the judgement had to do without. */

import type { Term } from "./term.ts";

export const COVERAGE_TERMS: readonly Term[] = [
  {
    kind: "coverage",
    name: "no-ikev1",
    brief: "there is ISAKMP, but none of IKEv1",
    text: "Only IKEv2 or AuthIP was captured, and the fault is one of IKEv1. Clients that use L2TP/IPsec were not connecting, or their IKE runs on another port (--port).",
  },
  {
    kind: "coverage",
    name: "no-quick-mode",
    brief: "there is IKEv1, but no quick mode",
    text: "The fault is about the IDs of quick modes, and none was captured. Nobody came beyond phase 1 while the capture ran, or the capture misses port 4500.",
  },
  {
    kind: "coverage",
    name: "phase1-unseen",
    brief: "clients that were connected before the captures began",
    text: "The first message of their IKE SA is not in the captures, or there is nothing of them but ESP and keepalives. Message IDs that were used on them earlier are not seen, so a client may have been refused on an ID whose holder cannot be named. Capture from before the first client connects.",
  },
  {
    kind: "coverage",
    name: "esp-unseen",
    brief: "no ESP of the kind that a responder's clients use",
    text: "Whether a client was still connected shows in its ESP, and there is none of its kind in the captures. Overlaps then rest on IKE messages alone and are at most probable without them. Capture ESP as well.",
  },
  {
    kind: "coverage",
    name: "outcome-unknown",
    brief: "quick modes whose outcome the captures do not show",
    text: "Quick modes with the outcome unobserved, unproven or pending. Each of them may have been refused or accepted. See the three outcomes for what is missing.",
  },
  {
    kind: "coverage",
    name: "partition",
    brief: "responders of other partitions were not judged",
    text: "With --partition I/N this run judges a share of the responders, chosen by a hash of their addresses. Only the reports of all N runs together cover the captures.",
  },
];
