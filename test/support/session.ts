/**
 * Plays IKEv1 sessions of L2TP/IPsec clients into timed frames: sizes, vendor IDs and timing of Windows as
 * known from public logs, an ASA-like responder. Encrypted bodies are seeded random bytes: different for each
 * message, the same in its retransmissions.
 */

import type { FrameRecord } from "./capture-files.ts";
import { datagram, espPacket, isakmp, nonEspMarker, payloads } from "./frames.ts";
import { random32 } from "./random.ts";
import {
  choice,
  GROUP,
  type Group,
  keyExchange,
  offer,
  type Payload,
  VENDOR,
  windowsVendorIds,
} from "./samples-phase-one.ts";

export { VENDOR, windowsVendorIds };

const SECOND = 1_000_000_000n;
/** 2026-03-02 08:00:00 UTC. */
export const START = 1_772_438_400n * SECOND;

export interface PeerOptions {
  /** Address that the responder sees. */
  address: string;
  /** Ports towards 500 and 4500; with `port4500` the session floats behind a NAT. */
  port500?: number;
  port4500?: number;
  vendorIds?: readonly string[];
  responder?: string;
  /** Vendor IDs of the responder in its first and its second message. */
  responderVendorIds?: { first: readonly string[]; second: readonly string[] };
  group?: Group;
}

const ASA_VENDOR_IDS = {
  first: [VENDOR.natT, VENDOR.fragmentationCisco],
  // The third looks like that of an IOS device and differs from gateway to gateway.
  second: [VENDOR.unity, VENDOR.xauth, "a38c6e10f2b54d7981c0de5567f3419b", VENDOR.asa],
};

export type Side = "client" | "responder";

/** What a frame holds, so that a capture made of some of the frames can be counted. */
export type What = "quick-mode" | "ikev1" | "ikev2" | "authip" | "malformed" | "esp" | "keepalive";

export interface PlayedRecord extends FrameRecord {
  what?: What;
}

/** All frames of a capture, and counts of what was put in. */
export class Stage {
  readonly records: PlayedRecord[] = [];
  readonly next: () => number;
  ikev1 = 0;
  quickModeMessages = 0;
  constructor(seed: number) {
    this.next = random32(seed);
  }

  bytes(length: number): Buffer {
    const buffer = Buffer.alloc(length);
    for (let i = 0; i < length; i += 1) buffer[i] = this.next() & 0xff;
    return buffer;
  }

  cookie(): string {
    return this.bytes(8).toString("hex");
  }

  /** @param seconds after START */
  put(seconds: number, frame: Buffer, what: What): void {
    this.records.push({ at: START + BigInt(Math.round(seconds * 1e6)) * 1000n, frame, what });
    if (what === "quick-mode") this.quickModeMessages += 1;
    if (what === "quick-mode" || what === "ikev1") this.ikev1 += 1;
  }

  /** The records in the order of time. */
  sorted(): PlayedRecord[] {
    return [...this.records].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }
}

/** Where a client takes its quick-mode IDs from: it counts in each IKE SA, or draws the next of a list. */
export type Ids = "counting" | readonly number[];

/** A host that connects again and again; each time is a Session of its own. */
export class Client {
  readonly #stage: Stage;
  readonly #peer: PeerOptions;
  readonly #ids: Ids;
  #drawn = 0;

  constructor(stage: Stage, peer: PeerOptions, ids: Ids = "counting") {
    this.#stage = stage;
    this.#peer = peer;
    this.#ids = ids;
  }

  /** A new IKE SA, by main mode. */
  connect(at: number): Session {
    const ids = this.#ids;
    let counter = 0;
    const nextId = () => {
      if (ids === "counting") {
        counter += 1;
        return counter;
      }
      const id = ids[this.#drawn];
      if (id === undefined) throw new Error("the list of message IDs is used up");
      this.#drawn += 1;
      return id;
    };
    return new Session(this.#stage, this.#peer, nextId).mainMode(at);
  }
}

/** One IKE SA between a client and a responder. */
export class Session {
  readonly initiatorCookie: string;
  readonly responderCookie: string;
  readonly #stage: Stage;
  readonly #peer: Required<Pick<PeerOptions, "address" | "responder">> & PeerOptions;
  readonly #nextId: () => number;
  #floated = false;
  /** IPsec SAs so far: each has SPIs and sequence numbers of its own (RFC 4303 2.1, 2.2). */
  #ipsecSas = 0;
  #sequence = { client: 0, responder: 0 };

  constructor(stage: Stage, peer: PeerOptions, nextId: () => number = stage.next) {
    this.#stage = stage;
    this.#peer = { responder: "192.0.2.1", ...peer };
    this.#nextId = nextId;
    this.initiatorCookie = stage.cookie();
    this.responderCookie = stage.cookie();
  }

  get #natted(): boolean {
    return this.#peer.port4500 !== undefined;
  }

  /** A session that the capture does not show from its beginning is on its last ports at once. */
  float(): this {
    this.#floated = this.#natted;
    return this;
  }

  #clear(from: Side, at: number, list: readonly Payload[], first = false): void {
    const chain = payloads(list);
    const message = isakmp({
      initiatorCookie: this.initiatorCookie,
      responderCookie: first ? "0000000000000000" : this.responderCookie,
      exchange: 2,
      nextPayload: chain.nextPayload,
      body: chain.body,
    });
    this.send(at, from, message);
  }

  /** An encrypted message of `length` bytes in all. */
  encrypted(exchange: number, messageId: number, length: number): Buffer {
    return isakmp({
      initiatorCookie: this.initiatorCookie,
      responderCookie: this.responderCookie,
      exchange,
      messageId,
      flags: 1,
      body: this.#stage.bytes(length - 28),
    });
  }

  /** Sends a message made by `encrypted`, also again. */
  send(at: number, from: Side, message: Buffer): void {
    const { address, responder, port500 = 500, port4500 = 4500 } = this.#peer;
    const client = `${address.includes(":") ? `[${address}]` : address}:${this.#floated ? port4500 : port500}`;
    const gateway = `${responder.includes(":") ? `[${responder}]` : responder}:${this.#floated ? 4500 : 500}`;
    const payload = this.#floated ? nonEspMarker(message) : message;
    const frame = from === "client" ? datagram(client, gateway, payload) : datagram(gateway, client, payload);
    this.#stage.put(at, frame, message[18] === 32 ? "quick-mode" : "ikev1");
  }

  /** The six messages of main mode, 20 ms apart; behind a NAT the fifth is the first on port 4500. */
  mainMode(at: number): this {
    const { vendorIds = windowsVendorIds(9), responderVendorIds = ASA_VENDOR_IDS } = this.#peer;
    const { group = GROUP.modp1024 } = this.#peer;
    const { first, second } = responderVendorIds;
    const known = (id: string) => vendorIds.includes(id) && first.includes(id);
    const natTraversal = this.#natted || known(VENDOR.natT);
    const exchange = (from: Side, ids: readonly string[]) =>
      keyExchange({ from, group, vendorIds: ids, natTraversal, random: (size) => this.#stage.bytes(size) });
    this.#clear("client", at, offer(vendorIds), true);
    this.#clear("responder", at + 0.02, choice(first, group));
    this.#clear("client", at + 0.04, exchange("client", []));
    this.#clear("responder", at + 0.06, exchange("responder", second));
    this.#floated = this.#natted;
    this.send(at + 0.08, "client", this.encrypted(2, 0, 76));
    this.send(at + 0.1, "responder", this.encrypted(2, 0, 76));
    return this;
  }

  /** A quick mode that succeeds: 332, 172 and 60 bytes as Windows and its peers send. */
  quickMode(at: number, messageId: number = this.#nextId(), starter: Side = "client"): this {
    const other = starter === "client" ? "responder" : "client";
    this.send(at, starter, this.encrypted(32, messageId, 332));
    this.send(at + 0.03, other, this.encrypted(32, messageId, 172));
    this.send(at + 0.05, starter, this.encrypted(32, messageId, 60));
    this.#ipsecSas += 1;
    this.#sequence = { client: 0, responder: 0 };
    return this;
  }

  /** SPI and sequence number of the next ESP packet: the receiver chose the SPI. */
  #espHeader(from: Side): Buffer {
    const header = Buffer.alloc(8);
    const cookie = from === "client" ? this.responderCookie : this.initiatorCookie;
    header.writeUInt32BE(((Number.parseInt(cookie.slice(0, 5), 16) + 0x100) * 256 + this.#ipsecSas) >>> 0, 0);
    this.#sequence[from] += 1;
    header.writeUInt32BE(this.#sequence[from], 4);
    return header;
  }

  /** A quick mode without an answer: sent again after 1, 2 and 5 seconds as Windows does. */
  unanswered(at: number, messageId: number = this.#nextId(), again: readonly number[] = [1, 2, 5]): this {
    const message = this.encrypted(32, messageId, 332);
    for (const later of [0, ...again]) this.send(at + later, "client", message);
    return this;
  }

  /** A quick mode that the responder answers by an Informational instead. */
  refused(at: number, messageId: number = this.#nextId()): this {
    this.send(at, "client", this.encrypted(32, messageId, 332));
    return this.deleteEsp(at + 0.02, "responder");
  }

  /** One Informational of the size of a Delete of an IPsec SA. */
  deleteEsp(at: number, from: Side = "client"): this {
    this.send(at, from, this.encrypted(5, this.#stage.next(), 76));
    return this;
  }

  /** Delete of the IPsec SA and of the ISAKMP SA, 30 ms apart. */
  farewell(at: number, from: Side = "client"): this {
    this.deleteEsp(at, from);
    this.send(at + 0.03, from, this.encrypted(5, this.#stage.next(), 92));
    return this;
  }

  /** ESP both ways, every `every` seconds: over IP, or in UDP behind a NAT. */
  esp(from: number, to: number, every = 5): this {
    for (let at = from; at <= to; at += every) {
      this.espOnce(at, "client");
      this.espOnce(at + 0.01, "responder");
    }
    return this;
  }

  espOnce(at: number, from: Side): void {
    const { address, responder, port4500 = 4500 } = this.#peer;
    const put = (frame: Buffer) => this.#stage.put(at, frame, "esp");
    if (!this.#floated) {
      const [source, destination] = from === "client" ? [address, responder] : [responder, address];
      put(espPacket(source, destination, 96, this.#espHeader(from)));
      return;
    }
    const esp = Buffer.concat([this.#espHeader(from), this.#stage.bytes(88)]);
    const client = `${address}:${port4500}`;
    const gateway = `${responder}:4500`;
    put(from === "client" ? datagram(client, gateway, esp) : datagram(gateway, client, esp));
  }

  /** NAT keepalives of the client, every 20 s. */
  keepalives(from: number, to: number): this {
    const { address, responder, port4500 = 4500 } = this.#peer;
    for (let at = from; at <= to; at += 20) {
      const frame = datagram(`${address}:${port4500}`, `${responder}:4500`, Buffer.from([0xff]));
      this.#stage.put(at, frame, "keepalive");
    }
    return this;
  }
}
