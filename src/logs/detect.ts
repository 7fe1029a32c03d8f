/** Tells logs of other programs by their first lines. */

import type { ByteWindow } from "../capture/byte-window.ts";
import { parseJson } from "../capture/json.ts";
import { CaptureError, type CaptureSource } from "../capture/source.ts";
import type { LogReader } from "./entry.ts";
import { EveReader } from "./eve.ts";
import { LogSource, MAX_LINE } from "./reader.ts";
import { isEveEvent, isIpsecObject } from "./schema.ts";
import { isIpsecHeader, ZeekReader } from "./zeek.ts";

const NEWLINE = 0x0a;
const HASH = 0x23;
/** Lines of a Zeek log's header, at most. */
const MAX_HEADER = 32;

/**
 * Opens a log, or gives null where the first lines are of none; `window` stands at their beginning and stays there.
 * @throws CaptureError for a Zeek log of another kind
 */
export async function openLog(
  window: ByteWindow,
  name: string,
  suffix: string,
  reorder: number,
): Promise<CaptureSource | null> {
  const open = (reader: LogReader) => new LogSource(window, reader, name, suffix, reorder);
  if (window.bytes[window.start] !== HASH) {
    const [first = ""] = await firstLines(window, 1);
    const value = parseJson(first);
    // Of a damaged first line the names tell what it was.
    if (value === null ? /"event_type"\s*:\s*"/.test(first) : isEveEvent(value)) return open(new EveReader());
    return isIpsecObject(value) ? open(new ZeekReader()) : null;
  }
  for (let count = 1; count <= MAX_HEADER; count += 1) {
    const lines = await firstLines(window, count);
    const known = isIpsecHeader(lines);
    if (known === true) return open(new ZeekReader());
    if (known === false || lines.length < count) break;
  }
  throw new CaptureError("not-a-capture", `${name} is not a capture, and not an ipsec.log of Zeek`);
}

/** The first lines at hand, `count` of them where there are so many. */
async function firstLines(window: ByteWindow, count: number): Promise<string[]> {
  const decoder = new TextDecoder();
  for (;;) {
    const bytes = window.bytes.subarray(window.start, window.end);
    const lines: string[] = [];
    let at = 0;
    while (lines.length < count) {
      const end = bytes.indexOf(NEWLINE, at);
      if (end < 0) break;
      lines.push(decoder.decode(bytes.subarray(at, end)).replace(/\r$/, ""));
      at = end + 1;
    }
    if (lines.length === count) return lines;
    if (window.ended || window.available > MAX_LINE) {
      return at < bytes.length ? [...lines, decoder.decode(bytes.subarray(at, at + MAX_LINE))] : lines;
    }
    await window.more();
  }
}
