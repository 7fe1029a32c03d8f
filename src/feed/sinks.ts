/** Who takes what a decoder finds. */

import type { Slice } from "../capture/batch.ts";
import type { Datagram } from "../wire/decoded.ts";

/** Takes datagrams. The object is refilled for the next one, and its bytes are valid during the call. */
export interface Sink {
  /** Rows of this slice follow. */
  begin?(slice: Slice): void;
  /** What stands where ISAKMP belongs; `headerClass` says whether it is. */
  isakmp(datagram: Datagram): void;
  /** The same of a message that the core has taken to its IKE SA already: who has it sees these, too. */
  taken?(datagram: Datagram): void;
  /** ESP or a NAT keepalive. */
  signOfLife(datagram: Datagram): void;
  /** false: `signOfLife` does nothing. */
  readonly wantsLife?: boolean;
  /** The rows of this slice are over. */
  end?(slice: Slice): void;
}

/** Several of them as one. */
export class SeveralSinks implements Sink {
  readonly #sinks: readonly Sink[];

  constructor(sinks: readonly Sink[]) {
    this.#sinks = sinks;
  }

  begin(slice: Slice): void {
    for (const sink of this.#sinks) sink.begin?.(slice);
  }

  isakmp(datagram: Datagram): void {
    for (const sink of this.#sinks) sink.isakmp(datagram);
  }

  taken(datagram: Datagram): void {
    for (const sink of this.#sinks) sink.taken?.(datagram);
  }

  signOfLife(datagram: Datagram): void {
    for (const sink of this.#sinks) sink.signOfLife(datagram);
  }

  end(slice: Slice): void {
    for (const sink of this.#sinks) sink.end?.(slice);
  }
}
