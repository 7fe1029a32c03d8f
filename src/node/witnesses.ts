/** Keys and events of files, read whole before the captures: what they say concerns every packet. */

import { createReadStream } from "node:fs";
import { CaptureError, type ReadFailure, unreadable } from "../capture/source.ts";
import type { Key } from "../keys/key-list.ts";
import type { Opener } from "../keys/opener.ts";
import type { LineTaker } from "../syslog/source.ts";
import { WitnessBook } from "../witnesses/book.ts";

/** Longest line of a file of keys; a daemon's log may hold longer ones, which are none. */
const MAX_LINE = 65_536;
const SHOWN_LINES = 8;

/** Files of keys and of events. */
export interface WitnessFiles {
  keys?: readonly string[];
  events?: readonly string[];
}

export interface OpenedWitnesses {
  book: WitnessBook;
  opener: Opener | null;
  failures: CaptureError[];
  notes: string[];
  /** For an input that is a gateway's log. */
  gatewayLog: (name: string) => LineTaker;
}

/** Reads keys and events, and waits for logs. */
export async function openWitnesses({ keys = [], events = [] }: WitnessFiles): Promise<OpenedWitnesses> {
  const book = new WitnessBook();
  const read = keys.length === 0 ? null : await readKeys(keys);
  const failures = [
    ...(read?.failures ?? []),
    ...(events.length === 0 ? [] : await readEvents(events, book)),
  ];
  return {
    book,
    opener: read?.opener ?? null,
    failures,
    notes: read?.notes ?? [],
    gatewayLog: (name) => book.open(name, Date.now() * 1_000),
  };
}

export interface KeysRead {
  opener: Opener;
  failures: CaptureError[];
  /** What the user must know, without a word of any key. */
  notes: string[];
}

/** Reads keys of all files; a message names a file and a line, never what stands there. */
export async function readKeys(paths: readonly string[]): Promise<KeysRead> {
  const { KeyList } = await import("../keys/key-list.ts");
  const { Opener } = await import("../keys/opener.ts");
  const { nodeCiphers } = await import("./ciphers.ts");
  const keys: Key[] = [];
  const failures: CaptureError[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const list = new KeyList(path);
    try {
      for await (const line of linesOf(path)) list.take(line);
    } catch (error) {
      failures.push(unreadable(path, error as ReadFailure));
      continue;
    }
    if (list.keys.length === 0) {
      failures.push(
        new CaptureError(
          "unsupported",
          `${path} holds no keys: a key is 16 to 64 hexadecimal digits on a line`,
        ),
      );
    } else if (list.unreadable.length > 0) {
      const lines = list.unreadable.slice(0, SHOWN_LINES).join(", ");
      notes.push(`${path}: ${list.unreadable.length} lines are no keys and were skipped: line ${lines}.`);
    }
    if (list.evicted > 0) notes.push(`${path}: ${list.evicted} keys are too many and were left out.`);
    keys.push(...list.keys);
  }
  return { opener: new Opener(keys, nodeCiphers), failures, notes };
}

async function* linesOf(path: string): AsyncIterable<string> {
  let held = "";
  for await (const piece of createReadStream(path, { encoding: "latin1" })) {
    const lines = (held + piece).split("\n");
    held = lines.pop()!.slice(0, MAX_LINE);
    yield* lines;
  }
  if (held !== "") yield held;
}

/** Reads events of all files into the book. */
export async function readEvents(paths: readonly string[], book: WitnessBook): Promise<CaptureError[]> {
  const failures: CaptureError[] = [];
  const { EventReader } = await import("../events/reader.ts");
  for (const path of paths) {
    const reader = new EventReader(path);
    try {
      for await (const piece of textOf(path)) for (const event of reader.take(piece)) book.note(event);
    } catch (error) {
      failures.push(unreadable(path, error as ReadFailure));
      continue;
    }
    if (reader.cutter.found === 0) {
      const how = "wevtutil qe Security /f:xml > events.xml";
      failures.push(new CaptureError("unsupported", `${path} holds no events; they are written by: ${how}`));
    }
  }
  return failures;
}

/** PowerShell writes UTF-16, which its first bytes say. */
async function* textOf(path: string): AsyncIterable<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  for await (const piece of createReadStream(path) as AsyncIterable<Uint8Array>) {
    decoder ??= new TextDecoder(piece[0] === 0xff && piece[1] === 0xfe ? "utf-16le" : "utf-8");
    yield decoder.decode(piece, { stream: true });
  }
}
