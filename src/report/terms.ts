/**
 * What the words of a report mean: one place for the table's short explanations and for `explain`.
 * No text here may say more than a capture can show; the captures never show the responder's software.
 */

import { CAVEAT_TERMS } from "./caveat-terms.ts";
import { COVERAGE_TERMS } from "./coverage-terms.ts";
import { JUDGEMENT_TERMS } from "./judgement-terms.ts";
import { PACKET_TERMS } from "./packet-terms.ts";
import { WARNING_TERMS } from "./warning-terms.ts";

export type TermKind =
  | "verdict"
  | "outcome"
  | "overlap"
  | "pattern"
  | "cause"
  | "severity"
  | "caveat"
  | "note"
  | "warning"
  | "coverage"
  | "packets skipped"
  | "malformed messages"
  | "end of a source";

export interface Term {
  kind: TermKind;
  /** The code as the report spells it. */
  name: string;
  /** One line, without a capital and a full stop: it follows the name. */
  brief: string;
  /** Two to five sentences. */
  text: string;
}

/** The sentence that stands for the fault itself: what is known, and no more. */
export const KB_SENTENCE = "an ASA with the behaviour described in KB 942429 refuses this";

/** Every term, kind by kind. */
export const TERMS: readonly Term[] = [
  ...JUDGEMENT_TERMS,
  ...CAVEAT_TERMS,
  ...WARNING_TERMS,
  ...COVERAGE_TERMS,
  ...PACKET_TERMS,
];

const briefs = new Map(TERMS.map(({ kind, name, brief }) => [`${kind}/${name}`, brief]));

/** The short explanation of a term, or null for a name that is not known. */
export function briefOf(kind: TermKind, name: string): string | null {
  return briefs.get(`${kind}/${name}`) ?? null;
}

/** All terms of a name: `one-sided`, for one, is a caveat and a warning. */
export function termsNamed(name: string): Term[] {
  const wanted = name.toLowerCase();
  return TERMS.filter((term) => term.name === wanted);
}
