/**
 * SHA-1 and SHA-256 of short messages, of which a report may take hundreds: names of findings, Community IDs. V8 has not
 * compiled the functions of JavaScript before most of those are done, so that the core takes a tenth of their time.
 */

import { sha1 as plainSha1, sha256 as plainSha256 } from "../collections/hashes.ts";
import { HASH, HASHED, HASHES_END, MOST_HASHED } from "../core/report-layout.ts";
import { type ReportCore, reportCore } from "./report-core.ts";

/** To make the core ready takes as long as so many hashes in JavaScript. */
const FEW = 16;

let hashed = 0;
/** Not looked for yet; there is none. */
let core: ReportCore | null | undefined;

export function sha1(bytes: Uint8Array): Uint8Array {
  const ready = readyFor(bytes);
  if (ready === null) return plainSha1(bytes);
  ready.sha1(bytes.length);
  return ready.bytes.slice(HASH, HASH + 20);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const ready = readyFor(bytes);
  if (ready === null) return plainSha256(bytes);
  ready.sha256(bytes.length);
  return ready.bytes.slice(HASH, HASH + 32);
}

/** The core, with the message where it looks for it; null where JavaScript has to hash it. */
function readyFor(message: Uint8Array): ReportCore | null {
  hashed += 1;
  if (hashed <= FEW || message.length > MOST_HASHED) return null;
  if (core === undefined) core = reportCore(HASHES_END);
  core?.bytes.set(message, HASHED);
  return core;
}
