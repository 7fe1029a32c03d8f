/**
 * Tells a message from its echoes: copies of one datagram that the capture holds because it was taken at
 * several points, on several interfaces, or on both sides of a NAT.
 *
 * A copy is an echo when it comes within 1 s of the datagram and from a capture point (addresses, source,
 * interface) where this datagram was not seen yet, or within 1 ms at the same point. The same bytes at a
 * point that has already seen them are a new datagram: a retransmission.
 */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import type { Message } from "../wire/datagram.ts";
import type { IkeSa } from "./sa.ts";

const ECHO_WINDOW = 1_000_000;
const SAME_POINT_WINDOW = 1_000;
/** Datagrams remembered at most; honest gateways do not see as many in one second. */
const MAX_REMEMBERED = 32_768;
/** Datagrams of one beginning, and capture points of one datagram, that are told apart within the window. */
const MAX_ALIKE = 16;
const MAX_POINTS = 16;

interface Point {
  from: number;
  to: number;
  tap: number;
  at: number;
}

/** A datagram that may still be echoed. Reused for another one afterwards: one second of messages is all there is. */
export class Original {
  full = 0;
  prefix = 0;
  cut = false;
  segment = 0;
  /** When the datagram was sent last (first copy). */
  at = 0;
  /** The time under which it stands in the queue. */
  queuedAt = 0;
  /** Where its copies were seen; the first one is the datagram itself. */
  points: Point[] = [{ from: 0, to: 0, tap: 0, at: 0 }];
  /** The IKE SA and side that it was counted for. */
  sa: IkeSa | null = null;
  side: 0 | 1 = 0;
  /** The next one with the same prefix. */
  next: Original | null = null;
}

export class EchoFilter {
  #byPrefix = new Map<number, Original>();
  /** In the order of `queuedAt`; a datagram sent again meanwhile is queued anew when it comes up. */
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

  /** "new": never seen within the window · "again": sent once more · "echo": a copy, to be ignored. */
  see(message: Message): "new" | "again" | "echo" {
    this.#forget(message);
    const known = this.#find(message);
    if (known === null) {
      this.original = this.#remember(message);
      return "new";
    }
    this.original = known;
    const point = known.points.find(
      (seen) => seen.from === message.from && seen.to === message.to && seen.tap === message.tap,
    );
    if (point === undefined) {
      if (known.points.length < MAX_POINTS) known.points.push(pointOf(message));
      else this.evicted += 1;
      return "echo";
    }
    const sinceCopy = message.at - point.at;
    point.at = message.at;
    // In a log a message with the header of another one need not be a copy of it.
    if (sinceCopy < SAME_POINT_WINDOW && !message.logged) return "echo";
    known.at = message.at;
    known.points = [point];
    return "again";
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

  restore({ byPrefix, queue, evicted }: ReturnType<EchoFilter["save"]>): void {
    this.#byPrefix = byPrefix;
    this.#queue = queue;
    this.#head = 0;
    this.evicted = evicted;
  }

  #waiting(): Original[] {
    return this.#queue.slice(this.#head);
  }

  #find(message: Message): Original | null {
    const { full, prefix } = message.digest;
    let known = this.#byPrefix.get(prefix) ?? null;
    for (; known !== null; known = known.next) {
      const first = known.points[0];
      if (
        (known.cut || message.cut || known.full === full) &&
        message.at - known.at < ECHO_WINDOW &&
        // The same bytes going back to where they came from are a reflection, not a copy.
        !(first.from === message.to && first.to === message.from)
      ) {
        return known;
      }
    }
    return null;
  }

  #remember(message: Message): Original {
    const alike = this.#alike(message.digest.prefix);
    const room = alike < MAX_ALIKE && this.#queue.length - this.#head < MAX_REMEMBERED;
    if (!room) this.evicted += 1;
    const original = room ? (this.#free.pop() ?? new Original()) : this.#passing;
    original.sa = null;
    original.side = 0;
    original.full = message.digest.full;
    original.prefix = message.digest.prefix;
    original.cut = message.cut;
    original.segment = message.segment;
    original.at = message.at;
    original.queuedAt = message.at;
    const point = original.points[0];
    original.points.length = 1;
    point.from = message.from;
    point.to = message.to;
    point.tap = message.tap;
    point.at = message.at;
    if (!room) return original;
    // Behind those of the same prefix: the oldest that matches is found first.
    const first = this.#byPrefix.get(original.prefix);
    if (first === undefined) this.#byPrefix.set(original.prefix, original);
    else lastOf(first).next = original;
    this.#queue.push(original);
    return original;
  }

  /** How many datagrams of this beginning are remembered. */
  #alike(prefix: number): number {
    let count = 0;
    for (let known = this.#byPrefix.get(prefix) ?? null; known !== null; known = known.next) count += 1;
    return count;
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
      const stepped = oldest.segment !== message.segment;
      if (!stepped && message.at - oldest.queuedAt < ECHO_WINDOW) break;
      this.#head += 1;
      if (!stepped && message.at - oldest.at < ECHO_WINDOW) {
        oldest.queuedAt = oldest.at;
        this.#queue.push(oldest);
        continue;
      }
      this.#unlink(oldest);
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

  #unlink(gone: Original): void {
    const first = this.#byPrefix.get(gone.prefix)!;
    if (first === gone) {
      if (gone.next === null) this.#byPrefix.delete(gone.prefix);
      else this.#byPrefix.set(gone.prefix, gone.next);
      return;
    }
    let before = first;
    while (before.next !== gone) before = before.next!;
    before.next = gone.next;
  }
}

function lastOf(first: Original): Original {
  let last = first;
  while (last.next !== null) last = last.next;
  return last;
}

function pointOf(message: Message): Point {
  return { from: message.from, to: message.to, tap: message.tap, at: message.at };
}
