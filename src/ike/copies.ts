/**
 * Tells a message from its echoes: copies of one datagram that the capture holds because it was taken at
 * several points, on several interfaces, or on both sides of a NAT.
 *
 * The same bytes in the same direction are an echo
 * - within 0.5 s at another capture point (addresses, source, interface), each copy answering to one datagram there:
 *   IKE stacks send again after a second;
 * - within 250 ms at the same one: a mirror of two hops, or a trace that sees a packet on its way through several
 *   drivers. No IKE stack repeats itself faster;
 * - within 1 s where both have the same IP identification and it is not zero (RFC 6864).
 * Anything else is a datagram of its own: a retransmission.
 */

import { hostOf } from "../collections/endpoints.ts";
import {
  MAX_ALIKE,
  MAX_POINTS,
  MAX_REMEMBERED,
  OTHER_POINT_WINDOW,
  SAME_IDENTIFICATION_WINDOW,
  SAME_POINT_WINDOW,
} from "../core/message-layout.ts";
import { type Memory, ordinaryMemory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";
import type { Message } from "../wire/datagram.ts";
import { FurtherPlaces } from "./further-places.ts";
import type { Side } from "./paths.ts";
import { RecentDatagrams } from "./recent-datagrams.ts";
import type { Place, SeenPlaces } from "./seen-places.ts";

/** Datagrams are remembered as long as any of these windows. */
const REMEMBERED = SAME_IDENTIFICATION_WINDOW;
const NONE = -1;

export class CopyFilter {
  readonly #recent: RecentDatagrams;
  readonly #further: FurtherPlaces;
  /** Row of the datagram that was seen last, or NONE. */
  #row = NONE;
  /** Datagrams that begin alike, as far as was looked. */
  #alike = 0;

  constructor(memory: Memory = ordinaryMemory) {
    this.#recent = new RecentDatagrams(memory);
    this.#further = new FurtherPlaces(memory);
  }

  /** Where a message's arrival finds what may be echoed. */
  lieAt(border: Border): void {
    this.#recent.lieAt(border);
    this.#further.lieAt(border);
  }

  /** Datagrams or capture points of them that were not remembered: copies of these count as messages. */
  get evicted(): number {
    return this.#recent.evicted;
  }

  /** "new": a datagram of its own, sent for the first time or once more · "echo": a copy, to be ignored. */
  see(message: Message): "new" | "echo" {
    this.#forget(message);
    this.#row = this.#copiedBy(message);
    if (this.#row === NONE) {
      this.#row = this.#remember(message);
      return "new";
    }
    if (Number.isNaN(this.#seenThereAt(this.#row, message))) this.#notePlace(this.#row, message);
    return "echo";
  }

  /** Goes on with a message that the core has seen (core/copies.ts). @param row of the datagram, or -1 */
  saw(row: number, isEcho: boolean): "new" | "echo" {
    this.#row = row;
    return isEcho ? "echo" : "new";
  }

  /** Of the datagram of the last `see`: between which endpoints it was seen first. */
  get from(): number {
    return this.#recent.fromOf(this.#row);
  }

  get to(): number {
    return this.#recent.toOf(this.#row);
  }

  /** The running number of the IKE SA that it was counted for, or -1, and the side that sent it. */
  get sa(): number {
    return this.#recent.saOf(this.#row);
  }

  get side(): Side {
    return this.#recent.sideOf(this.#row);
  }

  /** The datagram of the last `see`, a new one, is counted for an IKE SA. */
  countFor({ number }: { readonly number: number }, side: Side): void {
    if (this.#row !== NONE) this.#recent.setSa(this.#row, number, side);
  }

  /** Datagrams that are remembered. */
  get size(): number {
    return this.#recent.size;
  }

  /** Hosts of the datagrams that may still be echoed. */
  hosts(): Set<number> {
    const hosts = new Set<number>();
    this.#eachPlace((places, row) => hosts.add(hostOf(places.fromOf(row))).add(hostOf(places.toOf(row))));
    return hosts;
  }

  /** Hosts were numbered anew. */
  renumber(moved: Int32Array): void {
    this.#eachPlace((places, row) => places.renumber(row, moved));
  }

  /** What may still be echoed, to be kept in a state file: no row of a table that a damaged one could lead astray. */
  save() {
    const further = this.#further;
    const copies: { of: number; seen: Place[] }[] = [];
    for (let of = 0; of < this.#recent.size; of += 1) {
      const seen: Place[] = [];
      const latest = this.#recent.furtherOf(this.#recent.rowAt(of));
      for (let row = latest; row >= 0; row = further.next(row)) seen.unshift(further.placeOf(row));
      if (seen.length > 0) copies.push({ of, seen });
    }
    return { recent: this.#recent.save(), copies, evicted: this.evicted };
  }

  restore({ recent, copies, evicted }: ReturnType<CopyFilter["save"]>): void {
    this.#recent.restore(recent);
    for (const { of, seen } of copies) {
      const row = this.#recent.rowAt(of);
      for (const place of seen) {
        this.#recent.setFurther(row, this.#further.added(this.#recent.furtherOf(row), place));
      }
    }
    this.#recent.evicted = evicted;
  }

  #eachPlace(take: (places: SeenPlaces, row: number) => void): void {
    const recent = this.#recent;
    const further = this.#further;
    for (let place = 0; place < recent.size; place += 1) {
      const row = recent.rowAt(place);
      take(recent, row);
      for (let other = recent.furtherOf(row); other >= 0; other = further.next(other)) take(further, other);
    }
  }

  #remember(message: Message): number {
    if (this.#alike < MAX_ALIKE && this.#recent.size < MAX_REMEMBERED) return this.#recent.add(message);
    this.#recent.evicted += 1;
    return NONE;
  }

  #notePlace(row: number, message: Message): void {
    const list = this.#recent.furtherOf(row);
    if (this.#further.count(list) + 1 < MAX_POINTS) {
      this.#recent.setFurther(row, this.#further.added(list, message));
    } else this.#recent.evicted += 1;
  }

  /** Drops what can no longer be echoed, so the table holds one second of messages. */
  #forget({ at, segment }: Message): void {
    const recent = this.#recent;
    while (recent.size > 0) {
      const row = recent.rowAt(0);
      if (recent.segmentOf(row) === segment && at - recent.atOf(row) < REMEMBERED) return;
      this.#further.giveBack(recent.furtherOf(row));
      recent.dropOldest();
    }
  }

  /** Row of the datagram that the message is a copy of, the oldest, where it may be one of several; or NONE. */
  #copiedBy(message: Message): number {
    const { digest, cut } = message;
    const recent = this.#recent;
    this.#alike = 0;
    for (let row = recent.first(digest.prefix); row >= 0; row = recent.next(row)) {
      if (recent.prefixOf(row) !== digest.prefix) continue;
      this.#alike += 1;
      const sameBytes = cut || recent.isCut(row) || recent.fullOf(row) === digest.full;
      if (sameBytes && this.#isSameDirection(row, message) && this.#isCopy(row, message)) return row;
    }
    return NONE;
  }

  /** The same bytes going back to where they came from are a reflection, not a copy. */
  #isSameDirection(row: number, { from, to }: Message): boolean {
    return !(this.#recent.fromOf(row) === to && this.#recent.toOf(row) === from);
  }

  /** By where and when the message was seen, its bytes being those of the datagram. */
  #isCopy(row: number, message: Message): boolean {
    const since = message.at - this.#recent.atOf(row);
    const identification = this.#recent.identificationOf(row);
    if (identification !== 0 && identification === message.identification) {
      return since < SAME_IDENTIFICATION_WINDOW;
    }
    const thereAt = this.#seenThereAt(row, message);
    if (Number.isNaN(thereAt)) return since < OTHER_POINT_WINDOW;
    // In a log a message with the header of another one need not be a copy of it.
    return message.at - thereAt < SAME_POINT_WINDOW && !message.logged;
  }

  /** When the datagram was first seen where the message was; NaN for never. */
  #seenThereAt(row: number, message: Message): number {
    const recent = this.#recent;
    const further = this.#further;
    if (recent.isAt(row, message)) return recent.atOf(row);
    for (let place = recent.furtherOf(row); place >= 0; place = further.next(place)) {
      if (further.isAt(place, message)) return further.atOf(place);
    }
    return Number.NaN;
  }
}
