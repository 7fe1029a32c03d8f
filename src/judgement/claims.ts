/**
 * Contract 6.3: who holds a message ID at a responder. Of the live claims of other clients the surest is the
 * holder's, among equals the one accepted latest: an ASA that frees an ID when its IPsec SA goes has freed the older
 * ones. Who asked before the attempt and was accepted after it did not hold the ID yet, where somebody else did.
 *
 * Attempts come in the order of the capture, so a claim's overlap only ever falls (certain, probable,
 * unknown, ended). Each grade is a heap by acceptance and claims move down when they come up: n attempts on one ID
 * cost n log n, not n squared.
 */

import { Heap } from "../collections/heap.ts";
import type { Exchange } from "../ike/facts.ts";
import type { Client } from "./client.ts";
import type { ClientSa } from "./client-sa.ts";
import type { Relation } from "./identity.ts";
import type { Overlap } from "./lifespan.ts";
import { BEFORE_ALL, firstOf, inOrder, isBefore, type Moment } from "./moment.ts";

/** A client's IKE SA that holds a message ID. */
export interface Claim {
  clientSa: ClientSa;
  /** The quick mode that claims; for an implied claim the first one seen on the SA, if any. */
  exchange: Exchange | null;
  /** Since when, and its segment. */
  since: number;
  segment: number;
  /** When it was accepted, as far as that is known; -Infinity before the capture. */
  acceptedAt: number;
  /** That the client used the ID is a conclusion. */
  implied: boolean;
  /** Before this time it is only a guess. */
  sureFrom: number;
}

/** An attempt that was answered while the older claims were not certain: its first message, and the answer. */
export interface TakeOver {
  begun: Moment;
  answered: Moment;
}

export type LiveOverlap = Exclude<Overlap, "ended">;

export interface Holder {
  claim: Claim;
  overlap: LiveOverlap;
  /** That holder and contender are two clients is certain. */
  settled: boolean;
}

export interface ClaimQuestions {
  overlap: (claim: Claim, moment: Moment) => Overlap;
  relation: (claim: Claim, contender: ClientSa) => Relation;
  inUse: (claim: Claim, moment: Moment) => boolean;
  /** What it had the ID in use for is known to have gone. */
  givenUp: (claim: Claim, moment: Moment) => boolean;
  /** When an ended claim ended. */
  endOf: (claim: Claim) => Moment;
}

function wasAcceptedLater(a: Claim, b: Claim): boolean {
  // Two of before the capture make NaN.
  return (inOrder(acceptanceOf(a), acceptanceOf(b)) || inOrder(sinceOf(a), sinceOf(b))) > 0;
}

function acceptanceOf({ acceptedAt: at, segment }: Claim): Moment {
  return at === Number.NEGATIVE_INFINITY ? BEFORE_ALL : { at, segment };
}

/** Its client had asked by then, and was not in. */
function isAcceptedAfter({ acceptedAt, segment }: Claim, moment: Moment): boolean {
  return segment === moment.segment && acceptedAt > moment.at;
}

/** Since when it holds. */
export function sinceOf({ since: at, segment }: Claim): Moment {
  return { at, segment };
}

/** The session of the one was first seen after that of the other. */
function isOfNewer({ clientSa: { session } }: Claim, { clientSa: other }: Claim): boolean {
  return isBefore(firstOf(other.session.sa), firstOf(session.sa));
}

const GRADES = ["certain", "probable", "unknown"] as const;
/** Claims looked at in one search; more than that share one address behind a NAT without telling ports. */
const MAX_PASSED = 64;

export class LiveClaims {
  readonly #ask: ClaimQuestions;
  readonly #heaps: Record<LiveOverlap, Heap<Claim>>;
  #takenOver: TakeOver | null = null;
  /** When somebody was last accepted while an older claim was certain but not in use. */
  #freedAt: Moment | null = null;
  /** The newest claim of each client: an older one holds nothing more. */
  readonly #newest = new Map<Client, Claim>();
  readonly #from: LiveClaims | null;
  /** Those that ended, as far as they were looked at: the last one, and the last one of another client. */
  #ended: readonly Claim[] = [];
  /** A claim rose to a higher grade: after a clock step its life can be compared again. */
  #risen = false;
  /** Those that end by the moment that is asked about, where attempts before it are still to come. */
  #ending: Claim[] | null = null;

  /** @param from where claims were added and nothing else: they are here as well, and stay there */
  constructor(ask: ClaimQuestions, from: LiveClaims | null = null) {
    this.#ask = ask;
    this.#from = from;
    const heap = () => new Heap<Claim>(wasAcceptedLater);
    const certain = from === null ? heap() : from.#heaps.certain.copy();
    this.#heaps = { certain, probable: heap(), unknown: heap() };
  }

  #newestOf(client: Client): Claim | undefined {
    const own = this.#newest.get(client);
    return own === undefined && this.#from !== null ? this.#from.#newest.get(client) : own;
  }

  add(claim: Claim): void {
    const { client } = claim.clientSa;
    const known = this.#newestOf(client);
    // One that was seen counts for more than a conclusion, unless a newer session came since.
    if (claim.implied && known?.implied === false && !isOfNewer(claim, known)) return;
    this.#newest.set(client, claim);
    this.#heaps.certain.push(claim);
  }

  /** The holder that `contender` meets at `moment`, or null. A settled one goes before an unsettled one. */
  holder(contender: ClientSa, moment: Moment): Holder | null {
    this.#risen = false;
    const holder = this.#search(contender, moment);
    return this.#risen ? this.#search(contender, moment) : holder;
  }

  /** The same at the moment of an answer: attempts may come before that, and meet who ends by then. */
  holderBy(contender: ClientSa, answer: Moment): Holder | null {
    const ending: Claim[] = [];
    this.#ending = ending;
    const holder = this.holder(contender, answer);
    this.#ending = null;
    for (const claim of ending) this.#heaps.certain.push(claim);
    return holder;
  }

  #search(contender: ClientSa, moment: Moment): Holder | null {
    for (const overlap of GRADES) {
      let unsettled: Claim | null = null;
      let acceptedAfter: Claim | null = null;
      const acceptedBefore = this.#latest(overlap, moment, (claim) => {
        const relation = this.#ask.relation(claim, contender);
        if (relation === "unsettled") unsettled ??= claim;
        if (relation !== "two") return false;
        if (isAcceptedAfter(claim, moment)) acceptedAfter ??= claim;
        return !isAcceptedAfter(claim, moment);
      });
      const settled = acceptedBefore ?? acceptedAfter;
      if (settled !== null) return { claim: settled, overlap, settled: true };
      if (unsettled !== null) return { claim: unsettled, overlap, settled: false };
    }
    return null;
  }

  /** True when two clients other than `contender`, and other than each other, both have the ID in use at `moment`. */
  heldTwice(contender: ClientSa, moment: Moment): boolean {
    let first: Claim | null = null;
    const second = this.#latest("certain", moment, (claim) => {
      if (isAcceptedAfter(claim, moment) || this.#ask.relation(claim, contender) !== "two") return false;
      if (!this.#ask.inUse(claim, moment)) return false;
      if (first === null) {
        first = claim;
        return false;
      }
      return this.#ask.relation(first, claim.clientSa) === "two";
    });
    return second !== null;
  }

  /** An attempt was answered: whoever did not certainly hold the ID by then held it no more. */
  takeOver(by: TakeOver): void {
    this.#heaps.probable.clear();
    this.#heaps.unknown.clear();
    this.#takenOver = by;
  }

  /** Somebody was accepted on the ID: whoever lived on, but had given up what it used the ID for, is freed of it. */
  free(at: Moment): void {
    this.#freedAt = at;
  }

  /** The latest claim of a grade that `wanted` accepts; claims that fell to a lower grade move there. */
  #latest(grade: LiveOverlap, moment: Moment, wanted: (claim: Claim) => boolean): Claim | null {
    const heap = this.#heaps[grade];
    const passed: Claim[] = [];
    let found: Claim | null = null;
    while (found === null && passed.length < MAX_PASSED) {
      const claim = heap.pop();
      if (claim === undefined) break;
      if (this.#newestOf(claim.clientSa.client) !== claim || this.#wasFreed(claim)) continue;
      const overlap = this.#ask.overlap(claim, moment);
      if (overlap === grade) {
        passed.push(claim);
        if (wanted(claim)) found = claim;
      } else if (overlap !== "ended" && !this.#wasTakenOver(claim)) {
        this.#heaps[overlap].push(claim);
        if (GRADES.indexOf(overlap) < GRADES.indexOf(grade)) this.#risen = true;
      } else if (overlap === "ended") {
        if (this.#ending === null) this.#noteEnded(claim);
        else this.#ending.push(claim);
      }
    }
    for (const claim of passed) heap.push(claim);
    return found;
  }

  #wasFreed(claim: Claim): boolean {
    const at = this.#freedAt;
    return at !== null && isBefore(sinceOf(claim), at) && this.#ask.givenUp(claim, at);
  }

  #noteEnded(claim: Claim): void {
    const later = [...this.#ended, claim].sort((a, b) => inOrder(this.#ask.endOf(b), this.#ask.endOf(a)));
    const { client } = later[0].clientSa;
    const other = later.find(({ clientSa }) => clientSa.client !== client);
    this.#ended = other === undefined ? [later[0]] : [later[0], other];
  }

  /** When the last of those that ended did; null without. */
  get endedAt(): Moment | null {
    return this.#ended.length === 0 ? null : this.#ask.endOf(this.#ended[0]);
  }

  /** The last that ended of those of other clients. */
  lastEnded({ client }: ClientSa): Claim | null {
    return this.#ended.find(({ clientSa }) => clientSa.client !== client) ?? null;
  }

  /** A claim that falls now but was older than the attempt that took the ID over was not certain then either. */
  #wasTakenOver(claim: Claim): boolean {
    if (this.#takenOver === null || !isBefore(sinceOf(claim), this.#takenOver.begun)) return false;
    return this.#ask.overlap(claim, this.#takenOver.answered) !== "certain";
  }
}
