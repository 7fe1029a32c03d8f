/**
 * One ISAKMP datagram of IKEv1, as the tables of ike/ and keys/ take it. A single object is refilled for every
 * datagram; nothing keeps a reference to it or to its bytes.
 */

import { readU32 } from "./bytes.ts";
import type { Datagram } from "./decoded.ts";
import { Digest, digest, digestOfCutHeader, publicDigest } from "./digest.ts";
import {
  EXCHANGE_AGGRESSIVE,
  EXCHANGE_BASE,
  exchangeType,
  FLAG_ENCRYPTED,
  flags,
  headerLength,
  messageId,
  messageLength,
} from "./isakmp.ts";
import { type ClearPayloads, readClearPayloads } from "./payloads.ts";

export { Located } from "./located.ts";

export class Message {
  bytes: Uint8Array = new Uint8Array(0);
  offset = 0;
  /** Bytes of the message that the capture holds, at most `length`. */
  captured = 0;
  /** The header's length field; the UDP payload's length where the capture cut the header. */
  length = 0;
  exchange = 0;
  encrypted = false;
  messageId = 0;
  nextPayload = 0;
  /** Initiator and responder cookie as two 32-bit words each (RFC 2408 3.1). */
  readonly cookies = new Uint32Array(4);
  /** Fewer bytes captured than the message has: a short snaplen. */
  cut = false;
  readonly digest = new Digest();
  /** What a message in the clear showed, where a record tells it; null where the bytes show it. */
  clear: ClearPayloads | null = null;
  /** Message records, whose digests other programs made: to be digested as they do. */
  hasPublicDigest = false;
  /** Known from another program's log, which holds the header and no content. */
  logged = false;

  /** Endpoints, as numbers (see ike/hosts.ts). */
  from = 0;
  to = 0;
  /** IPv4 identification (RFC 6864); 0 where there is none. */
  identification = 0;
  /** Carried on the NAT-T port, behind the non-ESP marker. */
  natTraversal = false;
  /** Monotone clock of the capture, microseconds; restarts with each segment. */
  at = 0;
  segment = 0;
  micros = 0;
  nanos = 0;
  frame = 0;
  source = 0;
  /** Capture point: source and interface as one number. */
  capturePoint = 0;

  /**
   * Reads the header and digests the bytes; the caller has checked it (classifyHeader).
   *
   * @param captured bytes that the capture holds from `offset`
   * @param length bytes that the UDP datagram has from `offset`
   */
  read(bytes: Uint8Array, offset: number, captured: number, length: number): void {
    this.#header(bytes, offset, captured, length);
    this.#digestBytes();
  }

  #header(bytes: Uint8Array, offset: number, captured: number, length: number): void {
    this.bytes = bytes;
    this.offset = offset;
    this.length = messageLength(bytes, offset, captured, length);
    this.captured = Math.min(captured, this.length);
    this.cut = captured < this.length;
    this.exchange = exchangeType(bytes, offset);
    this.encrypted = (flags(bytes, offset) & FLAG_ENCRYPTED) !== 0;
    this.messageId = messageId(bytes, offset);
    this.nextPayload = bytes[offset + 16];
    for (let i = 0; i < 4; i += 1) this.cookies[i] = readU32(bytes, offset + i * 4);
  }

  /** Takes an ISAKMP message of IKEv1; `from` and `to`, which name hosts, are the caller's. */
  take(datagram: Datagram): void {
    this.#header(datagram.bytes, datagram.payload, datagram.captured, datagram.length);
    this.clear = datagram.clear;
    const told = datagram.arrival ?? datagram.digest;
    if (told === null) this.#digestBytes();
    else {
      this.digest.full = told.full;
      this.digest.prefix = told.prefix;
    }
    this.logged = datagram.provenance === "log";
    this.identification = datagram.identification;
    this.natTraversal = datagram.marker;
    this.at = datagram.at;
    this.segment = datagram.segment;
    this.micros = datagram.micros;
    this.nanos = datagram.nanos;
    this.frame = datagram.frame;
    this.source = datagram.input;
    this.capturePoint = datagram.capturePoint;
  }

  #digestBytes(): void {
    if (this.captured < headerLength) {
      digestOfCutHeader(this.bytes, this.offset, this.captured, this.length, this.digest);
    } else if (this.hasPublicDigest) publicDigest(this.bytes, this.offset, this.captured, this.digest);
    else digest(this.bytes, this.offset, this.captured, this.digest);
  }

  /** What a message in the clear shows (RFC 2408 3.2). */
  clearPayloads(): ClearPayloads {
    return this.clear ?? readClearPayloads(this.bytes, this.offset, this.captured);
  }

  get responderCookieZero(): boolean {
    return this.cookies[2] === 0 && this.cookies[3] === 0;
  }

  get phase1(): boolean {
    return this.exchange >= EXCHANGE_BASE && this.exchange <= EXCHANGE_AGGRESSIVE;
  }
}

/** What identifies a message's bytes. */
export interface MessageDigest {
  full: number;
  prefix: number;
  /** The capture holds only a part, so `full` says nothing beyond `prefix`. */
  cut: boolean;
}

export function digestOf(message: Message): MessageDigest {
  return { full: message.digest.full, prefix: message.digest.prefix, cut: message.cut };
}

/**
 * True when both are the same bytes as far as the capture shows. The prefix holds the header (with cookies,
 * ID and length) and the first cipher block, so it decides where a short snaplen cut one of them.
 */
export function sameDigest(a: MessageDigest, b: MessageDigest): boolean {
  return a.prefix === b.prefix && (a.cut || b.cut || a.full === b.full);
}
