/** A report with its summary and its next steps, which follow from the rest of it. */

import { UTC } from "../clock.ts";
import type { Report } from "../model.ts";
import { nextSteps } from "./next-steps.ts";
import { summaryText } from "./summary.ts";

/** A report whose answer is not in words yet. */
export type Unadvised = Omit<Report, "nextSteps" | "summary"> & {
  summary: Omit<Report["summary"], "text"> & { text?: string };
  nextSteps?: Report["nextSteps"];
};

/** The report with `summary.text` and `nextSteps`, made anew from all else in it; times in UTC. */
export function advised(report: Unadvised): Report {
  const { schemaVersion, tool, summary, nextSteps: _, ...rest } = report;
  const whole = { schemaVersion, tool, ...rest, nextSteps: [], summary: { ...summary, text: "" } };
  return {
    schemaVersion,
    tool,
    summary: { text: summaryText(whole, UTC), ...summaryCounts(summary) },
    nextSteps: nextSteps(whole, UTC),
    ...rest,
  };
}

function summaryCounts({ text: _, ...counts }: Unadvised["summary"]): Omit<Report["summary"], "text"> {
  return counts;
}
