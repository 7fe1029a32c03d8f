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
import { classifyHeader, HeaderClass } from "../wire/isakmp.ts";
import { Kind, Located, locate, type PortSet } from "../wire/locate.ts";
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

export class Selection {
  /** By source. */
  readonly frames: FrameList[] = [];
  readonly #ports: PortSet;
  readonly #located = new Located();
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

  constructor(plan: EvidencePlan, ports: PortSet) {
    this.#plan = plan;
    this.#ports = ports;
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

  scan({ source, batch, clock, start, end, segment }: Slice): void {
    const { bytes, offsets, captured, linkTypes, firstFrame } = batch;
    const located = this.#located;
    for (let i = start; i < end; i += 1) {
      const kind = locate(bytes, offsets[i], captured[i], linkTypes[i], this.#ports, located);
      const frame = firstFrame + i;
      // The capture's own begin and end matter: what lies before or behind them could not be seen.
      if (this.#last === null) this.#keep(source, frame);
      this.#last = { source, frame };
      if (kind > Kind.oldDraftEsp) continue;
      if (kind === Kind.candidate && this.#isWanted(bytes)) {
        this.#keep(source, frame);
        this.#around(bytes);
        continue;
      }
      // Another candidate is IKEv2, as a rule: that a client speaks it matters, how much of it does not.
      const flow = this.#flow(bytes, kind === Kind.candidate);
      if (flow !== null) this.#thin(flow, source, frame, clock[i], segment);
      this.#fromResponder(bytes, source, frame, clock[i], segment);
    }
  }

  /** The last packets of all kinds, and the capture's. Afterwards the frames are in order. */
  finish(): void {
    for (const stream of [...this.#flowStreams, ...this.#responderStreams]) this.#flush(stream);
    if (this.#last !== null) this.#keep(this.#last.source, this.#last.frame);
    for (const list of this.frames) list?.sort();
  }

  #isWanted(bytes: Uint8Array): boolean {
    const { payload, captured, length } = this.#located;
    if (classifyHeader(bytes, payload, captured, length) !== HeaderClass.ikev1) return false;
    for (let i = 0; i < 4; i += 1) this.#cookies.key[i] = readU32(bytes, payload + i * 4);
    return this.#cookies.find() >= 0;
  }

  /** A message between the located addresses: what was last before it on their flows counts, and what comes next. */
  #around(bytes: Uint8Array): void {
    const { source, destination } = this.#located;
    for (const [responder, other] of [
      [destination, source],
      [source, destination],
    ]) {
      const row = this.#responder(bytes, responder);
      if (row < 0) continue;
      this.#responderStreams[row].keepNext = true;
      for (const stream of this.#flowsOfPair[this.#pair(bytes, responder, other)]) {
        this.#flush(stream);
        stream.keepNext = true;
      }
    }
  }

  #responder(bytes: Uint8Array, address: number): number {
    addressWords(bytes, address, this.#located.ipVersion, this.#responders.key, 0);
    return this.#responders.find();
  }

  #pair(bytes: Uint8Array, responder: number, other: number): number {
    const { key } = this.#pairs;
    addressWords(bytes, responder, this.#located.ipVersion, key, 0);
    addressWords(bytes, other, this.#located.ipVersion, key, 4);
    const row = this.#pairs.ensure();
    this.#flowsOfPair[row] ??= [];
    return row;
  }

  /** The packet's flow, or null when it is neither from nor to a responder. */
  #flow(bytes: Uint8Array, isakmp: boolean): Stream | null {
    const { source, destination, sourcePort, destinationPort, ipVersion } = this.#located;
    const toResponder = this.#responder(bytes, destination) >= 0;
    if (!toResponder && this.#responder(bytes, source) < 0) return null;
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
    this.#flowsOfPair[this.#pair(bytes, responder, other)].push(stream);
    return stream;
  }

  #fromResponder(bytes: Uint8Array, source: number, frame: number, at: number, segment: number): void {
    const row = this.#responder(bytes, this.#located.source);
    if (row >= 0) this.#thin(this.#responderStreams[row], source, frame, at, segment);
  }

  #thin(stream: Stream, source: number, frame: number, at: number, segment: number): void {
    const due = stream.keepNext || segment !== stream.segment || !(at - stream.keptAt < stream.spacing);
    if (!due) {
      stream.frame = frame;
      stream.source = source;
      return;
    }
    if (segment !== stream.segment) this.#flush(stream);
    stream.frame = 0;
    stream.keptAt = at;
    stream.segment = segment;
    stream.keepNext = false;
    this.#keep(source, frame);
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
