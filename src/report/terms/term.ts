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
  | "end of a source"
  | "label"
  | "word";

export interface Term {
  kind: TermKind;
  /** The code as the report spells it. */
  name: string;
  /** Other spellings that it is asked for by: those of the table, plurals, what people say. Lower case. */
  also?: readonly string[];
  /** One line, without a capital and a full stop: it follows the name. */
  brief: string;
  /** Two to five sentences. */
  text: string;
}
