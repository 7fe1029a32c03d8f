import { SEVERITIES, type Severity, VERDICTS, type Verdict } from "../judgement/vocabulary.ts";

interface Weighed {
  verdict: Verdict;
  severity: Severity;
}

/** The order of findings, for `sort`: the worst verdict first, then the gravest. */
export function worstFirst(a: Weighed, b: Weighed): number {
  return (
    VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity)
  );
}
