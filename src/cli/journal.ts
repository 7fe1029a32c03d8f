/**
 * The journal of systemd as a reader: a line that begins with `<N>` has the priority N of syslog, and the rest is the
 * message (sd-daemon(3)). systemd says by JOURNAL_STREAM which file its journal reads (systemd.exec(5)).
 */

import { fstatSync } from "node:fs";
import type { Line } from "../report/lines.ts";
import type { Severity } from "../report/model.ts";

/** Priorities of syslog (RFC 5424, section 6.2.1). */
export const ERROR = 3;
export const WARNING = 4;
export const NOTICE = 5;
export const INFORMATIONAL = 6;
export const DEBUG = 7;

const OF_SEVERITY: Record<Severity, number> = {
  high: ERROR,
  medium: WARNING,
  low: NOTICE,
  info: INFORMATIONAL,
};

/** True where what is written to this file descriptor goes into the journal, and not to a file or a terminal. */
export function goesToJournal(
  descriptor: number,
  { JOURNAL_STREAM }: { readonly JOURNAL_STREAM?: string | undefined },
): boolean {
  if (JOURNAL_STREAM === undefined) return false;
  try {
    const { dev, ino } = fstatSync(descriptor);
    return JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** How urgent a line is. */
export function priorityOf(line: Line): number {
  switch (line.type) {
    case "finding":
      return OF_SEVERITY[line.finding.severity];
    case "finding-update":
      return line.withdrawn ? NOTICE : OF_SEVERITY[line.finding.severity];
    case "warning":
      return WARNING;
    case "report":
      return INFORMATIONAL;
    default:
      return DEBUG;
  }
}

/** What stands before a message of this priority in the journal's form. */
export function prefixOf(priority: number): string {
  return `<${priority}>`;
}
