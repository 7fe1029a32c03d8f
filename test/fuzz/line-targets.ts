/** Fuzz targets of what comes as lines: message records and logs, an ASA's log, Windows events, keys. */

import { CaptureError } from "../../src/capture/source.ts";
import { EventReader } from "../../src/events/reader.ts";
import { openSource } from "../../src/feed/formats.ts";
import { KeyList } from "../../src/keys/key-list.ts";
import { Opener } from "../../src/keys/opener.ts";
import { nodeCiphers } from "../../src/node/ciphers.ts";
import { LogReader } from "../../src/syslog/reader.ts";
import { parseAddress } from "../../src/wire/address.ts";
import { Message } from "../../src/wire/datagram.ts";
import { classifyHeader, HeaderClass } from "../../src/wire/isakmp.ts";
import { must, same } from "./oracle.ts";
import { PieceSource, pieceOf, reusedMemory } from "./pieces.ts";

const text = new TextDecoder("latin1");
/** 2026-11-28 00:00 UTC: lines without a year are of the time before. */
const NOW = Date.UTC(2026, 10, 28) * 1_000;
const MAX_MESSAGE_ID = 0xffffffff;

/** Message records and logs read the same in chunks as whole, and every row is whole. */
export async function fuzzLines(input: Uint8Array): Promise<void> {
  const whole = await rowsOf(input, input.length + 1);
  const size = pieceOf(input, 0);
  // Lines that come later than the window allows are taken as they come, which the user is told.
  if (JSON.stringify(whole.notes).includes("sensor-clock")) return;
  same(await rowsOf(input, size), whole, `chunks of ${size} bytes read like the whole`);
}

interface Rows {
  failed: string | null;
  packets: number;
  end: string;
  notes: unknown;
  rows: unknown[];
}

async function rowsOf(input: Uint8Array, size: number): Promise<Rows> {
  const result: Rows = { failed: null, packets: 0, end: "", notes: null, rows: [] };
  try {
    const source = await openSource(new PieceSource(input, size), "x", { chunk: 64, memory: reusedMemory });
    for (let batch = await source.next(); batch !== null; batch = await source.next()) {
      if (batch.provenance === "packet") continue;
      for (let i = 0; i < batch.count; i += 1) {
        const row = batch.rows[i];
        must(Number.isSafeInteger(batch.micros[i]) && batch.nanos[i] < 1000, "a row has a time");
        if (row === null) continue;
        must(row.bytes.length >= 2 * (row.ipVersion === 4 ? 4 : 16), "a row has its addresses");
        must(row.sourcePort <= 0xffff && row.destinationPort <= 0xffff, "a row has ports");
        result.rows.push({ at: batch.micros[i], ...row, bytes: [...row.bytes] });
      }
    }
    const { packets, end, notes, problem } = source.summary;
    must((end === "clean") === (problem === null), "a bad end has a reason");
    Object.assign(result, { packets, end, notes });
    await source.close();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    result.failed = error.message;
  }
  return result;
}

/** What a gateway's log says names real addresses, IDs and times, and every line is in the counts. */
export function fuzzGatewayLog(input: Uint8Array): void {
  const reader = new LogReader("x", NOW);
  const lines = text.decode(input).split("\n");
  for (const line of lines) {
    const event = reader.take(line);
    if (event === null) continue;
    must(event.peer === null || parseAddress(event.peer) !== null, "a peer is an address");
    must(event.local === null || parseAddress(event.local) !== null, "a local end is an address");
    must(
      event.messageIds.every((id) => Number.isInteger(id) && id >= 0 && id <= MAX_MESSAGE_ID),
      "message IDs have 32 bits",
    );
    must(Number.isNaN(event.at) || Number.isSafeInteger(event.at), "a time is a whole number");
    must(event.level >= 0 && event.level <= 7, "a level is one of eight");
    must(event.text.length <= line.length, "an event shows no more than its line");
  }
  const { counts } = reader;
  must(counts.lines === lines.length, "every line is counted");
  must(counts.used + counts.ambiguous <= counts.ofGateway, "what is used is of the gateway");
}

/** Events in pieces are those of the whole. */
export function fuzzEvents(input: Uint8Array): void {
  const xml = text.decode(input);
  const whole = eventsOf(xml, xml.length + 1);
  const size = 1 + ((input[0] ?? 0) % 97);
  same(eventsOf(xml, size), whole, `pieces of ${size} characters read like the whole`);
}

function eventsOf(xml: string, size: number): unknown {
  const reader = new EventReader("x");
  const events: unknown[] = [];
  for (let at = 0; at < xml.length; at += size) {
    for (const event of reader.take(xml.slice(at, at + size))) {
      must(Number.isNaN(event.at) || Number.isSafeInteger(event.at), "a time is a whole number");
      must(event.messageId >= 0 && event.messageId <= MAX_MESSAGE_ID, "a message ID has 32 bits");
      must(/^(?:[0-9a-f]{16})?$/.test(event.initiatorCookie), "a cookie has 16 digits");
      events.push({ ...event, at: String(event.at) });
    }
  }
  const { found, skipped } = reader.cutter;
  must(skipped <= found + xml.length, "what is skipped was there");
  return { events, found, skipped };
}

const KEY_BYTES = [8, 16, 24, 32];

/** Keys have the length of one, and are no more than the lines. */
export function fuzzKeys(input: Uint8Array): void {
  const list = new KeyList("x");
  const lines = text.decode(input).split("\n");
  for (const line of lines) list.take(line);
  must(list.keys.length <= lines.length, "a line has one key");
  for (const { bytes, cookie, line } of list.keys) {
    must(KEY_BYTES.includes(bytes.length), "a key has a length that ciphers know");
    must(cookie === null || /^[0-9a-f]{16}$/.test(cookie), "a cookie has 16 digits");
    must(line >= 1 && line <= lines.length, "a key stands in a line");
  }
}

/** A key of each length, and whatever messages: each begins with two bytes, of which the second says how long it is. */
export function fuzzOpener(input: Uint8Array): void {
  const list = new KeyList("x");
  for (const bytes of KEY_BYTES) list.take("0123456789abcdef".repeat(bytes / 8));
  const opener = new Opener(list.keys, nodeCiphers);
  const message = new Message();
  for (let at = 0; at + 2 <= input.length; ) {
    const [side, length] = [input[at] & 1, Math.min(28 + 2 * input[at + 1], input.length - at - 2)];
    const from = at + 2;
    at = from + length;
    if (classifyHeader(input, from, length, length) !== HeaderClass.ikev1) continue;
    message.read(input, from, length, length);
    const clear = opener.open(message, side === 0 ? 0 : 1);
    if (clear !== null) must(clear.length <= length, "no more comes out than went in");
  }
  must(opener.opened.keysUsed <= list.keys.length, "keys that opened something are keys");
}
