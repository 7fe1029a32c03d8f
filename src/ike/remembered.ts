/**
 * What a running capture keeps when it drops the IKE SAs that showed it (contract 6.16): the make of each responder,
 * that it accepted an ID in use, and who was accepted or refused on which ID. By address and port as text, so that hosts
 * may be numbered anew; the oldest go first when there are too many.
 */

/** What vendor IDs of a responder named, see `judgement/make.ts`. */
export type NamedMake = "cisco" | "other" | "unknown";

export interface RememberedResponder {
  /** Null where phase 1 was not seen whole. */
  make: NamedMake | null;
  /** It was seen to accept an ID that another client had in use. */
  acceptsInUse: boolean;
}

/** Message IDs, the latest of each kind. */
export interface RememberedClient {
  accepted: readonly number[];
  refused: readonly number[];
  /** Those of `refused` that nobody held and nobody could hold unseen. */
  refusedFreely: readonly number[];
}

const MAX_IDS = 16;
const MAX_CLIENTS = 10_000;
const MAX_RESPONDERS = 10_000;

/** Surer ones last: another make named once is another make. */
const MAKES: readonly (NamedMake | null)[] = [null, "unknown", "cisco", "other"];

const NOTHING: RememberedClient = { accepted: [], refused: [], refusedFreely: [] };

export class Remembered {
  #responders = new Map<string, RememberedResponder>();
  #clients = new Map<string, RememberedClient>();
  /** Clients and responders dropped because there were too many. */
  evicted = 0;

  /** Nothing was dropped so far, as in any reading of files. */
  get isEmpty(): boolean {
    return this.#responders.size + this.#clients.size === 0;
  }

  responder(address: string): RememberedResponder | null {
    return this.#responders.get(address) ?? null;
  }

  noteResponder(address: string, { make, acceptsInUse }: RememberedResponder): void {
    const known = this.#responders.get(address);
    const surer = MAKES[Math.max(MAKES.indexOf(make), MAKES.indexOf(known?.make ?? null))];
    this.#responders.delete(address);
    this.#responders.set(address, {
      make: surer,
      acceptsInUse: acceptsInUse || known?.acceptsInUse === true,
    });
    this.evicted += shrink(this.#responders, MAX_RESPONDERS);
  }

  /** @param client its responder's address, and its own address and port */
  client(client: string): RememberedClient | null {
    return this.#clients.get(client) ?? null;
  }

  noteClient(client: string, seen: RememberedClient): void {
    const known = this.#clients.get(client) ?? NOTHING;
    this.#clients.delete(client);
    this.#clients.set(client, {
      accepted: latest(known.accepted, seen.accepted),
      refused: latest(known.refused, seen.refused),
      refusedFreely: latest(known.refusedFreely, seen.refusedFreely),
    });
    this.evicted += shrink(this.#clients, MAX_CLIENTS);
  }

  /** All that is known, to be kept in a state file. */
  save() {
    return { responders: this.#responders, clients: this.#clients, evicted: this.evicted };
  }

  restore({ responders, clients, evicted }: ReturnType<Remembered["save"]>): void {
    this.#responders = responders;
    this.#clients = clients;
    this.evicted = evicted;
  }
}

/** Each ID once, in the order in which it was last seen. */
function latest(known: readonly number[], seen: readonly number[]): readonly number[] {
  if (seen.length === 0) return known;
  const added = new Set(seen);
  return [...known.filter((id) => !added.has(id)), ...added].slice(-MAX_IDS);
}

/** Drops what was noted longest ago; returns how many. */
function shrink(map: Map<string, unknown>, limit: number): number {
  let dropped = 0;
  for (const key of map.keys()) {
    if (map.size <= limit) break;
    map.delete(key);
    dropped += 1;
  }
  return dropped;
}
