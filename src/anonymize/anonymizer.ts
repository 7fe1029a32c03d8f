/**
 * Stands between the decoder and whoever takes datagrams, and replaces what names anybody: the analysis, the report,
 * its fingerprints and the evidence then hold replaced addresses alone. Ports, cookies, message IDs and SPIs stay.
 *
 *   const anonymizer = new Anonymizer(key, hash);
 *   new Decoder(ports, [anonymizer.before(sink)]);
 */

import type { Sink } from "../feed/decoder.ts";
import { formatAddress, parseAddress } from "../wire/address.ts";
import { hex, readU32, writeU32 } from "../wire/bytes.ts";
import { Datagram } from "../wire/decoded.ts";
import { HeaderClass } from "../wire/isakmp.ts";
import { Kind } from "../wire/kinds.ts";
import type { ClearPayloads } from "../wire/payloads.ts";
import { readVendorIds } from "../wire/vendor-ids.ts";
import { AddressMap } from "./address-map.ts";
import { type Hash, Keyed } from "./keyed.ts";
import { MessageScrubber } from "./messages.ts";
import { type Endpoint, NatDiscovery } from "./nat-discovery.ts";

const ESP_HEADER = 8;
const COOKIES = 16;

export class Anonymizer {
  readonly #keyed: Keyed;
  readonly #addresses: AddressMap;
  readonly #natDiscovery: NatDiscovery;
  readonly #messages: MessageScrubber;
  readonly #copy = new Datagram();

  /** @param key 32 bytes; whoever has it can find the addresses again */
  constructor(key: Uint8Array, hash: Hash) {
    this.#keyed = new Keyed(key, hash);
    this.#addresses = new AddressMap(this.#keyed);
    this.#natDiscovery = new NatDiscovery(this.#keyed, this.#addresses);
    this.#messages = new MessageScrubber(this.#keyed, this.#addresses, this.#natDiscovery);
  }

  /** A sink that hands on what `sink` may see. */
  before(sink: Sink): Sink {
    return {
      begin: (slice) => sink.begin?.(slice),
      isakmp: (datagram) => sink.isakmp(this.#replaced(datagram)),
      signOfLife: (datagram) => sink.signOfLife(this.#replaced(datagram)),
      end: (slice) => sink.end?.(slice),
    };
  }

  /** An address or a prefix that the user named, as it is called in the output. */
  named(text: string): string {
    const [address, bits] = text.split("/");
    const bytes = parseAddress(address);
    if (bytes === null) return text;
    const mapped = formatAddress(this.#addresses.map(bytes), 0, bytes.length === 4 ? 4 : 6);
    return bits === undefined ? mapped : `${mapped}/${bits}`;
  }

  /** The datagram with other bytes: its two addresses, then what was captured of its payload. */
  #replaced(datagram: Datagram): Datagram {
    const size = datagram.ipVersion === 4 ? 4 : 16;
    const { bytes, source, destination, payload, kind } = datagram;
    const held = Math.max(0, Math.min(datagram.captured, bytes.length - payload));
    const from = bytes.slice(source, source + size);
    const to = bytes.slice(destination, destination + size);
    const out = new Uint8Array(2 * size + held);
    out.set(this.#addresses.map(from));
    out.set(this.#addresses.map(to), size);
    out.set(bytes.subarray(payload, payload + held), 2 * size);
    const body = out.subarray(2 * size);
    if (kind === Kind.candidate) this.#message(datagram, body, from, to);
    else if (kind !== Kind.natKeepalive)
      body.fill(0, ESP_HEADER + (kind === Kind.oldDraftEsp ? ESP_HEADER : 0));
    const copy = Object.assign(this.#copy, datagram);
    copy.bytes = out;
    copy.source = 0;
    copy.destination = size;
    copy.payload = 2 * size;
    copy.captured = datagram.provenance === "packet" ? held : datagram.captured;
    if (datagram.clear !== null) copy.clear = this.#told(datagram.clear, body, endsOf(datagram, from, to));
    return copy;
  }

  /** What another program told of a message. @param header begins with the cookies */
  #told(clear: ClearPayloads, header: Uint8Array, ends: readonly Endpoint[]): ClearPayloads {
    const vendorIds = clear.vendorIds.map((id) =>
      readVendorIds([id]).names.length > 0 ? id : this.#vendorId(id),
    );
    const natHashes: number[] = [];
    for (let i = 0; i + 1 < clear.natHashes.length; i += 2) {
      const hash = new Uint8Array(8);
      writeU32(hash, 0, clear.natHashes[i]);
      writeU32(hash, 4, clear.natHashes[i + 1]);
      const fresh = this.#natDiscovery.replace(header.subarray(0, COOKIES), hash, ends);
      natHashes.push(readU32(fresh, 0), readU32(fresh, 4));
    }
    return { ...clear, vendorIds, natHashes };
  }

  #vendorId(id: string): string {
    const bytes = Uint8Array.from(id.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    return hex(this.#keyed.substitute("vendor", bytes));
  }

  #message(datagram: Datagram, body: Uint8Array, from: Uint8Array, to: Uint8Array): void {
    const near = endsOf(datagram, from, to);
    for (const each of near) this.#natDiscovery.saw(each);
    if (datagram.headerClass === HeaderClass.ikev1) this.#messages.scrub(body, near);
    else this.#messages.scrubWhole(body);
  }
}

function endsOf({ sourcePort, destinationPort }: Datagram, from: Uint8Array, to: Uint8Array): Endpoint[] {
  return [
    { address: from, port: sourcePort },
    { address: to, port: destinationPort },
  ];
}
