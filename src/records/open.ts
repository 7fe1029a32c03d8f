/** Whether text is message records, and their reader. */

import type { ByteWindow } from "../capture/byte-window.ts";
import { parseJson } from "../capture/json.ts";
import { CaptureError, type CaptureSource } from "../capture/source.ts";
import { MAX_LINE, NEWLINE, unknownVersion } from "./line.ts";
import { RecordSource } from "./reader.ts";
import { recordSchema } from "./schema.ts";

/** Lines among which there has to be a message record: a stream may go on with a bad one. */
const TRIED = 100;

/**
 * Opens message records; `window` stands at their beginning.
 * @throws CaptureError when they begin with a header of another version, or are not message records
 */
export async function openRecords(
  window: ByteWindow,
  name: string,
  suffix: string,
  reorder: number,
): Promise<CaptureSource> {
  for (let at = window.start, lines = 0; lines < TRIED; lines += 1) {
    let end = window.bytes.indexOf(NEWLINE, at);
    while ((end < 0 || end >= window.end) && !window.ended && window.end - at <= MAX_LINE) {
      at -= window.start;
      await window.more();
      at += window.start;
      end = window.bytes.indexOf(NEWLINE, at);
    }
    if (end < 0 || end > window.end) end = window.end;
    const value = parseJson(new TextDecoder().decode(window.bytes.subarray(at, end)));
    const unknown = unknownVersion(value);
    if (unknown !== null) throw new CaptureError("unsupported", `${name} begins with ${unknown}`);
    if (recordSchema.safeParse(value).success) return new RecordSource(window, name, suffix, reorder);
    at = end + 1;
    if (at >= window.end && window.ended) break;
  }
  throw new CaptureError(
    "not-a-capture",
    `${name} is not a capture, and it does not begin with a message record`,
  );
}
