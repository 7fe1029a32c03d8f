/** Puts IKE fragments together (see `wire/fragments.ts`). Bounded in messages and bytes: the oldest go first. */

import { FRAGMENT_HEADER, LAST } from "../wire/fragments.ts";
import { headerLength, lengthField } from "../wire/isakmp.ts";

export const MAX_MESSAGE = 65535;

/** The pieces of one message that have come so far. */
export interface Pending {
  pieces: Map<number, Uint8Array>;
  /** Number of the last piece; 0 while it is not known. */
  last: number;
  bytes: number;
  /** The capture cut a piece, so the message can never be whole. */
  cut: boolean;
}

const NO_PIECES: Pending["pieces"] = new Map();

export class FragmentAssembler {
  /** Messages given up because there was no room. */
  evicted = 0;
  readonly #maxPending: number;
  readonly #maxBytes: number;
  /** In the order of their first piece, the oldest first. */
  #pending = new Map<string, Pending>();
  /** Goes on behind those that went: to begin at the first would be to pass over all of these each time. */
  #oldest: Iterator<string> | null = null;
  #bytes = 0;

  constructor(maxPending = 4096, maxBytes = 16 * 1024 * 1024) {
    this.#maxPending = maxPending;
    this.#maxBytes = maxBytes;
  }

  /**
   * Adds a fragment (see `isFragment`).
   *
   * @param key cookies and direction
   * @returns the whole inner message (a copy) once all pieces are there, else null
   */
  add(key: string, bytes: Uint8Array, offset: number, captured: number): Uint8Array | null {
    const at = offset + headerLength;
    const stated = (bytes[at + 2] << 8) | bytes[at + 3];
    const id = (bytes[at + 4] << 8) | bytes[at + 5];
    const number = bytes[at + 6];
    if (number === 0 || stated < FRAGMENT_HEADER) return null;
    const length = Math.min(stated, lengthField(bytes, offset) - headerLength);
    const cut = captured - headerLength < length;
    // Not slice(): that of some kinds of arrays shares the memory, and the chunk is reused.
    const piece = new Uint8Array(
      bytes.subarray(at + FRAGMENT_HEADER, at + Math.min(length, captured - headerLength)),
    );
    const name = `${key}/${id}`;
    const pending = this.#pendingFor(name, number, piece);
    if (pending.pieces.has(number)) return null;
    if (pending.bytes + piece.length > MAX_MESSAGE) {
      this.#drop(name);
      this.evicted += 1;
      return null;
    }
    pending.pieces.set(number, piece);
    pending.bytes += piece.length;
    pending.cut ||= cut;
    this.#bytes += piece.length;
    if ((bytes[at + 7] & LAST) !== 0) pending.last = number;
    this.#makeRoom(name);
    const whole = pending.cut ? null : join(pending);
    if (whole !== null) this.#drop(name);
    return whole;
  }

  /** One sender gives every message the same ID: a different piece under a known number begins a new message. */
  #pendingFor(name: string, number: number, piece: Uint8Array): Pending {
    const known = this.#pending.get(name);
    const same = known?.pieces.get(number);
    if (known !== undefined && (same === undefined || equal(same, piece))) return known;
    if (known !== undefined) this.#drop(name);
    const pending: Pending = { pieces: new Map(), last: 0, bytes: 0, cut: false };
    this.#pending.set(name, pending);
    return pending;
  }

  /** The pieces at hand, to be kept in a state file. */
  save() {
    return { pending: this.#pending, bytes: this.#bytes, evicted: this.evicted };
  }

  restore({ pending, bytes, evicted }: ReturnType<FragmentAssembler["save"]>): void {
    this.#pending = pending;
    this.#oldest = null;
    this.#bytes = bytes;
    this.evicted = evicted;
  }

  #makeRoom(current: string): void {
    let hasPassed = false;
    while (this.#pending.size > this.#maxPending || this.#bytes > this.#maxBytes) {
      this.#oldest ??= this.#pending.keys();
      const { value: name, done } = this.#oldest.next();
      hasPassed ||= done === true || name === current;
      if (done === true) break;
      if (name === current) continue;
      this.#drop(name);
      this.evicted += 1;
    }
    // What stays is to be found the next time.
    if (hasPassed) this.#oldest = null;
  }

  #drop(name: string): void {
    const pending = this.#pending.get(name);
    if (pending === undefined) return;
    this.#bytes -= pending.bytes;
    this.#pending.delete(name);
    // What V8 keeps of a map that has grown holds on to what was in it, until it looks through all of its heap.
    pending.pieces = NO_PIECES;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Pieces 1 to the last, or null while one is missing. */
function join({ pieces, last }: Pending): Uint8Array | null {
  if (last === 0 || pieces.size < last) return null;
  const parts: Uint8Array[] = [];
  for (let number = 1; number <= last; number += 1) {
    const piece = pieces.get(number);
    if (piece === undefined) return null;
    parts.push(piece);
  }
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
