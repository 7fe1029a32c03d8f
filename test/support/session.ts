/**
 * Plays IKEv1 sessions of L2TP/IPsec clients into timed frames: sizes, vendor IDs and timing of Windows as
 * known from public logs, an ASA-like responder. Encrypted bodies are seeded random bytes: different for each
 * message, the same in its retransmissions.
 */

import type { FrameRecord } from "./capture-files.ts";
import { datagram, espPacket, isakmp, nonEspMarker, payloads } from "./frames.ts";
import { random32 } from "./random.ts";

const SECOND = 1_000_000_000n;
/** 2026-03-02 08:00:00 UTC. */
export const START = 1_772_438_400n * SECOND;

export const VENDOR = {
  microsoft: (version: number) => `1e2b516905991c7d7c96fcbfb587e461${version.toString(16).padStart(8, "0")}`,
  keyMods: "01528bbbc00696121849ab9a1c5b2a5100000001",
  natT: "4a131c81070358455c5728f20e95452f",
  natTDraft2n: "90cb80913ebb696e086381b5ec427b1f",
  fragmentation: "4048b7d56ebce88525e7de7f00d6c2d3",
  fragmentationCisco: "4048b7d56ebce88525e7de7f00d6c2d3c0000000",
  negotiationDiscovery: "fb1de3cdf341b7ea16b7e5be0855f120",
  initialContact: "26244d38eddb61b3172a36e3d0cfb819",
  cga: "e3a5966a76379fe707228231e5ce8652",
  unity: "12f5f28c457168a9702d9fe274cc0100",
  xauth: "09002689dfd6b712",
  asa: "1f07f70eaa6514d3b0fa96542a500100",
  strongSwan: "882fe56d6fd20dbc2251613b2ebe5beb",
  dpd: "afcad71368a1f1c96b8696fc77570100",
} as const;

/** Vendor IDs of a Windows client in the order in which it sends them. */
export function windowsVendorIds(version: number): string[] {
  if (version <= 4) return [VENDOR.microsoft(version), VENDOR.fragmentation, VENDOR.natTDraft2n];
  const since7 = [
    VENDOR.microsoft(version),
    VENDOR.natT,
    VENDOR.natTDraft2n,
    VENDOR.fragmentation,
    VENDOR.negotiationDiscovery,
    VENDOR.initialContact,
    VENDOR.cga,
  ];
  return version >= 9 ? [VENDOR.keyMods, ...since7] : since7;
}

/** Life type seconds, life duration 28800 in the long form, as Windows offers it. */
const LIFE_28800 = Buffer.from("800b0001000c000400007080", "hex");

/** An SA payload with one proposal of one transform (RFC 2408 3.4 to 3.6). */
function saPayload(): { type: number; body: Buffer } {
  const attributes = Buffer.concat([
    Buffer.from("80010007800e0080800200028004000280030001", "hex"),
    LIFE_28800,
  ]);
  const transform = Buffer.concat([Buffer.from([0, 0, 0, 8 + attributes.length, 1, 1, 0, 0]), attributes]);
  const proposal = Buffer.concat([Buffer.from([0, 0, 0, 8 + transform.length, 1, 1, 0, 1]), transform]);
  return { type: 1, body: Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, 1]), proposal]) };
}

function vendorPayloads(ids: readonly string[]): { type: number; body: Buffer }[] {
  return ids.map((id) => ({ type: 13, body: Buffer.from(id, "hex") }));
}

export interface PeerOptions {
  /** Address that the responder sees. */
  address: string;
  /** Ports towards 500 and 4500; with `port4500` the session floats behind a NAT. */
  port500?: number;
  port4500?: number;
  vendorIds?: readonly string[];
  responder?: string;
  responderVendorIds?: { first: readonly string[]; second: readonly string[] };
}

const ASA_VENDOR_IDS = {
  first: [VENDOR.natT, VENDOR.fragmentationCisco],
  second: [VENDOR.unity, VENDOR.xauth, VENDOR.asa],
};

export type Side = "client" | "responder";

/** All frames of a capture, and counts of what was put in. */
export class Stage {
  readonly records: FrameRecord[] = [];
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
  put(seconds: number, frame: Buffer): void {
    this.records.push({ at: START + BigInt(Math.round(seconds * 1e6)) * 1000n, frame });
  }

  /** The records in the order of time. */
  sorted(): FrameRecord[] {
    return [...this.records].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }
}

/** One IKE SA between a client and a responder. */
export class Session {
  readonly initiatorCookie: string;
  readonly responderCookie: string;
  readonly #stage: Stage;
  readonly #peer: Required<Pick<PeerOptions, "address" | "responder">> & PeerOptions;
  #floated = false;

  constructor(stage: Stage, peer: PeerOptions) {
    this.#stage = stage;
    this.#peer = { responder: "192.0.2.1", ...peer };
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

  #send(at: number, from: Side, message: Buffer): void {
    const { address, responder, port500 = 500, port4500 = 4500 } = this.#peer;
    const client = `${address.includes(":") ? `[${address}]` : address}:${this.#floated ? port4500 : port500}`;
    const gateway = `${responder.includes(":") ? `[${responder}]` : responder}:${this.#floated ? 4500 : 500}`;
    const payload = this.#floated ? nonEspMarker(message) : message;
    const frame = from === "client" ? datagram(client, gateway, payload) : datagram(gateway, client, payload);
    this.#stage.put(at, frame);
    this.#stage.ikev1 += 1;
    if (message[18] === 32) this.#stage.quickModeMessages += 1;
  }

  #clear(list: readonly { type: number; body: Buffer }[], length: number, first: boolean): Buffer {
    const chain = payloads(list);
    const message = isakmp({
      initiatorCookie: this.initiatorCookie,
      responderCookie: first ? "0000000000000000" : this.responderCookie,
      exchange: 2,
      nextPayload: chain.nextPayload,
      body: chain.body,
    });
    if (length > 0 && message.length !== length)
      throw new Error(`message of ${message.length} bytes, wanted ${length}`);
    return message;
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
    this.#send(at, from, message);
  }

  /** The six messages of main mode, 20 ms apart; behind a NAT the fifth is the first on port 4500. */
  mainMode(at: number): this {
    const { vendorIds = windowsVendorIds(9), responderVendorIds = ASA_VENDOR_IDS } = this.#peer;
    const key = (size: number) => ({ type: 4, body: this.#stage.bytes(size) });
    const nonce = { type: 10, body: this.#stage.bytes(48) };
    const natD = () => ({ type: 20, body: this.#stage.bytes(20) });
    this.#send(at, "client", this.#clear([saPayload(), ...vendorPayloads(vendorIds)], 0, true));
    this.#send(
      at + 0.02,
      "responder",
      this.#clear([saPayload(), ...vendorPayloads(responderVendorIds.first)], 0, false),
    );
    this.#send(at + 0.04, "client", this.#clear([key(256), nonce, natD(), natD()], 388, false));
    const second = vendorPayloads(responderVendorIds.second);
    this.#send(at + 0.06, "responder", this.#clear([key(256), nonce, ...second, natD(), natD()], 0, false));
    this.#floated = this.#natted;
    this.#send(at + 0.08, "client", this.encrypted(2, 0, 76));
    this.#send(at + 0.1, "responder", this.encrypted(2, 0, 76));
    return this;
  }

  /** A quick mode that succeeds: 332, 172 and 60 bytes as Windows and its peers send. */
  quickMode(at: number, messageId: number, starter: Side = "client"): this {
    const other = starter === "client" ? "responder" : "client";
    this.#send(at, starter, this.encrypted(32, messageId, 332));
    this.#send(at + 0.03, other, this.encrypted(32, messageId, 172));
    this.#send(at + 0.05, starter, this.encrypted(32, messageId, 60));
    return this;
  }

  /** A quick mode without an answer: sent again after 1, 2 and 5 seconds as Windows does. */
  unanswered(at: number, messageId: number, again: readonly number[] = [1, 2, 5]): this {
    const message = this.encrypted(32, messageId, 332);
    for (const later of [0, ...again]) this.#send(at + later, "client", message);
    return this;
  }

  /** A quick mode that the responder answers by an Informational instead. */
  refused(at: number, messageId: number): this {
    this.#send(at, "client", this.encrypted(32, messageId, 332));
    this.#send(at + 0.02, "responder", this.encrypted(5, this.#stage.next(), 76));
    return this;
  }

  /** One Delete of an IPsec SA. */
  deleteEsp(at: number, from: Side = "client"): this {
    this.#send(at, from, this.encrypted(5, this.#stage.next(), 76));
    return this;
  }

  /** Delete of the IPsec SA and of the ISAKMP SA, 30 ms apart. */
  farewell(at: number, from: Side = "client"): this {
    this.deleteEsp(at, from);
    this.#send(at + 0.03, from, this.encrypted(5, this.#stage.next(), 92));
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
    if (!this.#floated) {
      this.#stage.put(at, from === "client" ? espPacket(address, responder) : espPacket(responder, address));
      return;
    }
    const esp = Buffer.concat([Buffer.from([0xc0, 0, 0, 1]), this.#stage.bytes(92)]);
    const client = `${address}:${port4500}`;
    const gateway = `${responder}:4500`;
    this.#stage.put(at, from === "client" ? datagram(client, gateway, esp) : datagram(gateway, client, esp));
  }

  /** NAT keepalives of the client, every 20 s. */
  keepalives(from: number, to: number): this {
    const { address, responder, port4500 = 4500 } = this.#peer;
    for (let at = from; at <= to; at += 20) {
      this.#stage.put(at, datagram(`${address}:${port4500}`, `${responder}:4500`, Buffer.from([0xff])));
    }
    return this;
  }
}
