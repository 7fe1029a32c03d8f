/**
 * From rows to datagrams: the only caller of `locate`, but for the cross-check. Every packet ends in exactly one
 * count; sinks hear of what stands where ISAKMP belongs, and of signs of life (ESP, keepalives), so that most packets
 * of a capture cost no call.
 */

import {
  cutTo,
  type FrameBatch,
  type MessageBatch,
  type MessageRow,
  packetsIn,
  type Slice,
} from "../capture/batch.ts";
import type { Walk } from "../linear/walk.ts";
import { Datagram } from "../wire/decoded.ts";
import { Encapsulation } from "../wire/encapsulations.ts";
import {
  classifyHeader,
  EXCHANGE_QUICK,
  exchangeType,
  HeaderClass,
  headerClassNames,
  headerLength,
} from "../wire/isakmp.ts";
import { Kind, kindNames, locate, type PortSet } from "../wire/locate.ts";
import { type Arrival, arrived } from "./arrived.ts";
import type { Taken } from "./feed.ts";
import { SeveralSinks, type Sink } from "./sinks.ts";
import { Turns } from "./turns.ts";
import { type Unread, UnreadPackets } from "./unread.ts";

export type { Sink } from "./sinks.ts";

/** What became of the packets. */
export interface PacketCounts {
  packets: number;
  messages: { ikev1: number; ikev2: number; authip: number; malformed: number };
  /** Messages whose header was captured up to the message ID, and not to its end. */
  headersCut: number;
  /** Datagrams of IKEv1 whose header names quick mode. */
  quickModes: number;
  /** Packets that are not ISAKMP, by reason. */
  skipped: Record<string, number>;
  /** Malformed ISAKMP, by reason. */
  malformed: Record<string, number>;
  /** Of the skipped packets those that were recognised and not looked into, by source and name. */
  unread: readonly Unread[];
}

export class Decoder {
  readonly #ports: PortSet;
  readonly #sink: Sink;
  readonly #datagram = new Datagram();
  readonly #kinds: Float64Array;
  readonly #walk: Walk | null;
  readonly #classes = new Float64Array(headerClassNames.length);
  #quickModes = 0;
  /** By source: what was decoded of it. */
  readonly #taken: Taken[] = [];
  #headersCut = 0;
  readonly #unread = new UnreadPackets();
  #packets = 0;

  /** @param walk what may settle frames that most captures are made of, where no sink wants signs of life */
  constructor(ports: PortSet, sinks: readonly Sink[], walk: Walk | null = null) {
    this.#ports = ports;
    this.#walk = walk;
    this.#kinds = walk?.kinds ?? new Float64Array(kindNames.length);
    this.#sink = sinks.length === 1 ? sinks[0] : new SeveralSinks(sinks);
  }

  /** Packets so far. */
  get packets(): number {
    return this.#packets;
  }

  /** IKEv1 messages so far, and those of them whose header names quick mode. */
  get messages(): number {
    return this.#classes[HeaderClass.ikev1];
  }

  get quickModes(): number {
    return this.#quickModes;
  }

  /** Decodes the rows of a slice, `limit` packets at most: the slice ends there then. */
  decode(slice: Slice, limit = Number.POSITIVE_INFINITY): void {
    const { batch } = slice;
    if (slice.end - slice.start > limit) cutTo(slice, limit);
    if (slice.start >= slice.end) return;
    const datagram = this.#datagram;
    datagram.provenance = batch.provenance;
    datagram.rows = batch;
    datagram.input = slice.source;
    datagram.segment = slice.segment;
    this.#sink.begin?.(slice);
    if (batch.provenance === "packet") this.#frames(batch, slice);
    else this.#messages(batch, slice);
    this.#end(slice);
  }

  /** What settles rows of lanes that take turns, `limit` packets at most of all that is decoded; null where nothing can. */
  turns(limit: number): Turns | null {
    const walk = this.#walk;
    if (walk === null || walk.lanes === null) return null;
    const take = (slice: Slice) => {
      this.#sink.begin?.(slice);
      this.#end(slice);
    };
    return new Turns(walk, walk.lanes, take, () => limit - this.#packets);
  }

  /** The rows of a slice are decoded, or settled. */
  #end(slice: Slice): void {
    const packets = packetsIn(slice);
    this.#packets += packets;
    this.#take(slice, packets);
    this.#sink.end?.(slice);
  }

  /** What was decoded of a source so far; null for none of it. */
  taken(source: number): Taken | null {
    return this.#taken[source] ?? null;
  }

  #take({ source, batch, end }: Slice, packets: number): void {
    this.#taken[source] ??= { packets: 0, last: { micros: 0, nanos: 0 } };
    const taken = this.#taken[source];
    taken.packets += packets;
    taken.last.micros = batch.micros[end - 1];
    taken.last.nanos = batch.nanos[end - 1];
  }

  /** The loop that touches every packet of every capture. */
  #frames(batch: FrameBatch, { clock, source, segment, start, end }: Slice): void {
    const walk = this.#walk?.begin(batch, clock, segment, source) === true ? this.#walk : null;
    const { bytes, offsets, captured, linkTypes, firstFrame } = batch;
    const datagram = this.#datagram;
    const ports = this.#ports;
    const kinds = this.#kinds;
    const sink = this.#sink;
    datagram.bytes = bytes;
    datagram.digest = null;
    datagram.clear = null;
    for (let i = walk?.past(start, end) ?? start; i < end; i = walk?.past(i + 1, end) ?? i + 1) {
      datagram.index = i;
      datagram.frame = firstFrame + i;
      datagram.at = clock[i];
      const arrival = walk?.arrival ?? null;
      datagram.arrival = arrival;
      if (arrival !== null && walk!.arrivals.isTaken) {
        this.#showTaken(arrival);
        continue;
      }
      const kind =
        arrival === null
          ? locate(bytes, offsets[i], captured[i], linkTypes[i], ports, datagram)
          : arrived(arrival, datagram);
      kinds[kind] += 1;
      if (kind > Kind.oldDraftEsp) {
        if (kind === Kind.unsupportedLinkType) this.#unread.add(source, kind, linkTypes[i]);
        else if (kind === Kind.unsupportedEncapsulation)
          this.#unread.add(source, kind, datagram.encapsulation);
        continue;
      }
      if (datagram.further > 0) this.#further(source);
      datagram.kind = kind;
      if (kind === Kind.candidate) this.#candidate();
      else sink.signOfLife(datagram);
    }
    if (walk !== null) this.#countTaken(walk.arrivals);
  }

  /** Messages that were taken to their IKE SAs on the way. */
  #countTaken(arrivals: Walk["arrivals"]): void {
    const { taken } = arrivals;
    if (taken === 0) return;
    this.#kinds[Kind.candidate] += taken;
    this.#classes[HeaderClass.ikev1] += taken;
    this.#quickModes += arrivals.takenQuickModes;
    arrivals.forgetTaken();
  }

  #showTaken(arrival: Arrival): void {
    const datagram = this.#datagram;
    datagram.kind = arrived(arrival, datagram);
    datagram.headerClass = HeaderClass.ikev1;
    this.#sink.taken?.(datagram);
  }

  /** The frame holds more messages than the one that is read. */
  #further(source: number): void {
    this.#unread.add(source, Kind.unsupportedEncapsulation, Encapsulation.furtherInAmsdu);
    this.#datagram.further = 0;
  }

  #messages({ rows, frames }: MessageBatch, { clock, start, end }: Slice): void {
    const datagram = this.#datagram;
    datagram.arrival = null;
    for (let i = start; i < end; i += 1) {
      const row = rows[i];
      if (row === null) continue;
      this.#kinds[row.kind] += 1;
      fill(datagram, row);
      datagram.index = i;
      datagram.frame = frames[i];
      datagram.at = clock[i];
      if (row.kind === Kind.candidate) this.#candidate();
      else this.#sink.signOfLife(datagram);
    }
  }

  #candidate(): void {
    const datagram = this.#datagram;
    const { bytes, payload, captured, length } = datagram;
    datagram.headerClass =
      datagram.arrival === null ? classifyHeader(bytes, payload, captured, length) : HeaderClass.ikev1;
    this.#classes[datagram.headerClass] += 1;
    if (datagram.headerClass === HeaderClass.ikev1) {
      if (captured < headerLength) this.#headersCut += 1;
      else if (exchangeType(bytes, payload) === EXCHANGE_QUICK) this.#quickModes += 1;
    }
    this.#sink.isakmp(datagram);
  }

  counts(): PacketCounts {
    const classes = this.#classes;
    const malformed = named(headerClassNames, classes, HeaderClass.authip + 1);
    return {
      packets: this.#packets,
      messages: {
        ikev1: classes[HeaderClass.ikev1],
        ikev2: classes[HeaderClass.ikev2],
        authip: classes[HeaderClass.authip],
        malformed: Object.values(malformed).reduce((sum, count) => sum + count, 0),
      },
      headersCut: this.#headersCut,
      quickModes: this.#quickModes,
      skipped: named(kindNames, this.#kinds, Kind.candidate + 1),
      malformed,
      unread: this.#unread.list(),
    };
  }

  /** The counts, to be kept in a state file. */
  save() {
    return {
      kinds: this.#kinds,
      classes: this.#classes,
      quickModes: this.#quickModes,
      headersCut: this.#headersCut,
      packets: this.#packets,
    };
  }

  restore(saved: ReturnType<Decoder["save"]>): void {
    this.#kinds.set(saved.kinds);
    this.#classes.set(saved.classes);
    this.#quickModes = saved.quickModes;
    this.#headersCut = saved.headersCut;
    this.#packets = saved.packets;
  }
}

/** Fills the datagram with what was told. */
function fill(datagram: Datagram, row: MessageRow): void {
  const address = row.ipVersion === 4 ? 4 : 16;
  datagram.kind = row.kind;
  datagram.bytes = row.bytes;
  datagram.ipVersion = row.ipVersion;
  datagram.identification = row.identification;
  datagram.source = 0;
  datagram.destination = address;
  datagram.sourcePort = row.sourcePort;
  datagram.destinationPort = row.destinationPort;
  datagram.payload = 2 * address;
  datagram.captured = row.captured;
  datagram.length = row.length;
  datagram.marker = row.marker;
  datagram.digest = row.digest;
  datagram.clear = row.clear;
}

/** The counts that are not zero, by name, from `first` on. */
function named(names: readonly string[], counts: Float64Array, first: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (let i = first; i < names.length; i += 1) if (counts[i] > 0) found[names[i]] = counts[i];
  return found;
}
