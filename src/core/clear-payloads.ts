/**
 * What a message of phase 1 says in the clear (RFC 2408 3.2). Clients of one kind send the same proposal and the same
 * vendor IDs by the thousand, so the host reads each of these once (`readClearPayloads`, wire/payloads.ts) and tells what
 * it means; here they are recognised byte by byte. NAT-D hashes (RFC 3947 3.2), which differ each time, are read here.
 */

import { be16, be32, field, isUnseen } from "./columns";
import { CLEAR_BYTES, CLEAR_ENTRIES, KNOWN_CLEAR } from "./message-layout";
import { firstPayload } from "./message-record";
import {
  HASH_NUMBER,
  LIFETIMES,
  NAT_DISCOVERY,
  NAT_HASH_COUNT,
  NAT_HASH_WORDS,
  NAT_HASHES,
  SA_FLAGS,
  VENDOR_LIST,
} from "./sa-layout";

/** Types of payloads (RFC 2408 3.1; RFC 3947 3.2, and the drafts before it). */
const SA: u32 = 1;
const VENDOR_ID: u32 = 13;
const NAT_D: u32 = 20;
const NAT_D_DRAFT: u32 = 130;
/** Bounds of `readClearPayloads`. */
const MAX_PAYLOADS: i32 = 64;
const MAX_NAT_WORDS: u32 = 10;
const HEADER: usize = 28;
const PAYLOAD_HEADER: u32 = 4;
const HASH_PREFIX: u32 = 8;

/** Entries behind its own in which one may stand. */
const PROBES: u32 = 4;
/** Of an entry: bytes of what was said, 0 for none; list of vendor IDs before and after it (u32); life and hash (f64). */
const SAID_LENGTH: usize = 0;
const LIST_BEFORE: usize = 4;
const LIST_AFTER: usize = 8;
const LIFE: usize = 16;
const HASH: usize = 24;
const SAID: usize = 32;

/** Of the message that was read last: proposal and vendor IDs, as they are kept in an entry, behind all entries; */
let said: usize = 0;
let saidLength: u32 = 0;
let listBefore: u32 = 0;
/** NAT-D payloads, words of their hashes, and whether there were more than can be kept here. */
let natPayloads: u32 = 0;
let natWords: u32 = 0;
let isTooMuch = false;

/**
 * Reads a whole message in the clear.
 * @param list number of the sender's list of vendor IDs so far
 * @returns false where it has more of something than is kept here
 */
export function readClear(block: usize, message: usize, length: u32, list: u32): bool {
  said = entryAt(block, CLEAR_ENTRIES);
  saidLength = 0;
  listBefore = list;
  natPayloads = 0;
  natWords = 0;
  isTooMuch = false;
  const end = message + length;
  let type = firstPayload(message);
  let at = message + HEADER;
  for (let i = 0; i < MAX_PAYLOADS && type !== 0; i += 1) {
    if (at + PAYLOAD_HEADER > end) break;
    const bytes = be16(at + 2);
    if (bytes < PAYLOAD_HEADER || at + bytes > end) break;
    if (type === SA || type === VENDOR_ID) keep(type, at, bytes);
    else if (type === NAT_D || type === NAT_D_DRAFT) readNatHash(at, bytes);
    type = <u32>load<u8>(at);
    at += bytes;
  }
  return !isTooMuch;
}

/** The entry of what the message says; 0 where the host has not told yet. */
export function entryOf(block: usize): usize {
  const first = saidHash();
  for (let i: u32 = 0; i < PROBES; i += 1) {
    const entry = entryAt(block, (first + i) & (CLEAR_ENTRIES - 1));
    if (load<u32>(entry, SAID_LENGTH) === 0) return 0;
    if (isSaid(entry)) return entry;
  }
  return 0;
}

/** NAT-D hashes of the message can be noted for a side that showed others before, or none. */
export function agreesWith(sa: usize, side: usize): bool {
  if (natWords === 0) return true;
  const count = load<u32>(sa + (side << 2), NAT_HASH_COUNT);
  if (count === 0) return true;
  if (count !== natWords + 1) return false;
  for (let i: usize = 0; i < <usize>natWords; i += 1) {
    if (load<u32>(hashWord(sa, side, i)) !== load<u32>(natWord(i))) return false;
  }
  return true;
}

/** Notes all of it for a side of an IKE SA. @param isAgreed it answers what was proposed */
export function apply(entry: usize, sa: usize, side: usize, isAgreed: bool): void {
  store<u32>(sa + (side << 2), load<u32>(entry, LIST_AFTER), VENDOR_LIST);
  const life = sa + (side << 3);
  if (isUnseen(life + LIFETIMES)) store<f64>(life, load<f64>(entry, LIFE), LIFETIMES);
  if (isAgreed && isUnseen(sa + HASH_NUMBER)) store<f64>(sa, load<f64>(entry, HASH), HASH_NUMBER);
  if (natPayloads > 0) store<u8>(sa, <u32>load<u8>(sa, SA_FLAGS) | NAT_DISCOVERY, SA_FLAGS);
  if (natWords === 0) return;
  store<u32>(sa + (side << 2), natWords + 1, NAT_HASH_COUNT);
  for (let i: usize = 0; i < <usize>natWords; i += 1)
    store<u32>(hashWord(sa, side, i), load<u32>(natWord(i)));
}

/**
 * The host tells what the message that was read last means.
 * @param list number of the list of vendor IDs with those of the message
 * @param life seconds; NaN where none is stated
 * @param hash NaN where none is
 */
export function learn(block: usize, list: u32, life: f64, hash: f64): void {
  const first = saidHash();
  let entry = entryAt(block, first & (CLEAR_ENTRIES - 1));
  for (let i: u32 = 0; i < PROBES; i += 1) {
    const other = entryAt(block, (first + i) & (CLEAR_ENTRIES - 1));
    if (load<u32>(other, SAID_LENGTH) !== 0) continue;
    entry = other;
    break;
  }
  // An entry without anything said has the bytes that say so.
  store<u32>(entry, saidLength + 1, SAID_LENGTH);
  store<u32>(entry, listBefore, LIST_BEFORE);
  store<u32>(entry, list, LIST_AFTER);
  store<f64>(entry, life, LIFE);
  store<f64>(entry, hash, HASH);
  memory.copy(entry + SAID, said + SAID, saidLength);
}

/** Keeps a payload and its type. */
function keep(type: u32, at: usize, bytes: u32): void {
  if (<u32>SAID + saidLength + bytes + 8 > <u32>CLEAR_BYTES) {
    isTooMuch = true;
    return;
  }
  const to = said + SAID + saidLength;
  // The header of the payload names the next one, which may be of any type.
  store<u8>(to, type);
  memory.copy(to + 1, at + 2, bytes - 2);
  saidLength += bytes - 1;
}

function readNatHash(at: usize, bytes: u32): void {
  natPayloads += 1;
  if (bytes < PAYLOAD_HEADER + HASH_PREFIX || natWords >= MAX_NAT_WORDS) return;
  if (natWords + 2 > <u32>NAT_HASHES) {
    isTooMuch = true;
    return;
  }
  store<u32>(natWord(natWords), be32(at + PAYLOAD_HEADER));
  store<u32>(natWord(natWords + 1), be32(at + PAYLOAD_HEADER + 4));
  natWords += 2;
}

function isSaid(entry: usize): bool {
  if (load<u32>(entry, SAID_LENGTH) !== saidLength + 1) return false;
  return (
    load<u32>(entry, LIST_BEFORE) === listBefore &&
    memory.compare(entry + SAID, said + SAID, saidLength) === 0
  );
}

function saidHash(): u32 {
  let hash = listBefore ^ (saidLength * 0x9e3779b1);
  const from = said + SAID;
  for (let i: u32 = 0; i + 4 <= saidLength; i += 4)
    hash = (rotl<u32>(hash, 5) ^ load<u32>(from + i)) * 0x85ebca6b;
  return hash ^ (hash >> 15);
}

function entryAt(block: usize, index: u32): usize {
  return <usize>field(block, KNOWN_CLEAR) + <usize>index * CLEAR_BYTES;
}

/** A word of the NAT-D hashes that were read: behind what was said. */
function natWord(index: usize): usize {
  return said + CLEAR_BYTES + (index << 2);
}

function hashWord(sa: usize, side: usize, index: usize): usize {
  return sa + (side * NAT_HASHES + index) * 4 + NAT_HASH_WORDS;
}
