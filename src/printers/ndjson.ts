/** Lines of JSON: one object a line, nothing else, so that a reader may stop or begin at any of them. */

import type { Line } from "../report/lines.ts";
import type { Report } from "../report/model.ts";
import { escaped, findingsOf, isList, partOf } from "./json.ts";

/** One line, with its line feed. */
export function toLine(line: Line): string {
  return `${escaped(JSON.stringify(line))}\n`;
}

/** The last line, in pieces: a report can list tens of thousands of clients. */
export function* reportLine(report: Report): Generator<string, void, undefined> {
  yield '{"type":"report","schemaVersion":"1","report":{';
  let separator = "";
  for (const key of Object.keys(report) as (keyof Report)[]) {
    yield `${separator}${JSON.stringify(key)}:`;
    separator = ",";
    const value = partOf(report, key);
    if (isList(value)) yield* rows(value);
    else yield escaped(JSON.stringify(value));
  }
  yield "}}\n";
}

function* rows(list: Iterable<unknown>): Generator<string, void, undefined> {
  let separator = "[";
  for (const row of list) {
    yield separator + escaped(JSON.stringify(row));
    separator = ",";
  }
  yield separator === "[" ? "[]" : "]";
}

/** A finished capture: its findings, then the report. */
export function* reportToNdjson(report: Report): Generator<string, void, undefined> {
  const at = lastPacketAt(report);
  for (const finding of findingsOf(report))
    yield toLine({ type: "finding", schemaVersion: "1", at, finding });
  yield* reportLine(report);
}

function lastPacketAt({ capture }: Report): string | null {
  const times = capture.sources.map((source) => source.lastPacketAt).filter((time) => time !== null);
  return times.length === 0 ? null : times.reduce((last, time) => (time > last ? time : last));
}
