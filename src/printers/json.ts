/**
 * Report -> JSON text, in pieces: a report can list tens of thousands of clients, so it is never one string.
 * The pieces together are `JSON.stringify(report, null, 2)` and a newline, apart from what `escaped` changes.
 */

import { JudgedClients } from "../report/judged-clients.ts";
import { JudgedFindings } from "../report/judged-findings.ts";
import { unmadeClients, unmadeFindings } from "../report/later-lists.ts";
import type { Report } from "../report/model.ts";

/** JSON text without characters that a terminal or an old parser of JavaScript would obey. */
export function escaped(json: string): string {
  // Of ASCII a start need not wait until V8 has made the set of all format characters.
  if (isAscii(json) || /^[\n -~]*$/.test(json)) return json;
  // JSON.stringify leaves these as they are. A terminal obeys DEL, C1 controls and format characters (bidirectional
  // overrides), and JavaScript before ES2019 ends a line at U+2028 and U+2029. In JSON text they can only stand
  // inside a string, where \u is allowed.
  const unsafe = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu;
  return json.replace(unsafe, (found) => found.split("").map(codeUnit).join(""));
}

const encoder = new TextEncoder();
/** For a finding with what it lists, as a rule. */
const room = new Uint8Array(16_384);

/**
 * A byte for each character, and none is DEL; false where there is not room for that. Findings may be hundreds of
 * megabytes: to encode them takes a tenth of the time that a search by a regular expression takes.
 */
function isAscii(json: string): boolean {
  if (json.length > room.length) return false;
  const { read, written } = encoder.encodeInto(json, room);
  return read === json.length && written === json.length && !json.includes("\u007f");
}

function codeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A value as it stands `depth` levels deep: what is left of so many arrays around it without their brackets. */
export function indented(value: unknown, depth: number): string {
  let around = value;
  let brackets = 0;
  for (let i = 1; i <= depth; i += 1) {
    around = [around];
    brackets += 2 * i + 2;
  }
  const text = JSON.stringify(around, null, 2);
  // Each has as many characters before the value as behind it, but for the last one's indentation.
  return escaped(text.slice(brackets, text.length - brackets + 2 * depth));
}

/** The report as JSON, one piece per row of its lists. */
export function* reportToJson(report: Report): Generator<string, void, undefined> {
  for (const piece of piecesOf(report)) {
    if (typeof piece === "string") yield piece;
    else yield* rows(piece);
  }
}

/** The same, but clients and findings that are not made yet stand there themselves. */
export function* piecesOf(
  report: Report,
): Generator<string | JudgedClients | JudgedFindings, void, undefined> {
  let separator = "{\n";
  for (const key of Object.keys(report) as (keyof Report)[]) {
    yield `${separator}  ${JSON.stringify(key)}: `;
    separator = ",\n";
    const value = partOf(report, key);
    if (isUnmade(value)) yield value;
    else if (isList(value)) yield* rows(value);
    else yield indented(value, 1);
  }
  yield "\n}\n";
}

function isUnmade(value: unknown): value is JudgedClients | JudgedFindings {
  return value instanceof JudgedClients || value instanceof JudgedFindings;
}

export function isList(value: unknown): value is Iterable<unknown> {
  return Array.isArray(value) || isUnmade(value);
}

/** What a report has by a key; clients and findings that are not made yet, to be gone through. */
export function partOf(report: Report, key: keyof Report): unknown {
  if (key === "clients") return unmadeClients(report) ?? report.clients;
  return key === "findings" ? findingsOf(report) : report[key];
}

/** Those that are not made yet are made one after another. */
export function findingsOf(report: Report): JudgedFindings | Report["findings"] {
  return unmadeFindings(report) ?? report.findings;
}

/** A list of a report, a piece each row. */
export function* rows(list: Iterable<unknown>): Generator<string, void, undefined> {
  let separator = FIRST_ROW;
  for (const row of list) {
    yield separator + indented(row, 2);
    separator = NEXT_ROW;
  }
  yield separator === FIRST_ROW ? "[]" : LAST_ROW;
}

/** What stands before the rows of a list, and behind them. */
export const FIRST_ROW = "[\n    ";
export const NEXT_ROW = ",\n    ";
export const LAST_ROW = "\n  ]";
