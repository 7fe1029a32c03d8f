/** Hands the datagrams of a feed to the tracker: ISAKMP as messages, ESP and keepalives as signs of life. */

import type { Slice } from "../capture/batch.ts";
import { endpoint } from "../collections/endpoints.ts";
import { sourceBit } from "../collections/sources.ts";
import type { Sink } from "../feed/decoder.ts";
import type { Tracker } from "../ike/tracker.ts";
import { Message } from "../wire/datagram.ts";
import type { Datagram } from "../wire/decoded.ts";
import { HeaderClass } from "../wire/isakmp.ts";
import { Kind } from "../wire/locate.ts";

export class Scanner implements Sink {
  readonly #tracker: Tracker;
  readonly #message = new Message();
  /** Digests are to be those of message records also where a capture has the bytes. */
  hasPublicDigest = false;
  /** Clock of the first and the last row; NaN before any. */
  firstAt = Number.NaN;
  lastAt = Number.NaN;
  lastSegment = 0;
  /** Clock of the first record of each source, the sources that share a bit together (see `sourceBit`). */
  #starts: number[] = [];

  constructor(tracker: Tracker) {
    this.#tracker = tracker;
  }

  signOfLife(datagram: Datagram): void {
    const { bytes, kind, at, segment } = datagram;
    // Records leave most packets out.
    const whole = datagram.provenance === "packet";
    this.#tracker.life(bytes, datagram, kind !== Kind.natKeepalive, at, segment, datagram.input, whole);
  }

  isakmp(datagram: Datagram): void {
    const { bytes, headerClass, ipVersion } = datagram;
    if (headerClass > HeaderClass.authip) return;
    const { arrival } = datagram;
    if (arrival !== null) {
      this.#message.from = arrival.from;
      this.#message.to = arrival.to;
      this.#take(datagram);
      return;
    }
    const { hosts } = this.#tracker;
    const from = hosts.intern(bytes, datagram.source, ipVersion);
    const to = hosts.intern(bytes, datagram.destination, ipVersion);
    if (headerClass !== HeaderClass.ikev1) {
      const here = endpoint(from, datagram.sourcePort);
      const there = endpoint(to, datagram.destinationPort);
      this.#tracker.otherProtocol(here, there, headerClass === HeaderClass.ikev2, datagram);
      return;
    }
    this.#message.from = endpoint(from, datagram.sourcePort);
    this.#message.to = endpoint(to, datagram.destinationPort);
    this.#take(datagram);
  }

  #take(datagram: Datagram): void {
    const message = this.#message;
    message.hasPublicDigest = this.hasPublicDigest;
    message.take(datagram);
    this.#tracker.message(message, datagram.arrival);
  }

  end({ clock, start, end, segment, source }: Slice): void {
    if (Number.isNaN(this.firstAt)) this.firstAt = clock[start];
    const place = 31 - Math.clz32(sourceBit(source));
    if (!(this.#starts[place] <= clock[start])) this.#starts[place] = clock[start];
    this.lastAt = clock[end - 1];
    this.lastSegment = segment;
  }

  /** Clock of the first record of the sources in a mask; NaN before any. */
  sourceStart(sources: number): number {
    let start = Number.NaN;
    this.#starts.forEach((at, place) => {
      if ((sources & (1 << place)) !== 0 && !(at >= start)) start = at;
    });
    return start;
  }

  /** What was seen so far, to be kept in a state file. */
  save() {
    const { firstAt, lastAt, lastSegment } = this;
    return { seen: { firstAt, lastAt, lastSegment }, starts: this.#starts };
  }

  restore({ seen, starts }: ReturnType<Scanner["save"]>): void {
    Object.assign(this, seen);
    this.#starts = starts;
  }
}
