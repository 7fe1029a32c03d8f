/**
 * One pass over the records of a capture: locates ISAKMP, counts everything, and hands messages and signs of
 * life to the tracker. Every record ends in exactly one count.
 */

import type { RecordBatch } from "../capture/batch.ts";
import { endpoint } from "../collections/endpoints.ts";
import type { Slice } from "../feed/feed.ts";
import type { Tracker } from "../ike/tracker.ts";
import { Message } from "../wire/datagram.ts";
import {
  classifyHeader,
  EXCHANGE_QUICK,
  exchangeType,
  HeaderClass,
  headerClassNames,
  headerLength,
} from "../wire/isakmp.ts";
import { Kind, kindNames, Located, locate, type PortSet } from "../wire/locate.ts";

export interface ScanCounts {
  packets: number;
  messages: { ikev1: number; ikev2: number; authip: number; malformed: number };
  /** Messages whose header was captured up to the message ID, and not to its end. */
  headersCut: number;
  quickModeMessages: number;
  /** Packets that are not ISAKMP, by reason. */
  skipped: Record<string, number>;
  /** Malformed ISAKMP, by reason. */
  malformed: Record<string, number>;
}

export class Scanner {
  readonly #tracker: Tracker;
  readonly #ports: PortSet;
  readonly #located = new Located();
  readonly #message = new Message();
  readonly #kinds = new Float64Array(kindNames.length);
  readonly #classes = new Float64Array(headerClassNames.length);
  #quickModes = 0;
  #headersCut = 0;
  packets = 0;
  /** Digests are to be those of message records also where a capture has the bytes. */
  exchanged = false;
  /** Clock of the first and the last record; NaN before any. */
  firstAt = Number.NaN;
  lastAt = Number.NaN;
  lastSegment = 0;

  constructor(tracker: Tracker, ports: PortSet) {
    this.#tracker = tracker;
    this.#ports = ports;
  }

  /** Scans the records of a slice, at most `limit` of them. */
  scan(slice: Slice, limit = Number.POSITIVE_INFINITY): void {
    const { batch, clock, segment } = slice;
    const end = Math.min(slice.end, slice.start + limit);
    if (slice.start >= end) return;
    const { bytes, offsets, captured, linkTypes } = batch;
    const located = this.#located;
    for (let i = slice.start; i < end; i += 1) {
      const kind = locate(bytes, offsets[i], captured[i], linkTypes[i], this.#ports, located);
      this.#kinds[kind] += 1;
      if (kind === Kind.candidate) this.#candidate(slice.source, batch, i, clock[i], segment);
      else if (kind === Kind.espInUdp || kind === Kind.esp || kind === Kind.oldDraftEsp) {
        this.#tracker.life(bytes, located, true, clock[i], segment);
      } else if (kind === Kind.natKeepalive) this.#tracker.life(bytes, located, false, clock[i], segment);
    }
    if (Number.isNaN(this.firstAt)) this.firstAt = clock[slice.start];
    this.lastAt = clock[end - 1];
    this.lastSegment = segment;
    this.packets += end - slice.start;
  }

  #candidate(source: number, batch: RecordBatch, i: number, at: number, segment: number): void {
    const { bytes } = batch;
    const { payload, captured, length, ipVersion } = this.#located;
    const headerClass = classifyHeader(bytes, payload, captured, length);
    this.#classes[headerClass] += 1;
    if (headerClass > HeaderClass.authip) return;
    const hosts = this.#tracker.hosts;
    const from = hosts.intern(bytes, this.#located.source, ipVersion);
    const to = hosts.intern(bytes, this.#located.destination, ipVersion);
    if (headerClass !== HeaderClass.ikev1) {
      this.#tracker.otherProtocol(from, to, headerClass === HeaderClass.ikev2, at);
      return;
    }
    if (exchangeType(bytes, payload) === EXCHANGE_QUICK && captured >= headerLength) this.#quickModes += 1;
    if (captured < headerLength) this.#headersCut += 1;
    const message = this.#message;
    message.exchanged = this.exchanged || batch.digests !== null;
    message.logged = batch.logged === true;
    message.read(bytes, payload, captured, length);
    if (batch.digests !== null && !Number.isNaN(batch.digests[2 * i])) {
      message.digest.full = batch.digests[2 * i];
      message.digest.prefix = batch.digests[2 * i + 1];
    }
    message.from = endpoint(from, this.#located.sourcePort);
    message.to = endpoint(to, this.#located.destinationPort);
    message.identification = this.#located.identification;
    message.natTraversal = this.#located.marker;
    message.at = at;
    message.segment = segment;
    message.micros = batch.micros[i];
    message.nanos = batch.nanos[i];
    message.frame = batch.firstFrame + i;
    message.source = source;
    message.tap = source * 65536 + batch.interfaces[i];
    this.#tracker.message(message);
  }

  /** The counts, to be kept in a state file. */
  save() {
    const { packets, firstAt, lastAt, lastSegment } = this;
    const seen = { packets, firstAt, lastAt, lastSegment };
    return {
      kinds: this.#kinds,
      classes: this.#classes,
      quickModes: this.#quickModes,
      headersCut: this.#headersCut,
      seen,
    };
  }

  restore(saved: ReturnType<Scanner["save"]>): void {
    this.#kinds.set(saved.kinds);
    this.#classes.set(saved.classes);
    this.#quickModes = saved.quickModes;
    this.#headersCut = saved.headersCut;
    Object.assign(this, saved.seen);
  }

  /** IKEv1 messages and quick modes among them so far: what a judgement can change by. */
  get progress(): { messages: number; quickModes: number } {
    const quickModes = this.#quickModes + this.#tracker.quickModesInFragments;
    return { messages: this.#classes[HeaderClass.ikev1], quickModes };
  }

  counts(): ScanCounts {
    const classes = this.#classes;
    const malformed = named(headerClassNames, classes, HeaderClass.authip + 1);
    return {
      packets: this.packets,
      messages: {
        ikev1: classes[HeaderClass.ikev1],
        ikev2: classes[HeaderClass.ikev2],
        authip: classes[HeaderClass.authip],
        malformed: Object.values(malformed).reduce((sum, count) => sum + count, 0),
      },
      headersCut: this.#headersCut,
      // The inner header of a fragmented message counts, once it is whole.
      quickModeMessages: this.#quickModes + this.#tracker.quickModesInFragments,
      skipped: named(kindNames, this.#kinds, Kind.candidate + 1),
      malformed,
    };
  }
}

/** The counts that are not zero, by name, from `first` on. */
function named(names: readonly string[], counts: Float64Array, first: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (let i = first; i < names.length; i += 1) if (counts[i] > 0) found[names[i]] = counts[i];
  return found;
}
