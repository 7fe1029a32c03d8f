/**
 * Tells a message from its echoes: copies of one datagram that the capture holds because it was taken at
 * several points, on several interfaces, or on both sides of a NAT.
 *
 * A copy is an echo when it comes within 1 s of the datagram and from a capture point (addresses, source,
 * interface) where this datagram was not seen yet, or within 1 ms at the same point. The same bytes at a
 * point that has already seen them are a new datagram: a retransmission.
 */

import { type Message, type Print, printOf, samePrint } from "./message.ts";
import type { IkeSa } from "./sa.ts";

const ECHO_WINDOW = 1_000_000;
const SAME_POINT_WINDOW = 1_000;

interface Point {
  from: number;
  to: number;
  tap: number;
  at: number;
}

/** A datagram that may still be echoed. */
export interface Original {
  print: Print;
  segment: number;
  /** When the datagram was sent last (first copy). */
  at: number;
  /** The time under which it stands in the queue. */
  queuedAt: number;
  /** Where its copies were seen; the first one is the datagram itself. */
  points: Point[];
  /** The IKE SA and side that it was counted for. */
  sa: IkeSa | null;
  side: 0 | 1;
}

export class EchoFilter {
  readonly #byPrefix = new Map<number, Original[]>();
  /** In the order of `queuedAt`; a datagram sent again meanwhile is queued anew when it comes up. */
  #queue: Original[] = [];
  #head = 0;
  /** After `see`: what is known of the datagram. */
  original: Original | null = null;

  /** "new": never seen within the window · "again": sent once more · "echo": a copy, to be ignored. */
  see(message: Message): "new" | "again" | "echo" {
    this.#forget(message);
    const known = this.#find(message);
    if (known === undefined) {
      this.original = this.#remember(message);
      return "new";
    }
    this.original = known;
    const point = known.points.find(
      (seen) => seen.from === message.from && seen.to === message.to && seen.tap === message.tap,
    );
    if (point === undefined) {
      known.points.push(pointOf(message));
      return "echo";
    }
    const sinceCopy = message.at - point.at;
    point.at = message.at;
    if (sinceCopy < SAME_POINT_WINDOW) return "echo";
    known.at = message.at;
    known.points = [point];
    return "again";
  }

  #find(message: Message): Original | undefined {
    const print = { full: message.digest.full, prefix: message.digest.prefix, cut: message.cut };
    return this.#byPrefix.get(print.prefix)?.find(
      (known) =>
        samePrint(known.print, print) &&
        message.at - known.at < ECHO_WINDOW &&
        // The same bytes going back to where they came from are a reflection, not a copy.
        !(known.points[0].from === message.to && known.points[0].to === message.from),
    );
  }

  #remember(message: Message): Original {
    const original: Original = {
      print: printOf(message),
      segment: message.segment,
      at: message.at,
      queuedAt: message.at,
      points: [pointOf(message)],
      sa: null,
      side: 0,
    };
    const same = this.#byPrefix.get(original.print.prefix);
    if (same === undefined) this.#byPrefix.set(original.print.prefix, [original]);
    else same.push(original);
    this.#queue.push(original);
    return original;
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
      const same = this.#byPrefix.get(oldest.print.prefix)!;
      if (same.length === 1) this.#byPrefix.delete(oldest.print.prefix);
      else same.splice(same.indexOf(oldest), 1);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}

function pointOf(message: Message): Point {
  return { from: message.from, to: message.to, tap: message.tap, at: message.at };
}
