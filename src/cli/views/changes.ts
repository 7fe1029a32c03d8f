/** What changed of a finding since it was told last, a short line each. */

import { explained } from "../../printers/finding-block.ts";
import type { Attempt, Finding } from "../../report/model.ts";
import { counted } from "../../report/phrases.ts";

export function changesOf(before: Finding, after: Finding): string[] {
  const [was, is] = [decisive(before), decisive(after)];
  return [
    ...moved("verdict", before.verdict, after.verdict),
    ...moved("severity", before.severity, after.severity),
    ...moved("outcome", was.outcome, is.outcome, explained("outcome", is.outcome)),
    ...moved("overlap", was.overlap, is.overlap, explained("overlap", is.overlap)),
    ...moved("attempts", before.attempts.length, after.attempts.length),
    ...cameAndWent("note", before.notes, after.notes),
    ...cameAndWent("caveat", before.caveats, after.caveats),
  ];
}

/** What is said where nothing of that changed: the same again, with more behind it. */
export function restated({ verdict, severity, attempts }: Finding): string {
  return `${verdict}, severity ${severity}, ${counted(attempts.length, "attempt")}`;
}

/** The attempt that gives the finding its verdict. */
function decisive({ verdict, attempts }: Finding): Attempt {
  return attempts.find((attempt) => attempt.verdict === verdict) ?? attempts[0];
}

function moved<T extends string | number>(what: string, was: T, is: T, said = String(is)): string[] {
  return was === is ? [] : [`${what}: ${was} -> ${said}`];
}

function cameAndWent(kind: "note" | "caveat", was: readonly string[], is: readonly string[]): string[] {
  return [
    ...is.filter((each) => !was.includes(each)).map((each) => `new ${kind} ${explained(kind, each)}`),
    ...was.filter((each) => !is.includes(each)).map((each) => `${kind} gone: ${each}`),
  ];
}
