/**
 * A random world: gateways, and people who dial in to them, stay, rekey, leave, vanish, move, come back. Half of
 * the worlds have the fault (a gateway that refuses a message ID in use); the rest hold what looks like it.
 */

import { random32 } from "../support/random.ts";
import { type Decision, Gateway, type Session } from "./asa.ts";
import type { Deciding, Network, Sender } from "./channel.ts";
import { Dialogue, type Nature } from "./dialogue.ts";
import { natureOf, type Person, placeOf, siteNature } from "./people.ts";
import { modelOf, THEMES, type Theme } from "./themes.ts";
import { Timeline } from "./timeline.ts";
import { LOGGED, type Moment, type World } from "./truth.ts";
import type { Body, Direction, Place } from "./wire.ts";

export type { Moment, Refusal, World } from "./truth.ts";

/** Whoever vanishes so soon after a refusal was as good as gone. */
const VANISHING = 40;
const MAX_TRIES = 4;
const SITE_LIFE = 500;

class Simulation implements Network {
  readonly world: World;
  readonly #next: () => number;
  readonly #timeline = new Timeline();
  readonly #gateways: Gateway[] = [];
  readonly #connected = new Set<Dialogue>();
  #ipId = 0;
  #people = 0;
  #turn = 0;

  constructor(seed: number) {
    this.#next = random32(seed * 2 + 77_777);
    const theme = THEMES[this.word() % THEMES.length];
    const loss =
      theme === "lossy-network" ? [0.005, 0.02, 0.1][this.word() % 3] : this.chance(0.8) ? 0 : 0.01;
    const count = this.chance(0.2) ? 2 : 1;
    for (let i = 0; i < count; i += 1)
      this.#gateways.push(new Gateway(`203.0.113.${i + 1}`, modelOf(theme, this)));
    this.world = {
      seed,
      flawed: this.#gateways.some(({ model }) => model.holds !== "nothing"),
      answersUselessly: this.#gateways.some(({ model }) => model.refusing === "useless-answer"),
      theme,
      loss,
      gateways: this.#gateways.map(({ address }) => address),
      seen: [],
      refusals: [],
      accepted: new Set(),
      moments: [],
    };
    for (const gateway of this.#gateways) {
      gateway.onBegin = (session) => this.#remember("phase1", gateway, session, 0);
      gateway.onEnd = (session) => this.#remember("ended", gateway, session, 0);
    }
    this.#populate(theme);
  }

  #populate(theme: Theme): void {
    const people = theme === "crowd" ? 8 + (this.word() % 8) : 2 + (this.word() % 5);
    for (let i = 0; i < people; i += 1) {
      const person = this.#person();
      this.after(theme === "turns" ? i * 150 : this.#between(0, 100), () => this.#connect(person));
    }
    if (this.chance(0.25)) this.#site();
    const [gateway] = this.#gateways;
    const trouble = this.#between(60, 160);
    if (theme === "crash") this.after(trouble, () => gateway.forget());
    if (theme === "reload") {
      this.after(trouble, () => {
        gateway.forget();
        gateway.downUntil = this.now + this.#between(20, 90);
      });
    }
  }

  run(): World {
    this.#timeline.run();
    return this.world;
  }

  get now(): number {
    return this.#timeline.now;
  }

  after(seconds: number, run: () => void): void {
    this.#timeline.at(this.now + seconds, run);
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
    const buffer = Buffer.allocUnsafe(length);
    for (let i = 0; i + 4 <= length; i += 4) buffer.writeUInt32LE(this.#next(), i);
    return buffer;
  }

  /** The network loses datagrams on the client's side of the tap: going up the tap misses them as well. */
  carry({ sa, place, gateway, floated }: Sender, direction: Direction, body: Body): boolean {
    const lost = this.chance(this.world.loss);
    if (direction === "down" && this.now < gateway.downUntil) return false;
    this.#ipId += 1;
    if (!(lost && direction === "up")) {
      this.world.seen.push({
        at: this.now,
        direction,
        sa,
        place,
        gateway: gateway.address,
        floated,
        body,
        ipId: this.#ipId,
      });
    }
    return !lost && !(direction === "up" && this.now < gateway.downUntil);
  }

  decided(dialogue: Deciding, messageId: number, decision: Decision): void {
    const { world, now } = this;
    const what = decision.accepted ? "accepted" : LOGGED[decision.reason];
    if (what !== null) this.#remember(what, dialogue.gateway, dialogue, messageId);
    if (decision.accepted) {
      world.accepted.add(`${dialogue.sa}/${messageId}`);
      return;
    }
    const { reason, by, outlived = false } = decision;
    world.refusals.push({
      sa: dialogue.sa,
      messageId,
      at: now,
      reason,
      client: dialogue.address,
      gateway: dialogue.gateway.address,
      by: [...new Set(by.map(({ address }) => address))],
      bySas: by.map((session) => session.sa),
      holderConnected:
        !outlived &&
        by.some((session) =>
          [...this.#connected].some((each) => each === session || each.peer === session.peer),
        ),
      acceptable: dialogue.acceptable,
    });
  }

  #remember(
    what: Moment["what"],
    gateway: Gateway,
    { sa, address }: Deciding | Session,
    messageId: number,
  ): void {
    this.world.moments.push({ at: this.now, what, gateway: gateway.address, peer: address, sa, messageId });
  }

  #person(): Person {
    const { theme } = this.world;
    const shared = this.chance(0.2);
    const natted = shared || this.chance(0.35);
    this.#people += 1;
    const gateway = this.#gateways[this.word() % this.#gateways.length];
    return {
      nature: natureOf(theme, natted, this),
      place: placeOf(this.#people, natted, shared),
      gateway,
      tries: 0,
      stays: null,
    };
  }

  /** A site-to-site peer: dialled in at the beginning, rekeyed by either side, online to the end. */
  #site(): void {
    this.#people += 1;
    const [gateway] = this.#gateways;
    const dialogue = new Dialogue(this, siteNature(), gateway, placeOf(this.#people, false, false));
    dialogue.begin((finished) => {
      if (!finished) return;
      dialogue.dial((accepted) => {
        if (!accepted) return;
        for (let at = 2; at < SITE_LIFE; at += 7) this.after(at, () => dialogue.esp());
        for (let at = 15; at < SITE_LIFE; at += 30) this.after(at, () => dialogue.dpd());
        for (const at of [120, 300]) this.after(at, () => dialogue.gatewayQuickMode());
      });
    });
  }

  #connect(person: Person): void {
    person.tries += 1;
    if (person.tries > MAX_TRIES) return;
    // An administrator who mends a wrong transform after two tries.
    if (this.world.theme === "mended" && person.tries === 3)
      person.nature = { ...person.nature, acceptable: true };
    const dialogue = new Dialogue(this, person.nature, person.gateway, person.place);
    dialogue.begin((finished) => {
      if (!finished) {
        this.after(this.#between(5, 30), () => this.#connect(person));
        return;
      }
      this.after(0.05, () =>
        dialogue.dial((accepted) => {
          if (accepted) this.#stay(person, dialogue);
          else {
            if (this.chance(0.9)) dialogue.farewell();
            else dialogue.vanish();
            this.after(this.#between(this.world.theme === "lag" ? 1 : 3, 40), () => this.#connect(person));
          }
        }),
      );
    });
  }

  #stay(person: Person, dialogue: Dialogue): void {
    this.#connected.add(dialogue);
    const { theme } = this.world;
    const long = this.chance(0.1);
    const end = theme === "turns" ? this.#between(20, 90) : this.#between(20, long ? 900 : 150);
    const renews =
      theme === "renew" && end > 60 && this.chance(0.6)
        ? this.#between(20, end - 20)
        : Number.POSITIVE_INFINITY;
    let current = dialogue;
    const step = this.#between(4, 15);
    for (const at of [0.05, 0.1, 0.2, 0.5]) this.after(at, () => current.esp());
    for (let at = 1; at < end - 0.5; at += step) this.after(at, () => current.esp());
    if (person.place.natted) for (let at = 10; at < end; at += 20) this.after(at, () => current.keepalive());
    if (person.nature.dpd) for (let at = 15; at < end; at += 30) this.after(at, () => current.dpd());
    const rekeys = this.word() % 3;
    for (let i = 1; i <= rekeys; i += 1) this.after((end * i) / (rekeys + 1), () => current.rekey());
    if (person.place.natted && this.chance(0.15))
      this.after(this.#between(5, end), () => this.#natMoves(person, current));
    dialogue.onThrownOut = () => {
      this.#connected.delete(current);
      this.after(this.#between(2, 20), () => this.#connect(person));
    };
    if (renews < end) {
      this.after(renews, () => {
        this.#connected.delete(current);
        current = current.renew();
        this.#connected.add(current);
        this.after(2, () => current.rekey());
      });
    }
    this.after(end, () => {
      if (this.#connected.has(current)) this.#leave(person, current);
    });
  }

  /** The NAT forgets the mapping and makes another. */
  #natMoves(person: Person, dialogue: Dialogue): void {
    this.#turn += 1;
    dialogue.place = { ...dialogue.place, port4500: 52_000 + this.#turn };
    person.place = dialogue.place;
  }

  #leave(person: Person, dialogue: Dialogue): void {
    const { theme } = this.world;
    this.#connected.delete(dialogue);
    const ghostly = theme === "ghosts" || theme === "moved" || theme === "own-ghosts";
    if (this.chance(ghostly ? 0.7 : theme === "turns" ? 0 : 0.1)) this.#vanish(dialogue);
    else dialogue.farewell(this.chance(0.1) ? 3 : 0.004);
    if (theme === "moved" && this.chance(0.7)) this.#comesElsewhere(person.nature, person.gateway);
    else if (theme === "reuse" && this.chance(0.7)) this.#successor(person.place, person.gateway);
    else if (this.chance(theme === "own-ghosts" ? 0.8 : 0.4))
      this.after(this.#between(5, 60), () => this.#connect(person));
  }

  /** Without a word: the gateway calls for it three times, and lets it go when it times out. */
  #vanish(dialogue: Dialogue): void {
    dialogue.vanish();
    for (const refusal of this.world.refusals) {
      if (refusal.at > this.now - VANISHING && refusal.by.includes(dialogue.address))
        refusal.holderConnected = false;
    }
    if (this.chance(0.5)) for (const at of [20, 80, 140]) this.after(at, () => dialogue.espDown());
    const timeout = this.chance(0.3) ? 200 : 1800;
    this.after(timeout, () => dialogue.gateway.drop(dialogue, this.now));
  }

  /** The same person from another address: to the gateway somebody else. */
  #comesElsewhere(nature: Nature, gateway: Gateway): void {
    const moved = this.#person();
    this.after(this.#between(2, 60), () => this.#connect({ ...moved, nature, gateway }));
  }

  /** Somebody else at the address that has become free. */
  #successor(place: Place, gateway: Gateway): void {
    const newcomer = this.#person();
    this.after(this.#between(5, 90), () => this.#connect({ ...newcomer, place, gateway }));
  }
}

export function simulate(seed: number): World {
  return new Simulation(seed).run();
}
