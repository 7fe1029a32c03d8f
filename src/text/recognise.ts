/** Text that shows packets without their bytes: what it is, and how to get the bytes. */

import { joined } from "../capture/bytes.ts";
import type { ByteOrder } from "../capture/utf16.ts";

const ASA =
  "copy /pcap capture:NAME ftp://.. gives the capture itself, and `show capture NAME dump` a text that is read";

export interface KnownText {
  pattern: RegExp;
  what: string;
  instead: string;
  /** Was never a capture. */
  isLog?: boolean;
}

/** By a pattern of one of the first lines. */
const TEXTS: readonly KnownText[] = [
  {
    pattern: /^[ \t]*\d+ packets? (?:captured|seen)|^[ \t]*\d+: \d\d:\d\d:\d\d\.\d{6} +\S+/m,
    what: "the text of an ASA's capture without the packets (copy capture: without /pcap, or show capture without dump)",
    instead: ASA,
  },
  {
    pattern: /^(?:interfaces=\[|filters=\[)|^\d+\.\d{6} .* -> .*(?:udp|isakmp)/m,
    what: "a FortiGate's sniffer output without the packets",
    instead: "diagnose sniffer packet any 'udp port 500 or udp port 4500' 6 0 a gives a text that is read",
  },
  {
    // A comment ends at its first "-->" alone: could it end at any, a file of comments would be tried for ever.
    pattern:
      /^\s*(?:<\?xml[^>]*>\s*)?(?:<\?xml-stylesheet[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:pdml|psml)\b/s,
    what: "Wireshark's export to XML",
    instead: "File > Save As gives the capture itself",
  },
  {
    pattern: /^\s*\[?\s*\{\s*"(?:_index|timestamp|index)"/,
    what: "Wireshark's export to JSON",
    instead: "File > Save As gives the capture itself",
  },
  {
    pattern: /^"?No\.?"?[\t, ]+"?Time"?/m,
    what: "Wireshark's packet list as text",
    instead: 'File > Save As gives the capture itself, and an export with "Bytes" ticked a text that is read',
  },
  {
    pattern: /^Frame \d+: \d+ bytes on wire/m,
    what: "Wireshark's packet details without their bytes",
    instead: "tshark -V -x gives a text that is read, and tshark -w the capture itself",
  },
  {
    pattern: /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{6} (?:IP6? |ARP|[0-9a-f]{2}:|\S+ +(?:In|Out|P|B|M) )/m,
    what: "the text of tcpdump without the packets",
    instead: "tcpdump -w FILE gives the capture itself, and tcpdump -x a text that is read",
  },
  {
    // The first bytes of a pcap, in either order, of a pcapng.
    pattern: /^\s*(?:d4 ?c3 ?b2 ?a1|a1 ?b2 ?c3 ?d4|4d ?3c ?b2 ?a1|a1 ?b2 ?3c ?4d|0a ?0d ?0d ?0a)/i,
    what: "a hex dump of a capture without offsets",
    instead: "xxd -r -p FILE | ike-dupcheck -",
  },
  {
    pattern: /^\+-+\+-+\+/m,
    what: "a K12 text file",
    instead: "tshark -r FILE -P -t e -x | ike-dupcheck - (of this one, tshark makes no pcapng)",
  },
  {
    pattern: /ike(?:v1)?[: ].*(?:phase|main mode|quick mode)|%ASA-\d-\d{6}|\bISAKMP[-:( ]/im,
    what: "a log about IKE without the packets",
    instead: "a capture of UDP 500 and 4500 shows what a log does not",
    isLog: true,
  },
];

/** One sentence's end about text without packets: what it is and what to do; null where nothing is known of it. */
export function knownText(beginning: string): KnownText | null {
  return TEXTS.find(({ pattern }) => pattern.test(beginning)) ?? null;
}

/** Bytes that are looked at to tell text from other data. */
const LOOKED_AT = 512;

/** What a text of people may have beside ASCII: names, arrows, lines around tables. */
const MAX_OTHERS = 0.3;

/** Whether bytes are text: mostly ASCII, and no control characters but those of lines and terminals. */
export function isText(bytes: Uint8Array, start: number, available: number): boolean {
  const length = Math.min(available, LOOKED_AT);
  let others = 0;
  for (let at = start; at < start + length; at += 1) {
    const byte = bytes[at];
    if (byte >= 0x80) others += 1;
    else if ((byte < 0x20 && !TEXT_CONTROLS.has(byte)) || byte === 0x7f) return false;
  }
  return length > 0 && others <= MAX_OTHERS * length;
}

/** Backspace, tab, line feed, form feed, return, escape. */
const TEXT_CONTROLS = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

const QUESTION_MARK = 0x3f;

/** UTF-16 as ASCII, which dumps and logs are: everything else becomes a question mark. */
export async function* asciiOf(
  chunks: AsyncIterable<Uint8Array>,
  order: ByteOrder,
): AsyncGenerator<Uint8Array> {
  const [low, high] = order === "little" ? [0, 1] : [1, 0];
  let odd: number | null = null;
  // The byte-order mark is not a part of the text.
  let marks = 1;
  for await (const chunk of chunks) {
    const bytes: Uint8Array = odd === null ? chunk : joined([Uint8Array.of(odd), chunk]);
    const pairs = bytes.length >> 1;
    const text = new Uint8Array(pairs);
    for (let i = 0; i < pairs; i += 1) {
      text[i] = bytes[2 * i + high] === 0 && bytes[2 * i + low] < 0x80 ? bytes[2 * i + low] : QUESTION_MARK;
    }
    odd = bytes.length % 2 === 1 ? bytes[bytes.length - 1] : null;
    if (pairs > 0) yield text.subarray(marks);
    if (pairs > 0) marks = 0;
  }
}
