/**
 * What one IKE SA has shown that its messages are decrypted with: the chosen transform, the initialisation
 * vectors, and which key fits (RFC 2409 5.5, Appendix B).
 */

import type { Message } from "../wire/datagram.ts";
import { Payload, readChain } from "../wire/payload-chain.ts";
import { BLOCK, type CipherName, type Ciphers, type HashName } from "./ciphers.ts";
import type { Key } from "./key-list.ts";
import { chosenTransform, type Transform } from "./transform.ts";

/** Exchanges of phase 2 whose vectors are kept; each lasts a few messages. */
const MAX_EXCHANGES = 16;
/** Distinct messages of an exchange: four of a quick mode with the commit bit. */
const MAX_MESSAGES = 8;
/** A key exchange payload is that of the largest group (RFC 3526), 1024 bytes. */
const MAX_KEY_EXCHANGE = 2_048;
const LONGEST_BLOCK = BLOCK.aes;

/** Messages of one message ID: the digest of each, and the last bytes of the latest. */
interface Links {
  digests: number[];
  last: Uint8Array | null;
}

export class Secrets {
  transform: Transform | null = null;
  /** The key that opened a message, and with which cipher. */
  key: Key | null = null;
  cipher: CipherName = "aes";
  hash: HashName | null = null;
  /** Length of the hash where a message has shown it and phase 1 has not. */
  hashLength = 0;
  /** Messages that no key of the list opened. */
  tried = 0;
  readonly #publicValues: [Uint8Array | null, Uint8Array | null] = [null, null];
  /** Vector of the next message of phase 1, and of the first of every exchange after it. */
  #phase1: Uint8Array | null = null;
  readonly #phase1Seen: number[] = [];
  readonly #exchanges = new Map<number, Links>();

  /** A message of phase 1 in the clear: transform and public values of Diffie-Hellman. */
  learn(message: Message, side: 0 | 1, ciphers: Ciphers): void {
    const { bytes, offset, captured } = message;
    const { payloads } = readChain(bytes, offset, offset + captured);
    for (const { type, from, to } of payloads) {
      if (type === Payload.sa && !message.responderCookieZero) {
        this.transform ??= chosenTransform(bytes, from, to);
      } else if (type === Payload.keyExchange && to - from <= MAX_KEY_EXCHANGE) {
        this.#publicValues[side] ??= bytes.slice(from, to);
      }
    }
    if (this.transform === null) return;
    this.cipher = this.transform.cipher;
    this.hash = this.transform.hash;
    const [initiators, responders] = this.#publicValues;
    if (this.#phase1 !== null || initiators === null || responders === null) return;
    const both = new Uint8Array(initiators.length + responders.length);
    both.set(initiators);
    both.set(responders, initiators.length);
    this.#phase1 = ciphers.hash(this.transform.hash, both).slice(0, BLOCK[this.cipher]);
    this.#publicValues.fill(null);
  }

  /** The message came before: it was read, or could not be. */
  isRepeated(message: Message): boolean {
    const { digest, messageId, phase1 } = message;
    const seen = phase1 ? this.#phase1Seen : this.#exchanges.get(messageId)?.digests;
    return seen?.includes(digest.full) === true;
  }

  /** The vector of the message, one block; null where the capture does not tell it. */
  vectorOf(message: Message, block: number, ciphers: Ciphers): Uint8Array | null {
    if (message.phase1) return this.#phase1?.slice(-block) ?? null;
    const links = this.#exchanges.get(message.messageId);
    if (links !== undefined) return links.last?.slice(-block) ?? null;
    if (this.#phase1 === null || this.hash === null) return null;
    const { messageId } = message;
    const last = this.#phase1.slice(-block);
    const input = new Uint8Array(last.length + 4);
    input.set(last);
    input.set([messageId >>> 24, messageId >>> 16, messageId >>> 8, messageId], last.length);
    return ciphers.hash(this.hash, input).slice(0, block);
  }

  /** Remembers the last cipher block, of either cipher, which is the vector of the next message. */
  note(message: Message): void {
    const { bytes, offset, length, digest, messageId, cut } = message;
    const end = offset + length;
    const last = cut ? null : bytes.slice(end - LONGEST_BLOCK, end);
    if (message.phase1) {
      this.#phase1 = last;
      if (this.#phase1Seen.length < MAX_MESSAGES) this.#phase1Seen.push(digest.full);
      return;
    }
    let links = this.#exchanges.get(messageId);
    if (links === undefined) {
      if (this.#exchanges.size >= MAX_EXCHANGES) this.#exchanges.delete(this.#exchanges.keys().next().value!);
      links = { digests: [], last: null };
      this.#exchanges.set(messageId, links);
    }
    links.last = last;
    if (links.digests.length < MAX_MESSAGES) links.digests.push(digest.full);
  }
}
