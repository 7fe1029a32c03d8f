/**
 * One ISAKMP datagram of IKEv1, as the tables of this folder take it. A single object is refilled for every
 * datagram; nothing keeps a reference to it or to its bytes.
 */

import { readU32 } from "./bytes.ts";
import { Digest, digestOfCutHeader, digest, publicDigest } from "./digest.ts";
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
  /** Message records, whose digests other programs made: to be digested as they do. */
  exchanged = false;
  /** Known from another program's log, which holds the header and no content. */
  logged = false;

  /** Endpoints (see hosts.ts). */
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
  tap = 0;

  /**
   * Reads the header; the caller has checked it (classifyHeader).
   *
   * @param captured bytes that the capture holds from `offset`
   * @param length bytes that the UDP datagram has from `offset`
   */
  read(bytes: Uint8Array, offset: number, captured: number, length: number): void {
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
    if (this.captured < headerLength) {
      digestOfCutHeader(bytes, offset, this.captured, this.length, this.digest);
    } else if (this.exchanged) publicDigest(bytes, offset, this.captured, this.digest);
    else digest(bytes, offset, this.captured, this.digest);
  }

  get responderCookieZero(): boolean {
    return this.cookies[2] === 0 && this.cookies[3] === 0;
  }

  get phase1(): boolean {
    return this.exchange >= EXCHANGE_BASE && this.exchange <= EXCHANGE_AGGRESSIVE;
  }
}

/** What identifies a message's bytes. */
export interface Print {
  full: number;
  prefix: number;
  /** The capture holds only a part, so `full` says nothing beyond `prefix`. */
  cut: boolean;
}

export function printOf(message: Message): Print {
  return { full: message.digest.full, prefix: message.digest.prefix, cut: message.cut };
}

/**
 * True when both are the same bytes as far as the capture shows. The prefix holds the header (with cookies,
 * ID and length) and the first cipher block, so it decides where a short snaplen cut one of them.
 */
export function samePrint(a: Print, b: Print): boolean {
  return a.prefix === b.prefix && (a.cut || b.cut || a.full === b.full);
}
/**
 * Result of `locate`, refilled for every frame. Offsets are into the frame's `bytes`. Addresses and ports are
 * set for candidates, keepalives and ESP of every form; the payload for those of them that came over UDP.
 */

export class Located {
  ipVersion: 4 | 6 = 4;
  /** IPv4 identification of the innermost header, for candidates; 0 for IPv6. */
  identification = 0;
  /** Offsets of the innermost IP addresses: 4 or 16 bytes each. */
  source = 0;
  destination = 0;
  /** 0 for ESP over IP, which has no ports. */
  sourcePort = 0;
  destinationPort = 0;
  /** First byte after the UDP header and, where there is one, the non-ESP marker. */
  payload = 0;
  /** Bytes captured from `payload`. */
  captured = 0;
  /** Bytes of the datagram from `payload`, by the headers: of a first fragment, what the whole datagram has. */
  length = 0;
  /** A non-ESP marker stands before `payload` (RFC 3948 2.2). */
  marker = false;
  /** What was not looked into; set for `Kind.unsupportedEncapsulation` alone. See encapsulations.ts. */
  encapsulation = 0;
}
