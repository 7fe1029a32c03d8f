/** Hands the datagrams of a feed to the tracker: ISAKMP as messages, ESP and keepalives as signs of life. */

import type { Slice } from "../capture/batch.ts";
import { endpoint } from "../collections/endpoints.ts";
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
  exchanged = false;
  /** Clock of the first and the last row; NaN before any. */
  firstAt = Number.NaN;
  lastAt = Number.NaN;
  lastSegment = 0;

  constructor(tracker: Tracker) {
    this.#tracker = tracker;
  }

  signOfLife(datagram: Datagram): void {
    const { bytes, kind, at, segment } = datagram;
    this.#tracker.life(bytes, datagram, kind !== Kind.natKeepalive, at, segment);
  }

  isakmp(datagram: Datagram): void {
    const { bytes, headerClass, ipVersion } = datagram;
    if (headerClass > HeaderClass.authip) return;
    const { hosts } = this.#tracker;
    const from = hosts.intern(bytes, datagram.source, ipVersion);
    const to = hosts.intern(bytes, datagram.destination, ipVersion);
    if (headerClass !== HeaderClass.ikev1) {
      this.#tracker.otherProtocol(from, to, headerClass === HeaderClass.ikev2, datagram.at);
      return;
    }
    const message = this.#message;
    message.exchanged = this.exchanged || datagram.provenance === "record";
    message.from = endpoint(from, datagram.sourcePort);
    message.to = endpoint(to, datagram.destinationPort);
    message.take(datagram);
    this.#tracker.message(message);
  }

  end({ clock, start, end, segment }: Slice): void {
    if (Number.isNaN(this.firstAt)) this.firstAt = clock[start];
    this.lastAt = clock[end - 1];
    this.lastSegment = segment;
  }

  /** What was seen so far, to be kept in a state file. */
  save() {
    const { firstAt, lastAt, lastSegment } = this;
    return { firstAt, lastAt, lastSegment };
  }

  restore(saved: ReturnType<Scanner["save"]>): void {
    Object.assign(this, saved);
  }
}
