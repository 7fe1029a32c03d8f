/**
 * Reads files of keys and of events, whole and before the captures: what they say concerns every packet. Whoever runs
 * the program opens the files, and hands in the ciphers.
 */

import { CaptureError, label, type ReadFailure, unreadable } from "../capture/source.ts";
import { utf16Encoding } from "../capture/utf16.ts";
import { EventReader } from "../events/reader.ts";
import type { Ciphers } from "../keys/ciphers.ts";
import { type Key, KeyList } from "../keys/key-list.ts";
import { Opener } from "../keys/opener.ts";
import { counted } from "../report/phrases.ts";
import type { LineTaker } from "../syslog/source.ts";
import { WitnessBook } from "./book.ts";
import type { WitnessNote } from "./testified.ts";

/** Longest line of a file of keys; a daemon's log may hold longer ones, which are none. */
const MAX_LINE = 65_536;
const SHOWN_LINES = 8;

/** A file as its name and its bytes; reading it may fail. */
export interface WitnessFile {
  name: string;
  chunks: AsyncIterable<Uint8Array>;
}

export interface WitnessFiles {
  keys: readonly WitnessFile[];
  events: readonly WitnessFile[];
  /** Needed where there are keys. */
  ciphers: Ciphers | null;
  /** Microseconds since the epoch: lines of a log without a year are not later. */
  today: () => number;
}

export interface OpenedWitnesses {
  book: WitnessBook;
  opener: Opener | null;
  failures: CaptureError[];
  /** What the user must know, without a word of any key. */
  notes: WitnessNote[];
  /** For an input that is a gateway's log. */
  gatewayLog: (name: string) => LineTaker;
}

/**
 * Reads keys and events, and waits for logs.
 * @throws RangeError for keys without ciphers
 */
export async function openWitnesses({
  keys,
  events,
  ciphers,
  today,
}: WitnessFiles): Promise<OpenedWitnesses> {
  const book = new WitnessBook();
  const failures: CaptureError[] = [];
  const notes: WitnessNote[] = [];
  let opener: Opener | null = null;
  if (keys.length > 0) {
    if (ciphers === null) throw new RangeError("keys were given, but no ciphers to open messages with");
    const read: Key[] = [];
    for (const file of keys) for (const key of await readKeys(file, failures, notes)) read.push(key);
    opener = new Opener(read, ciphers);
  }
  for (const file of events) await readEvents(file, book, failures, notes);
  return { book, opener, failures, notes, gatewayLog: (name) => book.open(name, today()) };
}

/** A message names a file and a line, never what stands there. */
async function readKeys(
  { name, chunks }: WitnessFile,
  failures: CaptureError[],
  notes: WitnessNote[],
): Promise<readonly Key[]> {
  const list = new KeyList(name);
  const say = (message: string) => notes.push({ code: "keys-skipped", message });
  try {
    for await (const line of linesOf(chunks)) list.take(line);
  } catch (error) {
    failures.push(error instanceof CaptureError ? error : unreadable(name, error as ReadFailure));
    return [];
  }
  if (list.keys.length === 0) {
    const message = `${label(name)} holds no keys: a key is 16 to 64 hexadecimal digits on a line`;
    failures.push(new CaptureError("unsupported", message));
  } else if (list.unreadable.length > 0) {
    const lines = list.unreadable.slice(0, SHOWN_LINES).join(", ");
    say(`${name}: skipped ${counted(list.unreadable.length, "line")} without a key: line ${lines}.`);
  }
  if (list.evicted > 0) say(`${name}: ${list.evicted} keys are too many and were left out.`);
  return list.keys;
}

/** Each byte a character: keys are digits, and what else stands in a log is not looked at. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let held = "";
  for await (const piece of textOf(chunks, "latin1")) {
    const lines = (held + piece).split("\n");
    held = lines.pop()!.slice(0, MAX_LINE);
    yield* lines;
  }
  if (held !== "") yield held;
}

async function readEvents(
  { name, chunks }: WitnessFile,
  book: WitnessBook,
  failures: CaptureError[],
  notes: WitnessNote[],
): Promise<void> {
  const reader = new EventReader(name);
  try {
    for await (const piece of textOf(chunks)) for (const event of reader.take(piece)) book.note(event);
  } catch (error) {
    failures.push(error instanceof CaptureError ? error : unreadable(name, error as ReadFailure));
    return;
  }
  const { cutter } = reader;
  cutter.end();
  if (cutter.found > 0) {
    const message = `${name}: ${counted(cutter.skipped, "event")} skipped: cut off, too long or without a number.`;
    if (cutter.skipped > 0) notes.push({ code: "malformed-line", message });
    return;
  }
  const how = "wevtutil qe Security /f:xml > events.xml";
  failures.push(
    new CaptureError("unsupported", `${label(name)} holds no events; they are written by: ${how}`),
  );
}

/** PowerShell writes UTF-16 or a byte-order mark before UTF-8, which the first bytes say. */
async function* textOf(chunks: AsyncIterable<Uint8Array>, other = "utf-8"): AsyncIterable<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(utf16Encoding(chunk) ?? (hasMark(chunk) ? "utf-8" : other));
    yield decoder.decode(chunk, { stream: true });
  }
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Bytes of a file that tell what it is; of a daemon's log the first key may stand further on. */
export const WITNESS_HEAD = 65_536;

/** What a file is that may be a capture as well: by its first bytes, `WITNESS_HEAD` of them or all there are. */
export function witnessKind(head: Uint8Array): "keys" | "events" | null {
  const text = new TextDecoder(utf16Encoding(head) ?? "latin1").decode(head.subarray(0, WITNESS_HEAD));
  if (/^\uFEFF?(?:\u00EF\u00BB\u00BF)?\s*(?:<\?xml[^>]{0,100}\?>)?\s*<Events?[\s>]/.test(text))
    return "events";
  const list = new KeyList();
  for (const line of text.split("\n")) list.take(line);
  return list.keys.length > list.unreadable.length ? "keys" : null;
}
