/**
 * From records of captures to message records: one line per ISAKMP message, thinned lines for signs of life, a
 * header and a trailer per source. Lines come in the order of the input, except the last sign of a window, which
 * is known only when its 10 s are over.
 */

import type { SourceSummary } from "../capture/source.ts";
import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import type { Slice, WrittenTime } from "../feed/feed.ts";
import { HostTable } from "../ike/hosts.ts";
import { Digest, digestOfCutHeader, publicDigest } from "../wire/digest.ts";
import { isFragment } from "../wire/fragments.ts";
import {
  classifyHeader,
  exchangeType,
  flags,
  HeaderClass,
  headerLength,
  messageId,
  messageLength,
} from "../wire/isakmp.ts";
import { Kind, Located, locate, type PortSet } from "../wire/locate.ts";
import { readClearPayloads } from "../wire/payloads.ts";
import type { IkeRecord, LifeRecord, MessageRecord } from "./schema.ts";
import { type Sign, Thinner } from "./thinning.ts";
import { RECORDS_SCHEMA, RECORDS_VERSION } from "./version.ts";

const LIFE_TYPES: Record<number, LifeRecord["type"]> = {
  [Kind.esp]: "esp",
  [Kind.espInUdp]: "esp-in-udp",
  [Kind.oldDraftEsp]: "old-draft-esp",
  [Kind.natKeepalive]: "keepalive",
};
const LIFE_KINDS = Object.keys(LIFE_TYPES).map(Number);
const FLAG_ENCRYPTED = 0x01;
const LAST_PHASE1_EXCHANGE = 4;

export interface ExtractCounts {
  packets: number;
  messages: number;
  lines: number;
}

export class Extractor {
  readonly counts: ExtractCounts = { packets: 0, messages: 0, lines: 0 };
  readonly #sensor: string;
  readonly #ports: PortSet;
  readonly #write: (line: string) => void;
  readonly #hosts = new HostTable();
  readonly #located = new Located();
  readonly #digest = new Digest();
  readonly #thinner = new Thinner((sign) => this.#life(sign));
  /** Sources whose header is written, and their records so far. */
  readonly #packets: number[] = [];
  #segment = 0;
  /** Clock of the last record. */
  #heardAt = Number.NaN;

  /** @param write takes one line, its end included */
  constructor(sensor: string, ports: PortSet, write: (line: string) => void) {
    this.#sensor = sensor;
    this.#ports = ports;
    this.#write = write;
  }

  /** Extracts the records of a slice, at most `limit` of them. */
  slice(slice: Slice, summary: SourceSummary, limit = Number.POSITIVE_INFINITY): void {
    const { batch, clock, segment, source } = slice;
    if (segment !== this.#segment) this.#thinner.flush();
    this.#segment = segment;
    const end = Math.min(slice.end, slice.start + limit);
    if (this.#packets[source] === undefined) this.#header(slice, summary);
    this.#packets[source] += end - slice.start;
    const located = this.#located;
    for (let i = slice.start; i < end; i += 1) {
      const kind = locate(
        batch.bytes,
        batch.offsets[i],
        batch.captured[i],
        batch.linkTypes[i],
        this.#ports,
        located,
      );
      if (kind === Kind.candidate) this.#candidate(slice, i);
      else if (kind in LIFE_TYPES) this.#sign(slice, i, kind);
    }
    this.counts.packets += end - slice.start;
    if (end === slice.start) return;
    this.#heardAt = clock[end - 1];
    this.#thinner.expire(this.#heardAt);
  }

  /** Nothing came for so many microseconds: windows that are over by now end. */
  idle(micros: number): void {
    this.#thinner.expire(this.#heardAt + micros);
  }

  /** Writes what is held back, and a trailer for each source. */
  end(sources: readonly { summary: SourceSummary; last: WrittenTime | null }[]): void {
    this.#thinner.flush();
    for (const [source, { summary, last }] of sources.entries()) {
      if (last === null || this.#packets[source] === undefined) continue;
      this.#line({
        type: "trailer",
        ...this.#place(last.micros, last.nanos, last.micros, this.#segment, source, 0),
        packets: this.#packets[source],
        end: summary.end,
      });
    }
  }

  #header({ batch, clock, start, segment, source }: Slice, { name, timeDigits }: SourceSummary): void {
    this.#packets[source] = 0;
    const place = this.#place(batch.micros[start], batch.nanos[start], clock[start], segment, source, 0);
    const kind = { type: "header", schema: RECORDS_SCHEMA, version: RECORDS_VERSION } as const;
    this.#line({ ...kind, ...place, name, timeDigits });
  }

  #sign({ batch, clock, segment, source }: Slice, i: number, kind: number): void {
    const { bytes } = batch;
    const { ipVersion, source: sender, destination, sourcePort, destinationPort } = this.#located;
    const overIp = kind === Kind.esp;
    this.#thinner.see({
      kind,
      from: endpoint(this.#hosts.intern(bytes, sender, ipVersion), overIp ? 0 : sourcePort),
      to: endpoint(this.#hosts.intern(bytes, destination, ipVersion), overIp ? 0 : destinationPort),
      at: clock[i],
      micros: batch.micros[i],
      nanos: batch.nanos[i],
      segment,
      source,
      interface: batch.interfaces[i],
    });
  }

  #life(sign: Readonly<Sign>): void {
    const { kind, from, to, at, micros, nanos, segment, source } = sign;
    this.#line({
      type: LIFE_TYPES[kind],
      ...this.#place(micros, nanos, at, segment, source, sign.interface),
      ...this.#ends(from, to),
    });
  }

  #candidate({ batch, clock, segment, source }: Slice, i: number): void {
    const { bytes } = batch;
    const { payload, captured, length, ipVersion, marker } = this.#located;
    const headerClass = classifyHeader(bytes, payload, captured, length);
    if (headerClass > HeaderClass.authip) return;
    const from = endpoint(
      this.#hosts.intern(bytes, this.#located.source, ipVersion),
      this.#located.sourcePort,
    );
    const to = endpoint(
      this.#hosts.intern(bytes, this.#located.destination, ipVersion),
      this.#located.destinationPort,
    );
    this.#thinner.expire(clock[i]);
    this.#interrupt(from, to, source);
    const stated = messageLength(bytes, payload, captured, length);
    const held = Math.min(captured, stated);
    if (held < headerLength) digestOfCutHeader(bytes, payload, held, stated, this.#digest);
    else publicDigest(bytes, payload, held, this.#digest);
    const record: IkeRecord = {
      type: "ike",
      ...this.#place(batch.micros[i], batch.nanos[i], clock[i], segment, source, batch.interfaces[i]),
      ...this.#ends(from, to),
      initiatorCookie: hex(bytes, payload, 8),
      responderCookie: hex(bytes, payload + 8, 8),
      version: bytes[payload + 17],
      exchange: exchangeType(bytes, payload),
      flags: flags(bytes, payload),
      messageId: `0x${messageId(bytes, payload).toString(16).padStart(8, "0")}`,
      length: stated,
      digest: digestText(this.#digest),
    };
    if (marker) record.natTraversal = true;
    if (held < stated) record.captured = held;
    if (headerClass === HeaderClass.ikev1) details(record, bytes, payload, held);
    // The first message of phase 1 is the only one that says who the responder is.
    if (/^0+$/.test(record.responderCookie)) record.keys = [record.to];
    this.counts.messages += 1;
    this.#line(record);
  }

  /** What follows a message between its endpoints is written again, in both directions. */
  #interrupt(from: number, to: number, source: number): void {
    for (const kind of LIFE_KINDS) {
      const [here, there] = kind === Kind.esp ? [overIp(from), overIp(to)] : [from, to];
      this.#thinner.interrupt(kind, here, there, source);
      this.#thinner.interrupt(kind, there, here, source);
    }
  }

  #ends(from: number, to: number): Pick<IkeRecord, "from" | "to" | "keys" | "fromPort" | "toPort"> {
    const sender = this.#hosts.text(hostOf(from));
    const receiver = this.#hosts.text(hostOf(to));
    return {
      from: sender,
      to: receiver,
      keys: [sender, receiver].sort(),
      fromPort: portOf(from),
      toPort: portOf(to),
    };
  }

  #place(micros: number, nanos: number, at: number, segment: number, source: number, tap: number) {
    return {
      t: `${micros}${String(nanos).padStart(3, "0")}`,
      // Two packets whose times are swapped by a little keep the order in which the sensor had them.
      ...(at === micros ? {} : { order: at }),
      ...(segment === 0 ? {} : { segment }),
      sensor: this.#sensor,
      source,
      ...(tap === 0 ? {} : { interface: tap }),
    };
  }

  #line(record: MessageRecord): void {
    this.counts.lines += 1;
    this.#write(`${JSON.stringify(record)}\n`);
  }
}

/** What a message of IKEv1 shows beyond its header. */
function details(record: IkeRecord, bytes: Uint8Array, offset: number, held: number): void {
  if (isFragment(bytes, offset, held)) {
    record.fragment = hex(bytes, offset, held);
    return;
  }
  if ((record.flags & FLAG_ENCRYPTED) !== 0 || record.exchange > LAST_PHASE1_EXCHANGE) return;
  const { vendorIds, lifeSeconds, natDiscovery } = readClearPayloads(bytes, offset, held);
  if (vendorIds.length > 0) record.vendorIds = vendorIds;
  if (lifeSeconds !== null) record.lifeSeconds = lifeSeconds;
  if (natDiscovery > 0) record.natDiscovery = true;
}

function overIp(ends: number): number {
  return endpoint(hostOf(ends), 0);
}

function hex(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString("hex");
}

function digestText({ full, prefix }: Digest): string {
  const text = (value: number) => value.toString(16).padStart(14, "0");
  return full === prefix ? text(full) : `${text(prefix)}-${text(full)}`;
}
