/**
 * A random world: gateways, and people who dial in to them, stay, rekey, leave, vanish, move, come back.
 * Every other world has the fault (a gateway that refuses a message ID in use); the rest hold what looks like
 * it and is not.
 */

import { random32 } from "../support/random.ts";
import { VENDOR, windowsVendorIds } from "../support/samples-phase-one.ts";
import { type Decision, Gateway } from "./asa.ts";
import { Dialogue, type Nature, type Network } from "./dialogue.ts";
import { type Body, type Direction, frames, type Place, type Seen } from "./wire.ts";

export type Lookalike = "mismatch" | "moved" | "ghosts" | "turns" | "reuse" | "lossy-tap" | "plain";

/** A quick mode that a gateway refused. */
export interface Refusal {
  /** Initiator cookie of the IKE SA. */
  sa: string;
  messageId: number;
  reason: "held" | "mismatch";
  /** One of the holders was still connected, not a ghost in the gateway's tables. */
  holderConnected: boolean;
  /** The client would be refused with any ID. */
  acceptable: boolean;
}

/** What a gateway knows of its peers: what its log is made of. */
export interface Moment {
  at: number;
  what: "phase1" | "accepted" | "held" | "mismatch" | "ended";
  gateway: string;
  /** The peer's address, and the initiator cookie of the IKE SA. */
  peer: string;
  sa: string;
  /** 0 where no quick mode is spoken of. */
  messageId: number;
}

export interface World {
  seed: number;
  flawed: boolean;
  theme: Lookalike;
  /** Share of datagrams that the network loses between client and tap. */
  loss: number;
  gateways: readonly string[];
  seen: Seen[];
  refusals: Refusal[];
  /** Initiator cookie and message ID of what was accepted: "cookie/id". */
  accepted: Set<string>;
  moments: Moment[];
}

interface Person {
  nature: Nature;
  place: Place;
  gateway: Gateway;
  tries: number;
}

const THEMES: readonly Lookalike[] = ["mismatch", "moved", "ghosts", "turns", "reuse", "lossy-tap", "plain"];
const MAX_TRIES = 3;
const IDLE_TIMEOUT = 1800;

class Simulation implements Network {
  readonly world: World;
  readonly #next: () => number;
  readonly #boxes: Gateway[] = [];
  readonly #connected = new Set<string>();
  #queue: { at: number; order: number; run: () => void }[] = [];
  #order = 0;
  #now = 0;
  #people = 0;
  #turn = 0;

  constructor(seed: number) {
    this.#next = random32(seed * 2 + 77_777);
    const flawed = this.chance(0.5);
    const theme = THEMES[this.word() % THEMES.length];
    const loss = this.chance(0.5) ? 0 : [0.005, 0.02, 0.1][this.word() % 3];
    const boxes = this.chance(0.2) ? 2 : 1;
    const speaks = this.chance(0.4);
    for (let i = 0; i < boxes; i += 1) this.#boxes.push(new Gateway(`192.0.2.${i + 1}`, { flawed, speaks }));
    this.world = {
      seed,
      flawed,
      theme,
      loss,
      gateways: this.#boxes.map(({ address }) => address),
      seen: [],
      refusals: [],
      accepted: new Set(),
      moments: [],
    };
    for (const box of this.#boxes) {
      box.onEnd = (sa) => {
        const begun = this.world.moments.find((moment) => moment.sa === sa);
        if (begun !== undefined)
          this.world.moments.push({ ...begun, at: this.#now, what: "ended", messageId: 0 });
      };
    }
    const people = 2 + (this.word() % 5);
    for (let i = 0; i < people; i += 1) {
      const person = this.#person();
      const start = theme === "turns" ? 0 : this.#between(0, 100);
      if (theme !== "turns") this.after(start, () => this.#connect(person));
      else this.after(i * 150, () => this.#connect(person));
    }
  }

  run(): World {
    while (this.#queue.length > 0) {
      let first = 0;
      for (let i = 1; i < this.#queue.length; i += 1) {
        const [a, b] = [this.#queue[i], this.#queue[first]];
        if (a.at < b.at || (a.at === b.at && a.order < b.order)) first = i;
      }
      const { at, run } = this.#queue[first];
      this.#queue[first] = this.#queue[this.#queue.length - 1];
      this.#queue.pop();
      this.#now = at;
      run();
    }
    return this.world;
  }

  word(): number {
    return this.#next();
  }

  chance(probability: number): boolean {
    return this.#next() < probability * 0x1_0000_0000;
  }

  #between(low: number, high: number): number {
    return low + ((high - low) * this.#next()) / 0x1_0000_0000;
  }

  bytes(length: number): Buffer {
    const buffer = Buffer.alloc(length);
    for (let i = 0; i + 4 <= length; i += 4) buffer.writeUInt32LE(this.#next(), i);
    return buffer;
  }

  after(seconds: number, run: () => void): void {
    this.#order += 1;
    this.#queue.push({ at: this.#now + seconds, order: this.#order, run });
  }

  /** The network loses datagrams on the client's side of the tap: going up the tap misses them as well. */
  carry(place: Place, gateway: Gateway, direction: Direction, floated: boolean, body: Body): boolean {
    const lost = this.chance(this.world.loss);
    const { outside, inside } = frames({ place, gateway: gateway.address, direction, floated }, body);
    if (!(lost && direction === "up")) {
      this.world.seen.push({ at: this.#now, direction, esp: "esp" in body, outside, inside });
    }
    return !lost;
  }

  established(dialogue: Dialogue): void {
    this.#remember(dialogue, "phase1", 0);
  }

  #remember({ gateway, place, key }: Dialogue, what: Moment["what"], messageId: number): void {
    const { address } = place;
    this.world.moments.push({
      at: this.#now,
      what,
      gateway: gateway.address,
      peer: address,
      sa: key,
      messageId,
    });
  }

  decided(dialogue: Dialogue, messageId: number, decision: Decision): void {
    const { world } = this;
    this.#remember(dialogue, decision.accepted ? "accepted" : decision.reason, messageId);
    if (decision.accepted) {
      world.accepted.add(`${dialogue.key}/${messageId}`);
      return;
    }
    world.refusals.push({
      sa: dialogue.key,
      messageId,
      reason: decision.reason,
      holderConnected: decision.reason === "held" && decision.by.some((peer) => this.#connected.has(peer)),
      acceptable: dialogue.nature.acceptable,
    });
  }

  #place(natted: boolean, shared: boolean): Place {
    this.#people += 1;
    const n = this.#people;
    return {
      address: shared ? "198.51.100.250" : `198.51.100.${n}`,
      natted,
      port500: natted ? 1100 + n : 500,
      port4500: natted ? 41_000 + n : 4500,
      inside: `192.168.1.${n}`,
    };
  }

  #person(): Person {
    const kind = this.word() % 10;
    const counts = kind < 7;
    const vendorIds = counts
      ? windowsVendorIds(kind % 2 === 0 ? 9 : 8)
      : kind === 7
        ? windowsVendorIds(4)
        : [VENDOR.xauth, VENDOR.dpd];
    const shared = this.chance(0.2);
    const natted = shared || this.chance(0.35);
    const place = this.#place(natted, shared);
    const acceptable = !this.chance(this.world.theme === "mismatch" ? 0.4 : 0);
    const gateway = this.#boxes[this.word() % this.#boxes.length];
    return { nature: { vendorIds, counts, acceptable }, place, gateway, tries: 0 };
  }

  #connect(person: Person): void {
    person.tries += 1;
    if (person.tries > MAX_TRIES) return;
    const dialogue = new Dialogue(this, person.nature, person.gateway, person.place);
    dialogue.begin((finished) => {
      if (!finished) {
        this.after(this.#between(5, 30), () => this.#connect(person));
        return;
      }
      this.after(0.05, () =>
        dialogue.quickMode((accepted) => {
          if (accepted) this.#stay(person, dialogue);
          else {
            dialogue.farewell();
            this.after(this.#between(3, 40), () => this.#connect(person));
          }
        }),
      );
    });
  }

  #stay(person: Person, dialogue: Dialogue): void {
    this.#connected.add(dialogue.peer);
    const long = this.chance(0.1);
    const end = this.world.theme === "turns" ? this.#between(20, 90) : this.#between(20, long ? 900 : 150);
    const step = this.#between(4, 15);
    for (let at = 0.5; at < end - 0.5; at += step) this.after(at, () => dialogue.esp());
    if (person.place.natted) for (let at = 10; at < end; at += 20) this.after(at, () => dialogue.keepalive());
    const rekeys = this.word() % 3;
    for (let i = 1; i <= rekeys; i += 1) {
      this.after((end * i) / (rekeys + 1), () => dialogue.quickMode(() => undefined));
    }
    if (person.place.natted && this.chance(0.15)) {
      // The NAT forgets the mapping and makes another.
      this.after(this.#between(5, end), () => {
        this.#turn += 1;
        dialogue.place = { ...dialogue.place, port4500: 52_000 + this.#turn };
        person.place = dialogue.place;
      });
    }
    this.after(end, () => this.#leave(person, dialogue));
  }

  #leave(person: Person, dialogue: Dialogue): void {
    const { theme } = this.world;
    this.#connected.delete(dialogue.peer);
    const silent = this.chance(theme === "ghosts" || theme === "moved" ? 0.7 : theme === "turns" ? 0 : 0.1);
    if (silent) this.after(IDLE_TIMEOUT, () => dialogue.gateway.drop(dialogue.key));
    else dialogue.farewell();
    if (theme === "moved" && this.chance(0.7)) {
      // The same person from another address: to the gateway somebody else.
      const moved = this.#person();
      const { nature } = person;
      this.after(this.#between(2, 60), () => this.#connect({ ...moved, nature, gateway: person.gateway }));
    } else if (theme === "reuse" && this.chance(0.7)) {
      // Somebody else at the address that has become free.
      const newcomer = this.#person();
      const { place } = person;
      this.after(this.#between(5, 90), () => this.#connect({ ...newcomer, place, gateway: person.gateway }));
    } else if (this.chance(0.4)) this.after(this.#between(5, 60), () => this.#connect(person));
  }
}

export function simulate(seed: number): World {
  return new Simulation(seed).run();
}
