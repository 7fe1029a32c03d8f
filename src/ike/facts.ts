/**
 * The door to what was seen: who judges, reports and looks for evidence reads it here, by name, and sees no table's
 * insides; a state is written and read here as well.
 *
 *   const facts = new Facts(tracker);
 *   for (const row of facts.flows.rows()) last = Math.max(last, facts.flows.lastAt(row));
 *
 * Times are microseconds of the feed's clock, which begins anew with each segment; NaN where nothing was seen.
 */

import type { Memory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import type { IkeSa } from "./sa.ts";
import type { IkeSas } from "./sa-list.ts";
import type { SaSurvey } from "./sa-survey.ts";
import { type Spi, SpiSlot } from "./spi-slot.ts";
import type { Tracker } from "./tracker.ts";

export { NOTIFY_INVALID_MESSAGE_ID, numberedNotify } from "../wire/notifies.ts";
export { asStartedBy, type Exchange, isSameQuickMode, type Stamp, UNUSABLE_AFTER } from "./exchange.ts";
export { closeFragments } from "./incomplete-fragments.ts";
export type { OpenedNote } from "./opened-note.ts";
export { hasHeard, isAtOneHost, isTwoWay, type Path, type Side } from "./paths.ts";
export type { RememberedClient, RememberedResponder } from "./remembered.ts";
export type { IkeSa } from "./sa.ts";
export { eachOf, type IkeSas } from "./sa-list.ts";
export { HAS_PHASE_1, IS_ANSWERED, IS_MOVED, IS_PLAIN, type SaSurvey, surveyOf } from "./sa-survey.ts";
export { selectorsClash } from "./selectors.ts";
export type { Spi } from "./spi-slot.ts";
export { UNHEARD_SPAN } from "./spis.ts";
export { vendorKnowledge } from "./vendor-lists.ts";

/** IP addresses, each known by a number, and what is known of each as a sender. */
export interface Hosts {
  /** Addresses known: their numbers are below. */
  readonly size: number;
  /** Number of the address at `offset` (4 or 16 bytes, network byte order); a new one where it was not known. */
  intern(bytes: Uint8Array, offset: number, ipVersion: number): number;
  /** Writes the address to `out` at `at`, as `addressWords` (collections/endpoints.ts) does. */
  copyWords(host: number, out: Uint32Array, at: number): void;
  /** The addresses of all hosts, as `copyWords` writes each, and the memory that they may lie in. */
  readonly words: Uint32Array;
  readonly memory: Memory;
  /** The address as text. */
  text(host: number): string;
  /** 4 bytes of IPv4 or 16 of IPv6, network byte order. */
  bytes(host: number): Uint8Array;
  /** RFC 1918, RFC 6598 (carrier NAT) and RFC 4193: inside a NAT. */
  isPrivate(host: number): boolean;
  /** It was seen sending ISAKMP, ESP or a keepalive. */
  wasSeenSending(host: number): boolean;
  speaksIkev2(host: number): boolean;
  /** The same of one endpoint (see `collections/endpoints.ts`), as far as there was room to remember it. */
  endpointSpeaksIkev2(endpoint: number): boolean;
}

/** ESP and NAT keepalives, each direction of an endpoint pair a row. ESP over IP has ports 0. */
export class Flows {
  readonly #table: Tracker["flows"];

  constructor(table: Tracker["flows"]) {
    this.#table = table;
  }

  /** Rows that saw a packet. */
  *rows(): Generator<number> {
    const { size, firstAt } = this.#table;
    for (let row = 0; row < size; row += 1) if (!Number.isNaN(firstAt.of(row))) yield row;
  }

  /** Number of the sending host. */
  sender(row: number): number {
    return this.#table.from.of(row);
  }

  /** Number of the receiving host. */
  receiver(row: number): number {
    return this.#table.to.of(row);
  }

  ports(row: number): { source: number; destination: number } {
    return this.#table.ports(row);
  }

  firstAt(row: number): number {
    return this.#table.firstAt.of(row);
  }

  firstSegment(row: number): number {
    return this.#table.firstSegment.of(row);
  }

  /** The last packet in the row's last segment. */
  lastAt(row: number): number {
    return this.#table.lastAt.of(row);
  }

  lastSegment(row: number): number {
    return this.#table.segmentOf(row);
  }

  /** The last packet in a segment, as far back as is remembered. */
  lastIn(row: number, segment: number): number {
    return this.#table.lastIn(row, segment);
  }

  /** The last packet of a row in each segment of the clock that is still known. @param from of no earlier segments than this */
  moments(row: number, from = 0): readonly { at: number; segment: number }[] {
    return this.#table.moments(row, from);
  }

  /** The last ESP in a segment, whatever its SPI. */
  lastEspAt(row: number, segment: number): number {
    return this.#table.lastEspAt(row, segment);
  }

  /** Sources that showed it, a bit each (`sourceBit`). */
  sources(row: number): number {
    return this.#table.sources.of(row);
  }

  /** ESP was seen, not keepalives alone. */
  hasEsp(row: number): boolean {
    return this.#table.hasEsp(row);
  }

  /** Its sender kept up keepalives at a steady interval. */
  hasSteadyKeepalives(row: number): boolean {
    return this.#table.hasSteadyKeepalives(row);
  }

  keepaliveAt(row: number): number {
    return this.#table.keepaliveAt.of(row);
  }

  /** The SPI seen last first. */
  spis(row: number): readonly Spi[] {
    const { spis } = this.#table;
    return spis.slots(row).map((slot) => new SpiSlot(spis, slot));
  }
}

/** All that was seen so far. */
export class Facts {
  readonly #tracker: Tracker;
  readonly flows: Flows;

  constructor(tracker: Tracker) {
    this.#tracker = tracker;
    this.flows = new Flows(tracker.flows);
  }

  get hosts(): Hosts {
    return this.#tracker.hosts;
  }

  /** In the order of their first messages. */
  get ikeSas(): readonly IkeSa[] {
    this.#tracker.catchUp();
    return this.#tracker.table.shown;
  }

  /** The same one by one, of which an object is made for whom somebody asks. */
  get eachIkeSa(): IkeSas {
    this.#tracker.catchUp();
    return this.#tracker.table.shownEach;
  }

  /**
   * What every rule that goes over all IKE SAs asks of each, by its index among them; valid until it is asked for again.
   * @param segment the latest one of the clock
   */
  surveyIn(segment: number): SaSurvey {
    this.#tracker.catchUp();
    return this.#tracker.table.surveyIn(segment);
  }

  /** Quick modes of all IKE SAs. */
  get quickModeCount(): number {
    this.#tracker.catchUp();
    return this.#tracker.table.quickModeCount;
  }

  /** The lists of vendor IDs, by their numbers. */
  get vendorLists(): readonly (readonly string[])[] {
    return this.#tracker.vendorLists.all;
  }

  /** Messages seen again at another capture point. */
  get echoes(): number {
    return this.#tracker.echoes;
  }

  get retransmissions(): number {
    return this.#tracker.retransmissions;
  }

  /** What IKE SAs showed that were dropped since. */
  get remembered(): Tracker["remembered"] {
    return this.#tracker.remembered;
  }

  /** What was dropped because there was no room, by table. */
  get evicted(): Record<string, number> {
    return this.#tracker.evicted;
  }

  /** Where the walk finds the flows that it may take packets of. */
  lieAt(border: Border): void {
    this.#tracker.flows.lieAt(border);
  }

  /** The core may take messages to their IKE SAs: nobody opens them, and no responder is somebody else's. */
  get takesInCore(): boolean {
    return this.#tracker.opener === null && this.#tracker.isOthers === null;
  }

  /** Where a message's arrival (src/core/arrive.ts) finds what it asks. */
  messagesLieAt(border: Border): void {
    this.#tracker.messagesLieAt(border);
  }

  /** One graph of objects, to be kept in a state file. */
  save(): ReturnType<Tracker["save"]> {
    return this.#tracker.save();
  }

  restore(saved: ReturnType<Tracker["save"]>): void {
    this.#tracker.restore(saved);
  }
}
