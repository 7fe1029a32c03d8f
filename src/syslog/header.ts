/**
 * The head of a line of an ASA's log, in every form that devices and collectors give it:
 *
 *     <166>Jun 27 2018 12:17:46: %ASA-6-302013: ..      the device, with `logging timestamp`
 *     Jun 27 12:17:46 asa1 %ASA-6-302013: ..            a collector's time and the device's name
 *     <166>1 2018-06-27T12:17:46Z asa1 : %ASA-6-..      RFC 5424
 *     <166>:Jun 27 12:17:46 UTC: %ASA-session-6-..      EMBLEM
 *     Nov 08 07:10:05 [IKEv1]Group = ..                 the console, without a number
 *     Jun 27 12:17:46 asa1 :[%ASA-6-302013:] = ..       the form of RFC 5424 as rsyslog takes it apart: a word is lost
 *     <166>1 2018-06-27T12:17:46Z asa1 %ASA-6-302013 - - -  ..   and what it writes for RFC 5424 itself
 */

import { type Stamp, stampAt } from "./stamp.ts";

export interface LineHead {
  /** Number of the message, six digits; "" on the console. */
  id: string;
  /** 0 to 7; the console's lines state none and have 7. */
  level: number;
  /** The time nearest to the message: the device's own where it writes one. */
  stamp: Stamp | null;
  /** Name or address of the device, or of who passed the line on. */
  host: string | null;
  /** First character of the message. */
  text: number;
  /** A collector has dropped the first word of the message. */
  isCut: boolean;
}

/** Tag, class (EMBLEM), level, number. */
const TAG = /%(?:ASA|PIX|FTD)-(?:[a-zA-Z]*-)?([0-7])-(\d{6})(?::(\]?) ?| - - - {1,2})/y;
const CONSOLE = /\[IKEv1(?: DEBUG| DECODE)?\]:? ?/y;
/** Longest head of a line; what stands further on is text of the line, whoever wrote it. */
export const MAX_HEAD = 200;
/** The device's name, a collector's, its facility: more words are somebody's sentence. */
const MAX_WORDS = 3;
const PUNCTUATION = new Set([":", "-", "|", "--", "1", ":[", "["]);
const PRIORITY = /^<\d{1,3}>/;

/** Where the tag stands that makes this a line of an ASA; -1 where there is none near the beginning. */
export function tagIn(line: string): number {
  const percent = line.indexOf("%");
  if (percent >= 0 && percent <= MAX_HEAD) {
    TAG.lastIndex = percent;
    if (TAG.test(line)) return percent;
  }
  const bracket = line.indexOf("[IKEv1");
  return bracket >= 0 && bracket <= MAX_HEAD ? bracket : -1;
}

/** Number of the message whose tag stands at `tag`: "" on the console. */
export function idAt(line: string, tag: number): string {
  if (line.charCodeAt(tag) !== 0x25) return "";
  TAG.lastIndex = tag;
  return TAG.exec(line)?.[2] ?? "";
}

/** Reads the head; null where what stands before the tag is not a head, but a sentence that quotes one. */
export function readHead(line: string, tag: number): LineHead | null {
  const isConsole = line.charCodeAt(tag) === 0x5b;
  const pattern = isConsole ? CONSOLE : TAG;
  pattern.lastIndex = tag;
  const found = pattern.exec(line);
  if (found === null) return null;
  const before = readBefore(line.slice(0, tag));
  if (before === null) return null;
  return {
    id: found[2] ?? "",
    level: isConsole ? 7 : Number(found[1]),
    stamp: before.stamp,
    host: before.words.at(-1) ?? null,
    text: tag + found[0].length,
    isCut: !isConsole && found[3] === "]",
  };
}

/** Times and names, in any order; nothing else. */
function readBefore(text: string): { stamp: Stamp | null; words: string[] } | null {
  let at = PRIORITY.exec(text)?.[0].length ?? 0;
  let stamp: Stamp | null = null;
  const words: string[] = [];
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x20 || code === 0x09 || code === 0x3a) {
      at += 1;
      continue;
    }
    const found = stampAt(text, at);
    if (found !== null) {
      stamp = found;
      at = found.end;
      continue;
    }
    const end = wordEnd(text, at);
    const word = text.slice(at, end).replace(/:$/, "");
    if (!PUNCTUATION.has(word) && !PRIORITY.test(word)) {
      // A program with its process is somebody else's line.
      if (/\[\d+\]$/.test(word) || !/^[\w.:\-/|[\]]+$/.test(word)) return null;
      words.push(word);
    }
    if (words.length > MAX_WORDS) return null;
    at = end;
  }
  return { stamp, words };
}

function wordEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== 0x20 && text.charCodeAt(end) !== 0x09) end += 1;
  return end;
}
