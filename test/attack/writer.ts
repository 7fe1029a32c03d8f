/** Writes large captures quickly: packets come as pieces of one buffer, times go on by a given step. */

import { closeSync, openSync, writeSync } from "node:fs";
import { pcap } from "../support/capture-files.ts";

const RECORD_HEADER = 16;
/** 2026-03-02 08:00:00 UTC, in microseconds. */
const START = 1_772_438_400_000_000;

export class PcapWriter {
  micros = START;
  bytes = 0;
  packets = 0;
  readonly #file: number;
  readonly #buffer = Buffer.alloc(4 * 1024 * 1024);
  #used = 0;

  constructor(path: string, linkType = 1) {
    this.#file = openSync(path, "w");
    this.raw(pcap([], { linkType }));
  }

  /** @param stepMicros time since the frame before */
  frame(frame: Uint8Array, stepMicros: number): void {
    this.micros += stepMicros;
    this.#room(RECORD_HEADER + frame.length);
    const buffer = this.#buffer;
    const at = this.#used;
    buffer.writeUInt32LE(Math.floor(this.micros / 1e6), at);
    buffer.writeUInt32LE(this.micros % 1e6, at + 4);
    buffer.writeUInt32LE(frame.length, at + 8);
    buffer.writeUInt32LE(frame.length, at + 12);
    buffer.set(frame, at + RECORD_HEADER);
    this.#used = at + RECORD_HEADER + frame.length;
    this.packets += 1;
  }

  /** Bytes so far. */
  get written(): number {
    return this.bytes + this.#used;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #room(count: number): void {
    if (this.#used + count > this.#buffer.length) this.#flush();
  }

  #flush(): void {
    writeSync(this.#file, this.#buffer, 0, this.#used);
    this.bytes += this.#used;
    this.#used = 0;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }
}

const ADDRESSES = 26;
const PORTS = 34;
const COOKIES = 42;
const ISAKMP_HEADER = 28;

/** One Ethernet, IPv4, UDP and ISAKMP frame, whose fields are set anew for each packet. */
export class Frame {
  readonly bytes: Buffer;

  /** @param body bytes behind the ISAKMP header */
  constructor(body: Uint8Array, natTraversal = false) {
    const marker = natTraversal ? 4 : 0;
    const isakmp = COOKIES + marker;
    this.bytes = Buffer.alloc(isakmp + ISAKMP_HEADER + body.length);
    const { bytes } = this;
    bytes.write("0200000000010200000000020800", 0, "hex");
    bytes[14] = 0x45;
    bytes.writeUInt16BE(bytes.length - 14, 16);
    bytes[22] = 64;
    bytes[23] = 17;
    bytes.writeUInt16BE(bytes.length - 34, 38);
    bytes[isakmp + 16] = 8;
    bytes[isakmp + 17] = 0x10;
    bytes.writeUInt32BE(ISAKMP_HEADER + body.length, isakmp + 24);
    bytes.set(body, isakmp + ISAKMP_HEADER);
    this.ports(natTraversal ? 4500 : 500, natTraversal ? 4500 : 500);
    this.#isakmp = isakmp;
  }

  readonly #isakmp: number;

  between(source: number, destination: number): this {
    this.bytes.writeUInt32BE(source >>> 0, ADDRESSES);
    this.bytes.writeUInt32BE(destination >>> 0, ADDRESSES + 4);
    return this;
  }

  ports(source: number, destination: number): this {
    this.bytes.writeUInt16BE(source, PORTS);
    this.bytes.writeUInt16BE(destination, PORTS + 2);
    return this;
  }

  /** Initiator and responder cookie, two words each. */
  cookies(...words: readonly [number, number, number, number]): this {
    words.forEach((word, i) => {
      this.bytes.writeUInt32BE(word >>> 0, this.#isakmp + i * 4);
    });
    return this;
  }

  message(exchange: number, messageId: number, nextPayload = 8, flags = exchange >= 5 ? 1 : 0): this {
    this.bytes[this.#isakmp + 16] = nextPayload;
    this.bytes[this.#isakmp + 18] = exchange;
    this.bytes[this.#isakmp + 19] = flags;
    this.bytes.writeUInt32BE(messageId >>> 0, this.#isakmp + 20);
    return this;
  }

  /** Writes four bytes into the body. */
  word(at: number, value: number): this {
    this.bytes.writeUInt32BE(value >>> 0, this.#isakmp + ISAKMP_HEADER + at);
    return this;
  }
}
