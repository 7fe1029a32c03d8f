/**
 * Opens encrypted messages of IKEv1 with keys from a list.
 *
 *   const opener = new Opener(list.keys, ciphers);
 *   for each message in order, copies left out: const clear = opener.open(message, side);
 *
 * What goes out is the message as it would have been in the clear. Phase 1 need not be in the capture: without
 * it the first block is lost, which lies inside HASH. Nor need a key name its cookie: it is tried, and what it
 * gives either has the form of a message or not.
 */

import { append } from "../collections/grouping.ts";
import { hexWord } from "../wire/bytes.ts";
import type { Message } from "../wire/datagram.ts";
import { EXCHANGE_QUICK, FLAG_ENCRYPTED, FLAGS, headerLength } from "../wire/isakmp.ts";
import { GENERIC_HEADER, payloadNames, readChain } from "../wire/payload-chain.ts";
import { BLOCK, type CipherName, type Ciphers, ciphersOfKey, HASH_LENGTH } from "./ciphers.ts";
import { EXCHANGE_TRANSACTION, formOf, withoutFirstBlock } from "./form.ts";
import type { Key } from "./key-list.ts";
import { Secrets } from "./secrets.ts";

/** IKE SAs whose vectors are kept; beyond, the one that was heard of longest ago is dropped. */
const MAX_SAS = 40_000;
/** Messages of one IKE SA that are tried with all keys, before it is taken for one without. */
const MAX_TRIED = 4;
/** Tries of keys in all: some seconds. */
const MAX_TRIES = 4_000_000;
/** Bytes decrypted to see whether a key can be right: HASH of any length, and what follows it. */
const PROBE = 96;

/** What `--keys` has given so far. */
export interface Opened {
  /** Keys in the list, and those that opened something. */
  keys: number;
  keysUsed: number;
  ikeSas: number;
  messages: number;
  /** Payloads of the opened messages, by name. */
  payloads: Record<string, number>;
}

export class Opener {
  readonly #keys: readonly Key[];
  readonly #bare: readonly Key[];
  readonly #byCookie = new Map<string, Key[]>();
  readonly #ciphers: Ciphers;
  readonly #sas = new Map<string, Secrets>();
  readonly #used = new Set<Key>();
  readonly #payloads: Record<string, number> = {};
  readonly #maxTries: number;
  #ikeSas = 0;
  #messages = 0;
  #tries = 0;

  constructor(keys: readonly Key[], ciphers: Ciphers, maxTries = MAX_TRIES) {
    this.#maxTries = maxTries;
    this.#keys = keys;
    this.#ciphers = ciphers;
    this.#bare = keys.filter(({ cookie }) => cookie === null);
    for (const key of keys) {
      if (key.cookie !== null) append(this.#byCookie, key.cookie, key);
    }
  }

  /** The captures are read again from their beginning. */
  begin(): void {
    this.#sas.clear();
    this.#used.clear();
    for (const name of Object.keys(this.#payloads)) delete this.#payloads[name];
    this.#ikeSas = 0;
    this.#messages = 0;
    this.#tries = 0;
  }

  get opened(): Opened {
    return {
      keys: this.#keys.length,
      keysUsed: this.#used.size,
      ikeSas: this.#ikeSas,
      messages: this.#messages,
      payloads: { ...this.#payloads },
    };
  }

  /** Where the keys stand that opened nothing. */
  get unused(): { source: string; line: number }[] {
    return this.#keys.filter((key) => !this.#used.has(key)).map(({ source, line }) => ({ source, line }));
  }

  /** Tries were left out because there were too many. */
  get exhausted(): boolean {
    return this.#tries >= this.#maxTries;
  }

  /**
   * Takes the next message of an IKE SA, clear or encrypted, of the client's or the other side.
   * @param side 0 for who sent the first message of phase 1
   * @returns the message in the clear, whose header's flag says so; null when it was clear or stays closed
   */
  open(message: Message, side: 0 | 1): Uint8Array | null {
    const name = nameOf(message);
    const secrets = this.#secretsOf(message, name);
    if (secrets === null) return null;
    if (!message.encrypted) {
      if (message.phase1) secrets.learn(message, side, this.#ciphers);
      return null;
    }
    if (secrets.isRepeated(message)) return null;
    const body = this.#body(message, secrets);
    secrets.note(message);
    return body === null ? null : this.#clear(message, body);
  }

  /** An IKE SA whose initiator cookie no row names, where no key is bare, needs no memory. */
  #secretsOf(message: Message, name: string): Secrets | null {
    if (this.#bare.length === 0 && !this.#byCookie.has(name.slice(0, COOKIE_DIGITS))) return null;
    // The first message of phase 1 has no responder cookie yet, and is never encrypted.
    if (message.responderCookieZero && message.encrypted) return null;
    let secrets = this.#sas.get(name);
    if (secrets === undefined) {
      // Aggressive mode has the initiator's public value in its first message.
      const waiting = `${name.slice(0, COOKIE_DIGITS)}${"0".repeat(COOKIE_DIGITS)}`;
      secrets = this.#sas.get(waiting) ?? new Secrets();
      this.#sas.delete(waiting);
    } else this.#sas.delete(name);
    if (this.#sas.size >= MAX_SAS) this.#sas.delete(this.#sas.keys().next().value!);
    this.#sas.set(name, secrets);
    return secrets;
  }

  /** The decrypted body, or null. */
  #body(message: Message, secrets: Secrets): Uint8Array | null {
    const { bytes, offset, length, cut } = message;
    if (cut || length < headerLength + BLOCK.des) return null;
    const sealed = bytes.subarray(offset + headerLength, offset + length);
    if (secrets.key !== null) {
      return this.#decrypt(message, sealed, secrets, { key: secrets.key, cipher: secrets.cipher });
    }
    return secrets.tried >= MAX_TRIED ? null : this.#findKey(message, sealed, secrets);
  }

  /** Tries the keys of the initiator cookie, then those without a cookie. */
  #findKey(message: Message, sealed: Uint8Array, secrets: Secrets): Uint8Array | null {
    const named = this.#byCookie.get(nameOf(message).slice(0, COOKIE_DIGITS)) ?? [];
    for (const key of [...named, ...this.#bare]) {
      for (const cipher of fitting(key, secrets)) {
        if (this.exhausted) return null;
        this.#tries += 1;
        if (!this.#mayFit(message, sealed, secrets, { key, cipher })) continue;
        const body = this.#decrypt(message, sealed, secrets, { key, cipher });
        if (body === null) continue;
        secrets.key = key;
        secrets.cipher = cipher;
        this.#used.add(key);
        this.#ikeSas += 1;
        return body;
      }
    }
    if (isTelling(message)) secrets.tried += 1;
    return null;
  }

  /** Of a key that is tried without a cookie's word for it, nothing less than a strong form is believed. */
  #decrypt(
    message: Message,
    sealed: Uint8Array,
    secrets: Secrets,
    { key, cipher }: Fitting,
  ): Uint8Array | null {
    const block = BLOCK[cipher];
    if (sealed.length % block !== 0) return null;
    const hashLength = secrets.hash === null ? secrets.hashLength : HASH_LENGTH[secrets.hash];
    const vector = secrets.vectorOf(message, block, this.#ciphers);
    const body = this.#ciphers.decrypt(cipher, key.bytes, vector ?? new Uint8Array(block), sealed);
    if (vector !== null) {
      const form = formOf(body, message.nextPayload, message.exchange, hashLength);
      if (form === "strong" || (form === "weak" && (secrets.key !== null || key.cookie !== null)))
        return body;
    }
    if (message.phase1) return null;
    const repaired = withoutFirstBlock(body, message.exchange, hashLength);
    if (repaired === null) return null;
    secrets.hashLength = repaired.hashLength;
    return repaired.body;
  }

  /** Most keys of a long list are seen to be wrong by the first blocks. */
  #mayFit(message: Message, sealed: Uint8Array, secrets: Secrets, { key, cipher }: Fitting): boolean {
    const block = BLOCK[cipher];
    if (sealed.length % block !== 0) return false;
    if (sealed.length <= PROBE || message.exchange === EXCHANGE_TRANSACTION) return true;
    const probe = message.phase1 ? block : PROBE;
    const vector = secrets.vectorOf(message, block, this.#ciphers) ?? new Uint8Array(block);
    const start = this.#ciphers.decrypt(cipher, key.bytes, vector, sealed.subarray(0, probe));
    if (message.phase1) return start[RESERVED] === 0;
    const lengths = secrets.hash === null ? Object.values(HASH_LENGTH) : [HASH_LENGTH[secrets.hash]];
    // What follows HASH begins with a payload header and a DOI, whose upper half is zero.
    return lengths.some((length) => {
      const next = GENERIC_HEADER + length;
      const doi = next + GENERIC_HEADER;
      return start[next + RESERVED] === 0 && start[doi] === 0 && start[doi + 1] === 0;
    });
  }

  #clear(message: Message, body: Uint8Array): Uint8Array {
    const { bytes, offset } = message;
    const clear = new Uint8Array(headerLength + body.length);
    clear.set(bytes.subarray(offset, offset + headerLength));
    clear.set(body, headerLength);
    clear[FLAGS] &= ~FLAG_ENCRYPTED;
    this.#messages += 1;
    for (const { type } of readChain(clear, 0, clear.length).payloads) {
      const name = payloadNames[type];
      this.#payloads[name] = (this.#payloads[name] ?? 0) + 1;
    }
    return clear;
  }
}

/** A key, and a cipher that takes it. */
interface Fitting {
  key: Key;
  cipher: CipherName;
}

/** Digits of the initiator cookie in the name of an IKE SA. */
const COOKIE_DIGITS = 16;
const RESERVED = 1;
/** Longest third message of a quick mode: header, HASH of SHA-2-512 and padding. */
const SHORT_QUICK = headerLength + 80;

function nameOf({ cookies }: Message): string {
  return Array.from(cookies, hexWord).join("");
}

function fitting(key: Key, { transform }: Secrets): readonly CipherName[] {
  const { length } = key.bytes;
  if (transform === null) return ciphersOfKey(length);
  const { cipher, keyLength } = transform;
  if (keyLength !== 0 && keyLength !== length) return [];
  return ciphersOfKey(length).filter((each) => each === cipher);
}

/** A message whose form finds a key: not the last of a quick mode, which is a HASH alone. */
function isTelling({ exchange, length }: Message): boolean {
  return exchange !== EXCHANGE_QUICK || length > SHORT_QUICK;
}
