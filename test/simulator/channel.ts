/** One IKE SA on the wire: its cookies, where it runs, and requests that are sent again until they are answered. */

import type { Decision, Gateway } from "./asa.ts";
import { type Cookies, header } from "./phase-one.ts";
import type { Body, Direction, Place } from "./wire.ts";

/** What a dialogue needs of its world. */
export interface Network {
  readonly now: number;
  after: (seconds: number, run: () => void) => void;
  /** Puts a datagram on the wire; true when it reaches the other end. */
  carry: (from: Sender, direction: Direction, body: Body) => boolean;
  bytes: (length: number) => Buffer;
  word: () => number;
  /** The gateway's decision on a quick mode of this SA, for the record. */
  decided: (dialogue: Deciding, messageId: number, decision: Decision) => void;
}

/** Of which IKE SA a datagram is, and where that runs. */
export interface Sender {
  readonly sa: string;
  readonly place: Place;
  readonly gateway: Gateway;
  readonly floated: boolean;
}

/** What is known of an SA whose quick mode a gateway decides. */
export interface Deciding {
  readonly sa: string;
  readonly address: string;
  readonly gateway: Gateway;
  readonly acceptable: boolean;
}

/** When it sends a message again, and when it gives up, seconds after the first one. */
export interface Habit {
  resends: readonly number[];
  giveUp: number;
}

export interface Asking {
  fits: (reply: Buffer) => boolean | null;
  /** Seconds until the gateway answers. */
  slow: number;
}

export const TRAVEL = 0.015;
/** Bytes of an encrypted message that are drawn; the rest stays zero. */
const DRAWN = 16;

export class Channel {
  readonly cookies: Cookies;
  readonly sa: string;
  readonly gateway: Gateway;
  place: Place;
  floated = false;
  protected ended = false;
  protected readonly net: Network;
  readonly #habit: Habit;

  constructor(net: Network, habit: Habit, gateway: Gateway, place: Place) {
    this.net = net;
    this.#habit = habit;
    this.gateway = gateway;
    this.place = place;
    this.cookies = { initiator: net.bytes(8), responder: net.bytes(8) };
    this.sa = this.cookies.initiator.toString("hex");
  }

  /** What the gateway takes the client for: its address, and its port behind a NAT. */
  get peer(): string {
    return `${this.place.address}:${this.place.port500}`;
  }

  get address(): string {
    return this.place.address;
  }

  /** Sends a request until an answer that `fits` arrives (false: a refusal that is heeded), or the client gives up. */
  protected ask(
    request: Buffer,
    answer: () => Buffer | null,
    done: (answered: boolean) => void,
    { fits, slow }: Asking = { fits: () => true, slow: 0 },
  ): void {
    let over = false;
    let asked = false;
    const finish = (answered: boolean) => {
      if (over || this.ended) return;
      over = true;
      done(answered);
    };
    const deliver = (reply: Buffer) => {
      if (!this.send("down", { isakmp: reply })) return;
      const verdict = fits(reply);
      if (verdict !== null) this.net.after(TRAVEL, () => finish(verdict));
    };
    const send = () => {
      if (over || this.ended || !this.send("up", { isakmp: request })) return;
      this.net.after(TRAVEL, () => {
        if (this.net.now < this.gateway.downUntil || (asked && slow > 0)) return;
        asked = true;
        const reply = answer();
        if (reply === null) return;
        if (slow > 0) this.net.after(slow, () => deliver(reply));
        else deliver(reply);
      });
    };
    send();
    for (const later of this.#habit.resends) this.net.after(later, send);
    this.net.after(this.#habit.giveUp, () => finish(false));
  }

  protected send(direction: Direction, body: Body): boolean {
    return this.net.carry(this, direction, body);
  }

  protected encrypted(exchange: number, id: number, length: number): Buffer {
    const message = header(this.cookies, exchange, id, length, true);
    message.set(this.net.bytes(DRAWN), 28);
    return message;
  }
}
