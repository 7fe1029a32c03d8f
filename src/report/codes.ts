/** The words of a report: verdicts, outcomes, caveats, warnings. Loaded with model.ts alone. */

import * as z from "zod";

export const patternKindSchema = z
  .enum(["sequential", "random", "undetermined"])
  .describe("How a client chooses the message IDs of the quick modes that it starts");
export const verdictSchema = z.enum(["rejected", "predicted", "possible", "tolerated"]);
export const severitySchema = z.enum(["info", "low", "medium", "high"]);
export const outcomeSchema = z
  .enum([
    "completed",
    "answer-unusable",
    "answered",
    "unobserved",
    "unproven",
    "pending",
    "refused",
    "unanswered",
  ])
  .describe("What became of the quick mode, as far as the capture shows");
export const overlapSchema = z
  .enum(["certain", "probable", "unknown", "none"])
  .describe("How sure it is that the holder was connected at that time; none: no holder is visible");
export const causeSchema = z
  .enum(["sequential-ids", "chance", "mixed"])
  .describe("Both clients count their IDs; both draw them at random; anything else");
export const caveatSchema = z.enum([
  "same-nat",
  "holder-silent",
  "responder-not-asa",
  "responder-unknown",
  "other-cause",
  "no-control",
  "roles-inferred",
  "one-sided",
  "one-way",
  "snaplen",
  "later-id",
  "ike-only",
  "implied-claim",
  "holder-unseen",
  "clock-step",
]);
export const warningCodeSchema = z.enum([
  "no-ike",
  "interrupted",
  "unreadable",
  "unsupported-link-type",
  "unsupported-encapsulation",
  "responder-not-seen",
  "natt-not-captured",
  "capture-loss",
  "clock-offset",
  "no-times",
  "one-sided",
  "clock-step",
  "truncated",
  "corrupt",
  "refused-without-holder",
  "refused-by-own-session",
  "alias-candidate",
  "pattern-contradicts-vendor",
  "evicted",
  "untimed",
  "snaplen",
  "malformed-line",
  "sensor-clock",
  "eve-blind",
  "zeek-blind",
  "packets-dropped",
  "capture-interrupted",
  "findings-closed",
  "lines-dropped",
  "log-only",
  "log-not-joined",
  "keys-unused",
  "keys-skipped",
  "selector-clash",
]);

export const coverageCodeSchema = z.enum([
  ...warningCodeSchema.exclude(["alias-candidate", "pattern-contradicts-vendor"]).options,
  "no-ikev1",
  "no-quick-mode",
  "phase1-unseen",
  "esp-unseen",
  "outcome-unknown",
  "partition",
]);
