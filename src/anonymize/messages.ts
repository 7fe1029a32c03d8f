/**
 * An ISAKMP message without what names anybody. Header, SA, key exchange, nonce, deletes and known vendor IDs stay;
 * NAT-D is computed anew; identifications, certificates, attributes (user names), unknown vendor IDs and whatever is
 * not known are replaced one for one. What is encrypted stays as it is.
 */

import { hex, readU16 } from "../wire/bytes.ts";
import { PAYLOAD_FRAGMENT } from "../wire/fragments.ts";
import { FLAG_ENCRYPTED, flags, headerLength, lengthField, nextPayload } from "../wire/isakmp.ts";
import { GENERIC_HEADER, Payload } from "../wire/payload-chain.ts";
import { readVendorIds } from "../wire/vendor-ids.ts";
import type { AddressMap } from "./address-map.ts";
import type { Keyed } from "./keyed.ts";
import type { Endpoint, NatDiscovery } from "./nat-discovery.ts";

/** What names nobody. */
const STAYS: ReadonlySet<number> = new Set([
  Payload.sa,
  Payload.keyExchange,
  Payload.hash,
  Payload.nonce,
  Payload.delete,
]);
const COOKIES = 16;
/** Of an identification: its type, protocol and port (RFC 2407 4.6.2). Of a NAT-OA: its type and reserved bytes. */
const ID_FIXED = 4;
const ID_IPV4 = 1;
const ID_IPV6 = 5;
/** Of a notification: DOI, protocol, SPI size, type (RFC 2408 3.14). */
const NOTIFY_FIXED = 8;
/** Fragment ID, number and flags before the piece (MS-IKEE 2.2.3). */
const FRAGMENT_FIXED = 4;
const MAX_PAYLOADS = 64;
const MAX_SETS = 4096;

export class MessageScrubber {
  readonly #keyed: Keyed;
  readonly #addresses: AddressMap;
  readonly #natDiscovery: NatDiscovery;
  /** Sets of IKE fragments whose first piece shows that the message is encrypted. */
  readonly #encryptedSets = new Set<string>();

  constructor(keyed: Keyed, addresses: AddressMap, natDiscovery: NatDiscovery) {
    this.#keyed = keyed;
    this.#addresses = addresses;
    this.#natDiscovery = natDiscovery;
  }

  /**
   * Scrubs the message in place.
   * @param message from the header on, as much as was captured
   * @param near the endpoints of the datagram
   */
  scrub(message: Uint8Array, near: readonly Endpoint[]): void {
    if (message.length < headerLength || (flags(message, 0) & FLAG_ENCRYPTED) !== 0) return;
    const end = Math.min(message.length, Math.max(headerLength, lengthField(message, 0)));
    let type = nextPayload(message, 0);
    let at = headerLength;
    for (let i = 0; i < MAX_PAYLOADS && type !== 0 && at + GENERIC_HEADER <= end; i += 1) {
      const length = readU16(message, at + 2);
      if (length < GENERIC_HEADER) break;
      const next = message[at];
      const body = message.subarray(at + GENERIC_HEADER, Math.min(at + length, end));
      this.#payload(type, body, message.subarray(0, COOKIES), near);
      type = next;
      at += length;
    }
    // Padding, and a chain that lies.
    if (at < message.length) this.#replace("rest", message.subarray(Math.max(at, headerLength)));
  }

  /** All behind the header, of a protocol that is not judged. */
  scrubWhole(message: Uint8Array): void {
    if (message.length > headerLength) this.#replace("other", message.subarray(headerLength));
  }

  #payload(type: number, body: Uint8Array, cookies: Uint8Array, near: readonly Endpoint[]): void {
    if (STAYS.has(type)) return;
    if (type === Payload.natD || type === Payload.natDDraft) {
      body.set(this.#natDiscovery.replace(cookies, body.slice(), near));
    } else if (type === Payload.id || type === Payload.natOa || type === Payload.natOaDraft) {
      this.#identification(body);
    } else if (type === Payload.notify) {
      this.#replace("notify", body.subarray(Math.min(body.length, NOTIFY_FIXED + (body[5] ?? 0))));
    } else if (type === Payload.vendorId) {
      const known = readVendorIds([hex(body)]).names.length > 0;
      if (!known) this.#replace("vendor", body);
    } else if (type === PAYLOAD_FRAGMENT) this.#fragment(body, cookies);
    else this.#replace(`payload-${type}`, body);
  }

  #identification(body: Uint8Array): void {
    const value = body.subarray(ID_FIXED);
    const kind = body[0];
    if ((kind === ID_IPV4 && value.length === 4) || (kind === ID_IPV6 && value.length === 16)) {
      value.set(this.#addresses.map(value));
    } else this.#replace("identification", value);
  }

  /** A piece of an encrypted message stays; one of a message in the clear is replaced, but for its header. */
  #fragment(body: Uint8Array, cookies: Uint8Array): void {
    const piece = body.subarray(FRAGMENT_FIXED);
    const set = `${cookies.join(".")}/${body[0]}/${body[1]}`;
    const first = body[2] === 1;
    if (first && piece.length >= headerLength && (flags(piece, 0) & FLAG_ENCRYPTED) !== 0) {
      if (this.#encryptedSets.size >= MAX_SETS) this.#encryptedSets.clear();
      this.#encryptedSets.add(set);
    }
    if (this.#encryptedSets.has(set)) return;
    this.#replace("fragment", first ? piece.subarray(Math.min(piece.length, headerLength)) : piece);
  }

  #replace(label: string, bytes: Uint8Array): void {
    bytes.set(this.#keyed.substitute(label, bytes.slice()));
  }
}
