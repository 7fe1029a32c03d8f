/**
 * Text that Markdown (CommonMark 0.31, GitHub's tables) shows as it is. Whatever comes from input is neutralised
 * for a terminal first, since a ticket may be read in one.
 */

import { counted } from "../report/phrases.ts";
import { printable } from "./text.ts";

/** What can begin or end a construct inside a line; a backslash before it takes that away (CommonMark 2.4). */
const SPECIAL = /[\\`*_[\]<>|~&#!]/g;

/** A sentence. */
export function escaped(text: string): string {
  return printable(text)
    .replace(SPECIAL, "\\$&")
    .replace(/\b(www|https?|ftp)(?=[.:])/gi, "$1\\");
}

/** A name from the user or the input: in a code span nothing is a link, a mention or markup. */
export function code(text: string): string {
  const shown = printable(text);
  const runs = [...shown.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const pad = /^`|`$|^ .* $/.test(shown) || shown.trim() === "" ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** The same in a cell of a table, which ends at a bar even inside a code span. */
export function codeCell(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** A table; the cells are Markdown already. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** The line that stands for rows beyond the limit. */
export function rest(count: number, limit: number): string[] {
  return count > limit ? ["", `${counted(count - limit, "more row")}: see the JSON report.`] : [];
}
