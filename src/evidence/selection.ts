/**
 * Chooses the packets of an evidence capture, in one pass. Of IKE every message at the responders in question. Of the
 * ESP and keepalives there what the judgement looks at: in each flow the first, the last, the last before and the
 * first after each message of IKE, and one in ten seconds where the client is in a finding; and what each responder
 * sends next after a message of IKE, to whomever. Frame numbers are all that is kept.
 */

import { addressWords } from "../collections/endpoints.ts";
import { WordTable } from "../collections/word-table.ts";
import type { Slice } from "../feed/feed.ts";
import { readU32 } from "../wire/bytes.ts";
import type { Datagram } from "../wire/decoded.ts";
import { HeaderClass } from "../wire/isakmp.ts";
import { FrameList } from "./frame-list.ts";
import type { EvidencePlan } from "./plan.ts";

const SPACING = 10_000_000;

/** Packets of one flow, or of one responder, thinned. */
interface Stream {
  /** Microseconds between two that are kept. */
  spacing: number;
  keptAt: number;
  segment: number;
  /** The latest packet that was not kept; 0 when there is none. */
  frame: number;
  source: number;
  /** Keep the next one, whatever the time. */
  keepNext: boolean;
}

/** A sink for packets. */
export class Selection {
  /** By source. */
  readonly frames: FrameList[] = [];
  readonly #plan: EvidencePlan;
  readonly #cookies = new WordTable(4);
  readonly #responders = new WordTable(4);
  readonly #responderStreams: Stream[] = [];
  readonly #flows = new WordTable(10);
  readonly #flowStreams: Stream[] = [];
  /** Pairs of a responder with another host, and the flows of each. */
  readonly #pairs = new WordTable(8);
  readonly #flowsOfPair: Stream[][] = [];
  #last: { source: number; frame: number } | null = null;

  constructor(plan: EvidencePlan) {
    this.#plan = plan;
    for (const { cookies } of plan.sas) {
      for (const responder of [cookies.slice(2), [0, 0]]) {
        this.#cookies.key.set([cookies[0], cookies[1], ...responder]);
        this.#cookies.ensure();
      }
    }
    for (const host of plan.responders) {
      plan.hosts.copyWords(host, this.#responders.key, 0);
      this.#responderStreams[this.#responders.ensure()] = newStream(Number.POSITIVE_INFINITY);
    }
  }

  /** The capture's own begin and end matter: what lies before or behind them could not be seen. */
  begin({ source, batch, start, end }: Slice): void {
    if (this.#last === null) this.#keep(source, batch.firstFrame + start);
    this.#last = { source, frame: batch.firstFrame + end - 1 };
  }

  isakmp(datagram: Datagram): void {
    if (this.#isWanted(datagram)) {
      this.#keep(datagram.input, datagram.frame);
      this.#around(datagram);
    } else this.#thinned(datagram, true);
  }

  signOfLife(datagram: Datagram): void {
    this.#thinned(datagram, false);
  }

  /** A candidate that is not wanted is IKEv2, as a rule: that a client speaks it matters, how much of it does not. */
  #thinned(datagram: Datagram, isakmp: boolean): void {
    const flow = this.#flow(datagram, isakmp);
    if (flow !== null) this.#thin(flow, datagram);
    const row = this.#responder(datagram, datagram.source);
    if (row >= 0) this.#thin(this.#responderStreams[row], datagram);
  }

  /** The last packets of all kinds, and the capture's. Afterwards the frames are in order. */
  finish(): void {
    for (const stream of [...this.#flowStreams, ...this.#responderStreams]) this.#flush(stream);
    if (this.#last !== null) this.#keep(this.#last.source, this.#last.frame);
    for (const list of this.frames) list?.sort();
  }

  #isWanted({ bytes, payload, headerClass }: Datagram): boolean {
    if (headerClass !== HeaderClass.ikev1) return false;
    for (let i = 0; i < 4; i += 1) this.#cookies.key[i] = readU32(bytes, payload + i * 4);
    return this.#cookies.find() >= 0;
  }

  /** A message between these addresses: what was last before it on their flows counts, and what comes next. */
  #around(datagram: Datagram): void {
    const { source, destination } = datagram;
    for (const [responder, other] of [
      [destination, source],
      [source, destination],
    ]) {
      const row = this.#responder(datagram, responder);
      if (row < 0) continue;
      this.#responderStreams[row].keepNext = true;
      for (const stream of this.#flowsOfPair[this.#pair(datagram, responder, other)]) {
        this.#flush(stream);
        stream.keepNext = true;
      }
    }
  }

  #responder({ bytes, ipVersion }: Datagram, address: number): number {
    addressWords(bytes, address, ipVersion, this.#responders.key, 0);
    return this.#responders.find();
  }

  #pair({ bytes, ipVersion }: Datagram, responder: number, other: number): number {
    const { key } = this.#pairs;
    addressWords(bytes, responder, ipVersion, key, 0);
    addressWords(bytes, other, ipVersion, key, 4);
    const row = this.#pairs.ensure();
    this.#flowsOfPair[row] ??= [];
    return row;
  }

  /** The packet's flow, or null when it is neither from nor to a responder. */
  #flow(datagram: Datagram, isakmp: boolean): Stream | null {
    const { bytes, source, destination, sourcePort, destinationPort, ipVersion } = datagram;
    const toResponder = this.#responder(datagram, destination) >= 0;
    if (!toResponder && this.#responder(datagram, source) < 0) return null;
    const { key } = this.#flows;
    addressWords(bytes, source, ipVersion, key, 0);
    addressWords(bytes, destination, ipVersion, key, 4);
    key[8] = sourcePort * 65536 + destinationPort;
    key[9] = isakmp ? 1 : 0;
    const row = this.#flows.ensure();
    if (row < this.#flowStreams.length) return this.#flowStreams[row];
    const [responder, other] = toResponder ? [destination, source] : [source, destination];
    const involved = !isakmp && this.#plan.parts.has(this.#plan.hosts.intern(bytes, other, ipVersion));
    const stream = newStream(involved ? SPACING : Number.POSITIVE_INFINITY);
    this.#flowStreams.push(stream);
    this.#flowsOfPair[this.#pair(datagram, responder, other)].push(stream);
    return stream;
  }

  #thin(stream: Stream, { input, frame, at, segment }: Datagram): void {
    const due = stream.keepNext || segment !== stream.segment || !(at - stream.keptAt < stream.spacing);
    if (!due) {
      stream.frame = frame;
      stream.source = input;
      return;
    }
    if (segment !== stream.segment) this.#flush(stream);
    stream.frame = 0;
    stream.keptAt = at;
    stream.segment = segment;
    stream.keepNext = false;
    this.#keep(input, frame);
  }

  #flush(stream: Stream): void {
    if (stream.frame > 0) this.#keep(stream.source, stream.frame);
    stream.frame = 0;
  }

  #keep(source: number, frame: number): void {
    this.frames[source] ??= new FrameList();
    this.frames[source].add(frame);
  }
}

function newStream(spacing: number): Stream {
  return { spacing, keptAt: Number.NaN, segment: -1, frame: 0, source: 0, keepNext: false };
}
