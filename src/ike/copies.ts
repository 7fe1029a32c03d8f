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

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import type { Message } from "../wire/datagram.ts";
import type { IkeSa } from "./sa.ts";

const OTHER_POINT_WINDOW = 500_000;
const SAME_POINT_WINDOW = 250_000;
const SAME_IDENTIFICATION_WINDOW = 1_000_000;
/** Datagrams are remembered as long as any of these windows. */
const REMEMBERED = SAME_IDENTIFICATION_WINDOW;
/** Datagrams remembered at most; honest gateways do not see as many in one second. */
const MAX_REMEMBERED = 32_768;
/** Datagrams of one beginning, and capture points of one datagram, that are told apart within the window. */
const MAX_ALIKE = 16;
const MAX_POINTS = 16;

/** Where a copy of a datagram was seen, and when it was first seen there. */
interface Point {
  from: number;
  to: number;
  capturePoint: number;
  at: number;
}

/** A datagram that may still be echoed. Reused for another one afterwards: one second of messages is all there is. */
export class Original {
  full = 0;
  prefix = 0;
  cut = false;
  segment = 0;
  /** When the first copy of the datagram was seen. */
  at = 0;
  /** IP identification; 0 where there is none. */
  identification = 0;
  /** Where its copies were seen; the first one is the datagram itself. */
  points: Point[] = [{ from: 0, to: 0, capturePoint: 0, at: 0 }];
  /** The IKE SA and side that it was counted for. */
  sa: IkeSa | null = null;
  side: 0 | 1 = 0;
  /** The next one with the same prefix. */
  next: Original | null = null;
}

export class CopyFilter {
  #byPrefix = new Map<number, Original>();
  /** In the order of `at`. */
  #queue: Original[] = [];
  #head = 0;
  /** Forgotten ones, to be reused. */
  readonly #free: Original[] = [];
  /** Stands in for a datagram that cannot be remembered. */
  readonly #passing = new Original();
  /** After `see`: what is known of the datagram. */
  original: Original | null = null;
  /** Datagrams or capture points of them that were not remembered: copies of these count as messages. */
  evicted = 0;

  /** "new": a datagram of its own, sent for the first time or once more · "echo": a copy, to be ignored. */
  see(message: Message): "new" | "echo" {
    this.#forget(message);
    const alike = this.#byPrefix.get(message.digest.prefix) ?? null;
    const known = copiedBy(message, alike);
    this.original = known ?? this.#remember(message, alike);
    if (known === null) return "new";
    if (pointOf(known, message) === null) {
      if (known.points.length < MAX_POINTS) known.points.push(newPoint(message));
      else this.evicted += 1;
    }
    return "echo";
  }

  /** Hosts of the datagrams that may still be echoed. */
  *hosts(): Generator<number> {
    for (const { points } of this.#waiting()) {
      for (const { from, to } of points) {
        yield hostOf(from);
        yield hostOf(to);
      }
    }
  }

  /** Hosts were numbered anew. */
  renumber(moved: Int32Array): void {
    for (const { points } of this.#waiting()) {
      for (const point of points) {
        point.from = endpoint(moved[hostOf(point.from)], portOf(point.from));
        point.to = endpoint(moved[hostOf(point.to)], portOf(point.to));
      }
    }
  }

  /** What may still be echoed, to be kept in a state file. */
  save() {
    return { byPrefix: this.#byPrefix, queue: this.#waiting(), evicted: this.evicted };
  }

  restore({ byPrefix, queue, evicted }: ReturnType<CopyFilter["save"]>): void {
    this.#byPrefix = byPrefix;
    this.#queue = queue;
    this.#head = 0;
    this.evicted = evicted;
  }

  #waiting(): Original[] {
    return this.#queue.slice(this.#head);
  }

  /** @param alike the first of those with the same prefix */
  #remember(message: Message, alike: Original | null): Original {
    let count = 0;
    let last: Original | null = null;
    for (let each = alike; each !== null; each = each.next) {
      count += 1;
      last = each;
    }
    const room = count < MAX_ALIKE && this.#queue.length - this.#head < MAX_REMEMBERED;
    if (!room) this.evicted += 1;
    const original = room ? (this.#free.pop() ?? new Original()) : this.#passing;
    original.sa = null;
    original.side = 0;
    original.full = message.digest.full;
    original.prefix = message.digest.prefix;
    original.cut = message.cut;
    original.segment = message.segment;
    original.at = message.at;
    original.identification = message.identification;
    const point = original.points[0];
    // Setting it takes longer than all else here.
    if (original.points.length > 1) original.points.length = 1;
    point.from = message.from;
    point.to = message.to;
    point.capturePoint = message.capturePoint;
    point.at = message.at;
    if (!room) return original;
    // Behind those of the same prefix: the oldest that matches is found first.
    if (last === null) this.#byPrefix.set(original.prefix, original);
    else last.next = original;
    this.#queue.push(original);
    return original;
  }

  /** Forgets which of these IKE SAs a datagram belonged to. */
  release(gone: ReadonlySet<IkeSa>): void {
    for (let i = this.#head; i < this.#queue.length; i += 1) {
      const original = this.#queue[i];
      if (original.sa !== null && gone.has(original.sa)) original.sa = null;
    }
  }

  /** Drops what can no longer be echoed, so the table holds one second of messages. */
  #forget(message: Message): void {
    while (this.#head < this.#queue.length) {
      const oldest = this.#queue[this.#head];
      if (oldest.segment === message.segment && message.at - oldest.at < REMEMBERED) break;
      this.#head += 1;
      // The oldest is the first of those with its prefix.
      if (oldest.next === null) this.#byPrefix.delete(oldest.prefix);
      else this.#byPrefix.set(oldest.prefix, oldest.next);
      oldest.sa = null;
      oldest.side = 0;
      oldest.next = null;
      this.#free.push(oldest);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** The datagram of these that the message is a copy of; the oldest, where it may be one of several. */
function copiedBy(message: Message, alike: Original | null): Original | null {
  for (let known = alike; known !== null; known = known.next) {
    const sameBytes = known.cut || message.cut || known.full === message.digest.full;
    if (sameBytes && isSameDirection(known, message) && isCopy(known, message)) return known;
  }
  return null;
}

/** The same bytes going back to where they came from are a reflection, not a copy. */
function isSameDirection({ points: [first] }: Original, { from, to }: Message): boolean {
  return !(first.from === to && first.to === from);
}

/** By where and when the message was seen, its bytes being those of the datagram. */
function isCopy(known: Original, message: Message): boolean {
  const since = message.at - known.at;
  if (known.identification !== 0 && known.identification === message.identification) {
    return since < SAME_IDENTIFICATION_WINDOW;
  }
  const here = pointOf(known, message);
  if (here === null) return since < OTHER_POINT_WINDOW;
  // In a log a message with the header of another one need not be a copy of it.
  return message.at - here.at < SAME_POINT_WINDOW && !message.logged;
}

function pointOf({ points }: Original, { from, to, capturePoint }: Message): Point | null {
  return (
    points.find((seen) => seen.from === from && seen.to === to && seen.capturePoint === capturePoint) ?? null
  );
}

function newPoint(message: Message): Point {
  return { from: message.from, to: message.to, capturePoint: message.capturePoint, at: message.at };
}
