/**
 * SHA-1 and SHA-256 of short messages, of which a report may take hundreds: names of findings, Community IDs. V8 has not
 * compiled the functions of JavaScript before most of those are done, so that the core takes a tenth of their time.
 */

import { sha1 as plainSha1, sha256 as plainSha256 } from "../collections/hashes.ts";
import { HASH, HASHED, HASHES_END, MOST_HASHED } from "../core/report-layout.ts";
import { type ReportCore, reportCore } from "./report-core.ts";

/** To make the core ready takes as long as so many hashes in JavaScript. */
const FEW = 16;

const encoder = new TextEncoder();

/** The core, and where in its memory messages and hashes lie: to make views of these takes longer than to hash. */
interface Ready {
  core: ReportCore;
  message: Uint8Array;
  hash: Uint8Array;
}

let hashed = 0;
/** Not looked for yet; there is none. */
let ready: Ready | null | undefined;

export function sha1(bytes: Uint8Array): Uint8Array {
  const core = readyFor(bytes);
  if (core === null) return plainSha1(bytes);
  core.sha1(bytes.length);
  return core.bytes.slice(HASH, HASH + 20);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const core = readyFor(bytes);
  if (core === null) return plainSha256(bytes);
  core.sha256(bytes.length);
  return core.bytes.slice(HASH, HASH + 32);
}

/** The same of a text. @returns bytes that are to be used before anything else is hashed */
export function sha256Of(text: string): Uint8Array {
  const found = readyCore(text.length);
  if (found === null) return plainSha256(encoder.encode(text));
  const { read, written } = encoder.encodeInto(text, found.message);
  // Of other letters there may not be room for all.
  if (read < text.length) return plainSha256(encoder.encode(text));
  found.core.sha256(written);
  return found.hash;
}

/** The core, with the message where it looks for it; null where JavaScript has to hash it. */
function readyFor(message: Uint8Array): ReportCore | null {
  const found = readyCore(message.length);
  if (found === null) return null;
  found.message.set(message);
  return found.core;
}

/** Null for the first few, for what is longer than it takes, and where there is none. */
function readyCore(length: number): Ready | null {
  if (length > MOST_HASHED) return null;
  hashed += 1;
  if (hashed <= FEW) return null;
  if (ready === undefined) ready = made();
  return ready;
}

function made(): Ready | null {
  const core = reportCore(HASHES_END);
  if (core === null) return null;
  const at = (place: number, length: number) => core.bytes.subarray(place, place + length);
  return { core, message: at(HASHED, MOST_HASHED), hash: at(HASH, 32) };
}
