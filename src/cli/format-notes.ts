/** What does not go well with the form of the report. An alias or a script may give it always, so it is told, not refused. */

import { listed } from "../report/advice/words.ts";
import type { CheckOptions, Format } from "./flags/options.ts";

/** @param hasView what happens is shown to people besides */
export function formatNotes(options: CheckOptions, hasView: boolean): string[] {
  const notes = [
    unheeded(options, hasView),
    misnamed(options),
    packed(options.output),
    packed(options.evidence),
  ];
  return notes.filter((note) => note !== null);
}

/** The options that lines and reports for programs leave out. */
function unheeded({ format, names, color, timeZone }: CheckOptions, hasView: boolean): string | null {
  if (hasView || (format !== "json" && format !== "ndjson")) return null;
  const options: string[] = [];
  if (names !== null) options.push("--names");
  if (color === "always") options.push("--color");
  // Its times are in UTC, and "local" is what nobody need ask for.
  if (!["local", "utc"].includes(timeZone.toLowerCase())) options.push("--time-zone");
  if (options.length === 0) return null;
  return `${listed(options)} ${options.length === 1 ? "has" : "have"} no effect on --format ${format}`;
}

/** Forms by what names end in; lines of JSON are JSON to many. */
const BY_NAME: readonly [readonly string[], readonly Format[]][] = [
  [[".html", ".htm"], ["html"]],
  [[".json"], ["json", "ndjson"]],
  [[".ndjson", ".jsonl"], ["ndjson"]],
  [[".md", ".markdown"], ["markdown"]],
];

const OF_PACKED = [".gz", ".zst", ".bz2", ".xz", ".lz4", ".zip"];

/** In letters of either case. For a pattern that takes both V8 makes tables of letters, at each start. */
function endsIn(path: string | null, endings: readonly string[]): boolean {
  const name = path?.toLowerCase();
  return name !== undefined && endings.some((ending) => name.endsWith(ending));
}

/** A file that is named as another form is: the form follows from --format alone. */
function misnamed({ output, format }: CheckOptions): string | null {
  const [, forms] = BY_NAME.find(([endings]) => endsIn(output, endings)) ?? [];
  if (forms === undefined || forms.includes(format)) return null;
  return `${output} is written as --format ${format}: what its name says takes --format ${forms[0]}`;
}

/** A file that is named as if it were packed. */
function packed(path: string | null): string | null {
  if (!endsIn(path, OF_PACKED)) return null;
  return `${path} is written as it is, and not packed as its name says`;
}
