/**
 * Simulated worlds with known truth: clients that come and go at a gateway which refuses a message ID that
 * another client holds (the behaviour of KB 942429), or at one that does not.
 */

import type { FrameRecord } from "./capture-files.ts";
import { random32 } from "./random.ts";
import { type PeerOptions, Session, Stage, VENDOR, windowsVendorIds } from "./session.ts";

export interface Refusal {
  client: string;
  messageId: number;
  /** Clients that held the ID; empty when the gateway refuses this client whatever it sends. */
  heldBy: string[];
}

export interface World {
  seed: number;
  flawed: boolean;
  records: FrameRecord[];
  ikev1: number;
  quickModeMessages: number;
  refusals: Refusal[];
  /** Clients that the gateway never accepts, for a reason of their own. */
  mismatched: Set<string>;
  /** Clients whose IDs count, and clients that draw at random. */
  counting: Set<string>;
}

interface Person {
  name: string;
  peer: PeerOptions;
  counts: boolean;
  mismatch: boolean;
  tries: number;
}

interface Held {
  messageId: number;
  person: Person;
  session: Session;
}

interface Event {
  at: number;
  run: (at: number) => void;
}

const MAX_TRIES = 4;

class Simulation {
  readonly stage: Stage;
  readonly refusals: Refusal[] = [];
  readonly people: Person[] = [];
  readonly #next: () => number;
  readonly #flawed: boolean;
  readonly #byInformational: boolean;
  #events: Event[] = [];
  #held: Held[] = [];

  constructor(seed: number) {
    this.#next = random32(seed * 7919 + 1);
    this.stage = new Stage(seed * 104729 + 3);
    this.#flawed = this.chance(0.6);
    this.#byInformational = this.chance(0.4);
    const count = 2 + this.pick(5);
    for (let i = 0; i < count; i += 1) this.people.push(this.#person(i));
    for (const person of this.people) this.#at(this.pick(120), (at) => this.#connect(person, at));
  }

  get flawed(): boolean {
    return this.#flawed;
  }

  pick(below: number): number {
    return this.#next() % below;
  }

  chance(probability: number): boolean {
    return this.#next() < probability * 0x100000000;
  }

  #person(i: number): Person {
    const kind = this.pick(4);
    const vendorIds =
      kind === 3 ? [VENDOR.xauth, VENDOR.dpd] : windowsVendorIds(kind === 2 ? 4 : kind === 1 ? 9 : 8);
    // Every third client sits behind one common NAT, where the port tells it from its neighbours.
    const shared = this.chance(0.3);
    const natted = shared || this.chance(0.3);
    const address = shared ? "198.51.100.200" : `198.51.100.${11 + i}`;
    const peer: PeerOptions = natted
      ? { address, vendorIds, port500: 1100 + i, port4500: 41000 + i }
      : { address, vendorIds };
    return {
      name: `${address}:${natted ? 41000 + i : 500}`,
      peer,
      counts: kind < 2,
      mismatch: this.chance(0.1),
      tries: 0,
    };
  }

  #at(at: number, run: (at: number) => void): void {
    this.#events.push({ at, run });
  }

  run(): void {
    while (this.#events.length > 0) {
      this.#events.sort((a, b) => a.at - b.at);
      const { at, run } = this.#events.shift()!;
      run(at);
    }
  }

  #connect(person: Person, at: number): void {
    person.tries += 1;
    if (person.tries > MAX_TRIES) return;
    const session = new Session(this.stage, person.peer).mainMode(at);
    // A new phase 1 of a client ends what the gateway still held for it.
    this.#held = this.#held.filter((held) => held.person !== person);
    const id = person.counts ? 1 : this.#next() || 1;
    this.#at(at + 0.2, (now) => {
      if (this.#refuses(person, id)) this.#fail(person, session, id, now);
      else this.#succeed(person, session, id, now);
    });
  }

  #refuses(person: Person, messageId: number): boolean {
    const heldBy = this.#held
      .filter((held) => held.messageId === messageId && held.person !== person)
      .map((held) => held.person.name);
    const held = this.#flawed && heldBy.length > 0;
    if (held || person.mismatch) {
      this.refusals.push({ client: person.name, messageId, heldBy: held ? heldBy : [] });
    }
    return held || person.mismatch;
  }

  #fail(person: Person, session: Session, id: number, at: number): void {
    if (this.#byInformational) session.refused(at, id).farewell(at + 2);
    else session.unanswered(at, id).farewell(at + 12);
    this.#at(at + 15 + this.pick(40), (now) => this.#connect(person, now));
  }

  #succeed(person: Person, session: Session, id: number, at: number): void {
    session.quickMode(at, id);
    this.#held.push({ messageId: id, person, session });
    const end = at + 20 + this.pick(100);
    session.esp(at + 1, end - 1, 4);
    if (person.peer.port4500 !== undefined) session.keepalives(at + 10, end - 1);
    const rekeys = this.pick(3);
    for (let i = 1; i <= rekeys; i += 1) {
      const time = at + ((end - at) * i) / (rekeys + 1);
      this.#at(time, (now) => this.#rekey(person, session, person.counts ? id + i : this.#next() || 1, now));
    }
    this.#at(end, (now) => {
      session.farewell(now, this.chance(0.2) ? "responder" : "client");
      this.#held = this.#held.filter((held) => held.session !== session);
      if (this.chance(0.5)) this.#at(now + 10 + this.pick(60), (later) => this.#connect(person, later));
    });
  }

  #rekey(person: Person, session: Session, id: number, at: number): void {
    if (this.#refuses(person, id)) session.unanswered(at, id, [1, 2]);
    else {
      session.quickMode(at, id);
      this.#held.push({ messageId: id, person, session });
    }
  }
}

export function simulate(seed: number): World {
  const simulation = new Simulation(seed);
  simulation.run();
  const { stage, refusals, people, flawed } = simulation;
  const records = stage.sorted();
  // Somebody else's packet well after the last event: the capture does not end in the middle of anything.
  const last = records[records.length - 1];
  records.push({ at: last.at + 30_000_000_000n, frame: Buffer.alloc(60) });
  const names = (test: (person: Person) => boolean) => new Set(people.filter(test).map(({ name }) => name));
  return {
    seed,
    flawed,
    records,
    ikev1: stage.ikev1,
    quickModeMessages: stage.quickModeMessages,
    refusals,
    mismatched: names(({ mismatch }) => mismatch),
    counting: names(({ counts }) => counts),
  };
}
