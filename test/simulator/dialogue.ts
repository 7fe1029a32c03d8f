/**
 * One IKE SA of a simulated client, message by message over a network that loses some: every request is sent
 * again until its answer arrives (after 1, 2 and 5 seconds, as Windows does), every answer again when its
 * request comes again.
 */

import { payloads } from "../support/frames.ts";
import { choice, GROUP, keyExchange, offer, VENDOR } from "../support/samples-phase-one.ts";
import type { Decision, Gateway } from "./asa.ts";
import { type Body, type Direction, message, type Place } from "./wire.ts";

/** What a dialogue needs of its world. */
export interface Network {
  after: (seconds: number, run: () => void) => void;
  /** Puts a datagram on the wire; true when it reaches the other end. */
  carry: (place: Place, gateway: Gateway, direction: Direction, floated: boolean, body: Body) => boolean;
  bytes: (length: number) => Buffer;
  word: () => number;
  /** The gateway's decision on a quick mode of this SA, for the record. */
  decided: (dialogue: Dialogue, messageId: number, decision: Decision) => void;
  /** The gateway has finished phase 1. */
  established: (dialogue: Dialogue) => void;
}

export interface Nature {
  vendorIds: readonly string[];
  counts: boolean;
  /** Its proposal is one that the gateway takes. */
  acceptable: boolean;
}

const RESENDS = [1, 2, 5];
const GIVE_UP = 12;
const TRAVEL = 0.015;
const NO_COOKIE = "0000000000000000";

export class Dialogue {
  readonly cookies: { initiator: string; responder: string };
  readonly nature: Nature;
  readonly gateway: Gateway;
  place: Place;
  #floated = false;
  #counter = 0;
  readonly #net: Network;

  constructor(net: Network, nature: Nature, gateway: Gateway, place: Place) {
    this.#net = net;
    this.nature = nature;
    this.gateway = gateway;
    this.place = place;
    this.cookies = { initiator: net.bytes(8).toString("hex"), responder: net.bytes(8).toString("hex") };
  }

  get key(): string {
    return this.cookies.initiator;
  }

  /** What the gateway takes the client for: its address, and its port behind a NAT. */
  get peer(): string {
    return `${this.place.address}:${this.place.port500}`;
  }

  /** Main mode; `done` is told whether it came through. */
  begin(done: (finished: boolean) => void): void {
    let established = false;
    const random = (size: number) => this.#net.bytes(size);
    const { vendorIds } = this.nature;
    const natTraversal = true;
    const exchange = (from: "client" | "responder", ids: readonly string[]) =>
      this.#clear(keyExchange({ from, group: GROUP.modp1024, vendorIds: ids, natTraversal, random }));
    const first = this.#clear(offer(vendorIds), NO_COOKIE);
    const answers = [
      this.#clear(choice([VENDOR.natT, VENDOR.fragmentationCisco], GROUP.modp1024)),
      exchange("responder", [VENDOR.unity, VENDOR.xauth, VENDOR.asa]),
    ];
    const second = exchange("client", []);
    this.#ask(
      first,
      () => answers[0],
      (ok) => {
        if (!ok) return done(false);
        this.#ask(
          second,
          () => answers[1],
          (again) => {
            if (!again) return done(false);
            this.#floated = this.place.natted;
            const last = this.#encrypted(2, 0, 76);
            this.#ask(
              this.#encrypted(2, 0, 76),
              () => {
                if (!established) this.#net.established(this);
                established = true;
                this.gateway.replace(this.peer, this.key);
                return last;
              },
              done,
            );
          },
        );
      },
    );
  }

  /** A quick mode; `done` is told whether it was accepted. */
  quickMode(done: (accepted: boolean) => void): void {
    this.#counter += 1;
    const id = this.nature.counts ? this.#counter : this.#net.word() || 1;
    let decision: Decision | null = null;
    const answer = this.#encrypted(32, id, 172);
    const third = this.#encrypted(32, id, 60);
    this.#ask(
      this.#encrypted(32, id, 332),
      () => {
        decision ??= this.#decide(id);
        if (decision.accepted) return answer;
        return this.gateway.model.speaks ? this.#encrypted(5, this.#net.word(), 76) : null;
      },
      (accepted) => {
        if (accepted) this.#send("up", { isakmp: third });
        done(accepted);
      },
      (reply) => reply === answer,
    );
  }

  #decide(id: number): Decision {
    const decision = this.gateway.decide(this.key, this.peer, id, this.nature.acceptable);
    this.#net.decided(this, id, decision);
    return decision;
  }

  /** Delete ESP, Delete ISAKMP. When both are lost the gateway keeps what it has. */
  farewell(): void {
    const heard = [76, 92].map((length) =>
      this.#send("up", { isakmp: this.#encrypted(5, this.#net.word(), length) }),
    );
    if (heard.some((each) => each)) this.gateway.drop(this.key);
  }

  esp(): void {
    const esp = () => Buffer.concat([Buffer.from([0xc0, 0, 0, 1]), this.#net.bytes(44)]);
    if (this.#send("up", { esp: esp() })) this.#net.after(TRAVEL, () => this.#send("down", { esp: esp() }));
  }

  keepalive(): void {
    if (this.#floated) this.#send("up", { keepalive: true });
  }

  /** Sends a request until an answer that `fits` arrives or the client gives up. */
  #ask(
    request: Buffer,
    answer: () => Buffer | null,
    done: (answered: boolean) => void,
    fits: (reply: Buffer) => boolean = () => true,
  ): void {
    let over = false;
    const finish = (answered: boolean) => {
      if (over) return;
      over = true;
      done(answered);
    };
    const send = () => {
      if (over || !this.#send("up", { isakmp: request })) return;
      this.#net.after(TRAVEL, () => {
        const reply = answer();
        if (reply === null || !this.#send("down", { isakmp: reply }) || !fits(reply)) return;
        this.#net.after(TRAVEL, () => finish(true));
      });
    };
    send();
    for (const later of RESENDS) this.#net.after(later, send);
    this.#net.after(GIVE_UP, () => finish(false));
  }

  #send(direction: Direction, body: Body): boolean {
    return this.#net.carry(this.place, this.gateway, direction, this.#floated, body);
  }

  #clear(list: Parameters<typeof payloads>[0], responder = this.cookies.responder): Buffer {
    const chain = payloads(list);
    const cookies = { ...this.cookies, responder };
    return message(cookies, 2, 0, chain.body, chain.nextPayload, false);
  }

  #encrypted(exchange: number, id: number, length: number): Buffer {
    return message(this.cookies, exchange, id, this.#net.bytes(length - 28), 8, true);
  }
}
