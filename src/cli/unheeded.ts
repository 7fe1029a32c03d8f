/** Options that a form of the report takes no notice of. An alias or a script may give them always, so they are told, not refused. */

import { listed } from "../report/advice/words.ts";
import type { CheckOptions } from "./flags/options.ts";

/**
 * The options that lines and reports for programs leave out, as a sentence; null where there are none.
 * @param hasView what happens is shown to people besides
 */
export function unheededOptions(
  { format, names, color, timeZone }: CheckOptions,
  hasView: boolean,
): string | null {
  if (format !== "json" && format !== "ndjson") return null;
  const unheeded: string[] = [];
  if (names !== null) unheeded.push("--names");
  if (color === "always" && !hasView) unheeded.push("--color");
  // Its times are in UTC, and "local" is what nobody need ask for.
  if (!/^(local|utc)$/i.test(timeZone) && !hasView) unheeded.push("--time-zone");
  if (unheeded.length === 0) return null;
  return `${listed(unheeded)} ${unheeded.length === 1 ? "has" : "have"} no effect on --format ${format}`;
}
