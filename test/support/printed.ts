/** Parts of a printed table, as a test compares them. */

import { reportToTable, type TableOptions } from "../../src/printers/table.ts";
import { UTC } from "../../src/report/clock.ts";
import type { Report } from "../../src/report/model.ts";

export const PLAIN: TableOptions = {
  color: false,
  width: 120,
  rows: null,
  all: false,
  verbose: false,
  clock: UTC,
};

/** The lines under a heading, single-spaced, wrapped ones joined. */
export function section(value: Report, heading: string, options: Partial<TableOptions> = {}): string[] {
  const lines = reportToTable(value, { ...PLAIN, ...options }).split("\n");
  const start = lines.indexOf(heading);
  if (start < 0) return [];
  const end = lines.indexOf("", start);
  return lines
    .slice(start + 1, end < 0 ? undefined : end)
    .map((line) => line.trim().replace(/ {2,}/g, " | "));
}

/** Fields of the first finding's block. */
export function fields(value: Report, options: Partial<TableOptions> = {}): string[] {
  const text = reportToTable(value, { ...PLAIN, ...options }).replace(/\n {16}(?=\S)/g, " ");
  return text.split("\n").flatMap((line) => {
    const found = /^ {3}([\w-]*) +(\S.*)$/.exec(line);
    return found === null ? [] : [`${found[1]}: ${found[2]}`];
  });
}
export const field = (value: Report, label: string, options: Partial<TableOptions> = {}) =>
  fields(value, options)
    .filter((line) => line.startsWith(`${label}: `))
    .map((line) => line.slice(label.length + 2));
