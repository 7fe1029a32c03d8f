/** A report with its summary and its next steps, which follow from the rest of it. */

import { UTC } from "../clock.ts";
import { makeListsLater, type Unmade } from "../later-lists.ts";
import type { Report } from "../model.ts";
import { factsOf } from "./facts.ts";
import { nextSteps } from "./next-steps.ts";
import { summaryText } from "./summary.ts";

/** A report whose answer is not in words yet. */
export type Unadvised = Omit<Report, "nextSteps" | "summary"> & {
  summary: Omit<Report["summary"], "text"> & { text?: string };
  nextSteps?: Report["nextSteps"];
};

/**
 * The report with `summary.text` and `nextSteps`, made anew from all else in it; times in UTC.
 * @param lists stand in it instead of its own, and are made when these are first asked for
 */
export function advised(report: Unadvised, lists: Unmade | null = null): Report {
  const { schemaVersion, tool, summary, nextSteps: _, ...rest } = report;
  const { text: _text, ...counts } = summary;
  const whole: Report = { schemaVersion, tool, summary: { text: "", ...counts }, nextSteps: [], ...rest };
  if (lists !== null) makeListsLater(whole, lists);
  const facts = factsOf(whole);
  whole.summary.text = summaryText(whole, UTC, facts);
  whole.nextSteps = nextSteps(whole, UTC, facts);
  return whole;
}
