/**
 * What the codes of a report mean: one place for the table's short explanations and for `explain` (glossary.ts).
 * No text here may say more than a capture can show; the captures never show the responder's software.
 */

import { CAVEAT_TERMS } from "./caveats.ts";
import { COVERAGE_TERMS } from "./coverage.ts";
import { INPUT_TERMS } from "./input.ts";
import { JUDGEMENT_TERMS } from "./judgement.ts";
import { PACKET_TERMS } from "./packets.ts";
import type { Term, TermKind } from "./term.ts";
import { WARNING_TERMS } from "./warnings.ts";
import { WITNESS_TERMS } from "./witnesses.ts";

/** The sentence that stands for the fault itself: what is known, and no more. */
export const KB_SENTENCE = "an ASA with the behaviour described in KB 942429 refuses this";

/**
 * What a finding means, where its own sentence does not say it: nothing of an ASA where the responder names another make,
 * or let the holder go instead of refusing.
 */
export function meaningOf({
  verdict,
  caveats,
  notes,
  summary,
}: {
  verdict: string;
  caveats: readonly string[];
  notes: readonly string[];
  summary: string;
}): string | null {
  const other = caveats.includes("responder-not-asa") || notes.includes("holder-dropped");
  return verdict === "tolerated" || other || summary.includes(KB_SENTENCE) ? null : KB_SENTENCE;
}

/** Every code of a report, kind by kind. */
export const CODE_TERMS: readonly Term[] = [
  ...JUDGEMENT_TERMS,
  ...CAVEAT_TERMS,
  ...WARNING_TERMS,
  ...WITNESS_TERMS,
  ...INPUT_TERMS,
  ...COVERAGE_TERMS,
  ...PACKET_TERMS,
];

const briefs = new Map(CODE_TERMS.map(({ kind, name, brief }) => [`${kind}/${name}`, brief]));

/** The short explanation of a term, or null for a name that is not known. */
export function briefOf(kind: TermKind, name: string): string | null {
  return briefs.get(`${kind}/${name}`) ?? null;
}
