/** IKEv1 sessions that are really encrypted (RFC 2409 5, Appendix B), with a key that the test knows. */

import { createCipheriv, createHash } from "node:crypto";
import type { FrameRecord } from "./capture-files.ts";
import { datagram, isakmp, nonEspMarker, payloads } from "./frames.ts";
import { random32 } from "./random.ts";

export interface Suite {
  cipher: "des" | "3des" | "aes";
  keyLength: number;
  hash: "md5" | "sha1" | "sha256" | "sha384" | "sha512";
}

export const SUITES: readonly Suite[] = [
  { cipher: "3des", keyLength: 24, hash: "md5" },
  { cipher: "3des", keyLength: 24, hash: "sha1" },
  { cipher: "aes", keyLength: 16, hash: "sha1" },
  { cipher: "aes", keyLength: 24, hash: "sha256" },
  { cipher: "aes", keyLength: 32, hash: "sha256" },
  { cipher: "aes", keyLength: 32, hash: "sha384" },
  { cipher: "aes", keyLength: 32, hash: "sha512" },
  { cipher: "des", keyLength: 8, hash: "md5" },
];

const CIPHER_NUMBER = { des: 1, "3des": 5, aes: 7 };
const HASH_NUMBER = { md5: 1, sha1: 2, sha256: 4, sha384: 5, sha512: 6 };

export interface SealedOptions {
  suite?: Suite;
  client?: string;
  responder?: string;
  /** Ports of the client towards 500 and, behind a NAT, 4500. */
  port500?: number;
  port4500?: number;
  seed?: number;
  aggressive?: boolean;
}

export interface PayloadOf {
  type: number;
  body: Uint8Array;
}

/** Seconds since 2026-03-02 08:00 UTC. */
const START = 1_772_438_400n * 1_000_000_000n;

export class SealedSession {
  readonly records: FrameRecord[] = [];
  readonly key: Buffer;
  readonly initiatorCookie: string;
  readonly responderCookie: string;
  readonly #suite: Suite;
  readonly #options: Required<Omit<SealedOptions, "port4500" | "suite">> & SealedOptions;
  readonly #next: () => number;
  /** Last cipher block of phase 1, and of each later exchange. */
  #phase1: Buffer = Buffer.alloc(0);
  readonly #last = new Map<number, Buffer>();
  #floated = false;

  constructor(options: SealedOptions = {}) {
    this.#options = {
      client: "198.51.100.11",
      responder: "192.0.2.1",
      port500: 500,
      seed: 1,
      aggressive: false,
      ...options,
    };
    this.#suite = options.suite ?? SUITES[2];
    this.#next = random32(this.#options.seed);
    this.key = this.bytes(this.#suite.keyLength);
    this.initiatorCookie = this.bytes(8).toString("hex");
    this.responderCookie = this.bytes(8).toString("hex");
  }

  /** The row of Wireshark's table. */
  get row(): string {
    return `${this.initiatorCookie},${this.key.toString("hex")}`;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#next() & 0xff));
  }

  #hash(data: Uint8Array): Buffer {
    return createHash(this.#suite.hash).update(data).digest();
  }

  get #block(): number {
    return this.#suite.cipher === "aes" ? 16 : 8;
  }

  hashPayload(): PayloadOf {
    return { type: 8, body: this.bytes(this.#hash(Buffer.alloc(0)).length) };
  }

  #seal(iv: Buffer, body: Buffer): Buffer {
    const { cipher } = this.#suite;
    const padded = Buffer.alloc(Math.ceil(body.length / this.#block) * this.#block);
    body.copy(padded);
    const key = cipher === "des" ? Buffer.concat([this.key, this.key, this.key]) : this.key;
    const name = cipher === "aes" ? `aes-${this.key.length * 8}-cbc` : "des-ede3-cbc";
    const sealing = createCipheriv(name, key, iv).setAutoPadding(false);
    return Buffer.concat([sealing.update(padded), sealing.final()]);
  }

  send(at: number, from: "client" | "responder", message: Buffer): void {
    const { client, responder, port500, port4500 } = this.#options;
    const wrap = (address: string) => (address.includes(":") ? `[${address}]` : address);
    const ends = this.#floated
      ? [`${wrap(client)}:${port4500}`, `${wrap(responder)}:4500`]
      : [`${wrap(client)}:${port500}`, `${wrap(responder)}:500`];
    const payload = this.#floated ? nonEspMarker(message) : message;
    const frame =
      from === "client" ? datagram(ends[0], ends[1], payload) : datagram(ends[1], ends[0], payload);
    this.records.push({ at: START + BigInt(Math.round(at * 1e6)) * 1000n, frame });
  }

  #clear(
    at: number,
    from: "client" | "responder",
    exchange: number,
    list: readonly PayloadOf[],
    first = false,
  ) {
    const chain = payloads(list);
    const message = isakmp({
      initiatorCookie: this.initiatorCookie,
      responderCookie: first ? "0000000000000000" : this.responderCookie,
      exchange,
      flags: 0,
      ...chain,
    });
    this.send(at, from, message);
  }

  /** An encrypted message, not sent: for retransmissions and losses. */
  sealed(exchange: number, messageId: number, list: readonly PayloadOf[]): Buffer {
    const chain = payloads(list);
    const word = Buffer.alloc(4);
    word.writeUInt32BE(messageId);
    const iv =
      exchange < 5
        ? this.#phase1
        : (this.#last.get(messageId) ??
          this.#hash(Buffer.concat([this.#phase1, word])).subarray(0, this.#block));
    const body = this.#seal(iv, chain.body);
    const last = body.subarray(-this.#block);
    if (exchange < 5) this.#phase1 = last;
    else this.#last.set(messageId, last);
    const { initiatorCookie, responderCookie } = this;
    const { nextPayload } = chain;
    return isakmp({ initiatorCookie, responderCookie, exchange, messageId, flags: 1, nextPayload, body });
  }

  #sa(transforms: Buffer[], protocol: number, spi: Buffer): PayloadOf {
    const list = Buffer.concat(transforms);
    const proposal = Buffer.concat([
      Buffer.from([0, 0, 0, 0, 1, protocol, spi.length, transforms.length]),
      spi,
      list,
    ]);
    proposal.writeUInt16BE(proposal.length, 2);
    return { type: 1, body: Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 1]), proposal]) };
  }

  #transform(id: number, attributes: readonly [number, number][]): Buffer {
    const list = Buffer.alloc(attributes.length * 4);
    attributes.forEach(([type, value], i) => {
      list.writeUInt16BE(0x8000 | type, i * 4);
      list.writeUInt16BE(value, i * 4 + 2);
    });
    return Buffer.concat([Buffer.from([0, 0, 0, 8 + list.length, 1, id, 0, 0]), list]);
  }

  #ikeSa(): PayloadOf {
    const { cipher, hash, keyLength } = this.#suite;
    const attributes: [number, number][] = [
      [1, CIPHER_NUMBER[cipher]],
      [2, HASH_NUMBER[hash]],
      [3, 1],
      [4, 2],
    ];
    if (cipher === "aes") attributes.push([14, keyLength * 8]);
    return this.#sa([this.#transform(1, attributes)], 1, Buffer.alloc(0));
  }

  identity(address: string, protocol = 0, port = 0): PayloadOf {
    const body = Buffer.from([1, protocol, port >> 8, port & 0xff, ...address.split(".").map(Number)]);
    return { type: 5, body };
  }

  phase1(at: number): this {
    return this.#options.aggressive ? this.#aggressive(at) : this.#mainMode(at);
  }

  #mainMode(at: number): this {
    const { client, responder, port4500 } = this.#options;
    const [initiators, responders] = [this.bytes(128), this.bytes(128)];
    const key = (value: Buffer) => [
      { type: 4, body: value },
      { type: 10, body: this.bytes(20) },
    ];
    this.#clear(at, "client", 2, [this.#ikeSa()], true);
    this.#clear(at + 0.02, "responder", 2, [this.#ikeSa()]);
    this.#clear(at + 0.04, "client", 2, key(initiators));
    this.#clear(at + 0.06, "responder", 2, key(responders));
    this.#phase1 = this.#hash(Buffer.concat([initiators, responders])).subarray(0, this.#block);
    this.#floated = port4500 !== undefined;
    this.send(at + 0.08, "client", this.sealed(2, 0, [this.identity(addressOf(client)), this.hashPayload()]));
    this.send(
      at + 0.1,
      "responder",
      this.sealed(2, 0, [this.identity(addressOf(responder)), this.hashPayload()]),
    );
    return this;
  }

  #aggressive(at: number): this {
    const { client, responder, port4500 } = this.#options;
    const [initiators, responders] = [this.bytes(128), this.bytes(128)];
    const nonce = () => ({ type: 10, body: this.bytes(20) });
    const own = this.identity(addressOf(client));
    this.#clear(at, "client", 4, [this.#ikeSa(), { type: 4, body: initiators }, nonce(), own], true);
    const answer = [this.#ikeSa(), { type: 4, body: responders }, nonce()];
    this.#clear(at + 0.02, "responder", 4, [
      ...answer,
      this.identity(addressOf(responder)),
      this.hashPayload(),
    ]);
    this.#phase1 = this.#hash(Buffer.concat([initiators, responders])).subarray(0, this.#block);
    this.#floated = port4500 !== undefined;
    this.send(at + 0.04, "client", this.sealed(4, 0, [this.hashPayload()]));
    return this;
  }

  quickPayloads(own: PayloadOf, other: PayloadOf, encapsulation = 2, spi = this.bytes(4)): PayloadOf[] {
    const attributes: [number, number][] = [
      [4, encapsulation],
      [5, 2],
    ];
    const sa = this.#sa([this.#transform(12, attributes)], 3, spi);
    return [this.hashPayload(), sa, { type: 10, body: this.bytes(20) }, own, other];
  }

  /** A quick mode that succeeds; `steps` leaves out messages that the capture lost. */
  quickMode(
    at: number,
    messageId: number,
    options: { inside?: string; encapsulation?: number; steps?: string; port?: number } = {},
  ): this {
    const { client, responder } = this.#options;
    const { inside = addressOf(client), encapsulation = 2, steps = "123", port = 1701 } = options;
    const own = this.identity(inside, 17, port);
    const other = this.identity(addressOf(responder), 17, 1701);
    const messages = [
      () => this.sealed(32, messageId, this.quickPayloads(own, other, encapsulation)),
      () => this.sealed(32, messageId, this.quickPayloads(own, other, encapsulation)),
      () => this.sealed(32, messageId, [this.hashPayload()]),
    ];
    messages.forEach((make, i) => {
      const message = make();
      if (steps.includes(String(i + 1))) this.send(at + i * 0.02, i === 1 ? "responder" : "client", message);
    });
    return this;
  }

  informational(at: number, from: "client" | "responder", payload: PayloadOf): this {
    this.send(at, from, this.sealed(5, (this.#next() | 1) >>> 0, [this.hashPayload(), payload]));
    return this;
  }

  deletePayload(protocol: number, spi: Buffer): PayloadOf {
    return { type: 12, body: Buffer.concat([Buffer.from([0, 0, 0, 1, protocol, spi.length, 0, 1]), spi]) };
  }

  /** Both deletes that Windows says goodbye with. */
  farewell(at: number, from: "client" | "responder" = "client"): this {
    const cookies = Buffer.from(this.initiatorCookie + this.responderCookie, "hex");
    this.informational(at, from, this.deletePayload(3, this.bytes(4)));
    return this.informational(at + 0.03, from, this.deletePayload(1, cookies));
  }

  notifyPayload(type: number, protocol = 3, spi: Buffer = Buffer.alloc(4, 7)): PayloadOf {
    const fixed = Buffer.from([0, 0, 0, 1, protocol, spi.length, type >> 8, type & 0xff]);
    return { type: 11, body: Buffer.concat([fixed, spi]) };
  }
}

/** IDs are IPv4 here. */
function addressOf(address: string): string {
  return address.includes(":") ? "192.0.2.99" : address;
}

export function inOrder(...sessions: readonly SealedSession[]): FrameRecord[] {
  return sessions.flatMap(({ records }) => records).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
