/**
 * From records of captures to message records: one line per ISAKMP message, thinned lines for signs of life, a
 * header and a trailer per source. Lines come in the order of the input, except the last sign of a window, which
 * is known only when its 10 s are over.
 */

import { packetsIn, type Slice } from "../capture/batch.ts";
import type { SourceSummary, WrittenTime } from "../capture/source.ts";
import { AddressTable } from "../collections/address-table.ts";
import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import { formatAddress } from "../wire/address.ts";
import { hex, hexWord } from "../wire/bytes.ts";
import type { Datagram } from "../wire/decoded.ts";
import { Digest, digestOfCutHeader, publicDigest } from "../wire/digest.ts";
import { isFragment } from "../wire/fragments.ts";
import {
  EXCHANGE_AGGRESSIVE,
  EXCHANGE_INFORMATIONAL,
  exchangeType,
  FLAG_ENCRYPTED,
  flags,
  HeaderClass,
  headerLength,
  messageId,
  messageLength,
} from "../wire/isakmp.ts";
import { Kind } from "../wire/locate.ts";
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

export interface WrittenCounts {
  messages: number;
  lines: number;
}

export interface ExtractCounts extends WrittenCounts {
  packets: number;
}

/** A sink that writes records. */
export class RecordWriter {
  readonly counts: WrittenCounts = { messages: 0, lines: 0 };
  readonly #sensor: string;
  readonly #summaryOf: (source: number) => SourceSummary;
  readonly #write: (line: string) => void;
  readonly #addresses = new AddressTable();
  readonly #digest = new Digest();
  readonly #thinner = new Thinner((sign) => this.#life(sign));
  /** Packets of each source whose header is written. */
  readonly #packets: number[] = [];
  #segment = 0;
  /** Clock of the last row. */
  #heardAt = Number.NaN;

  /** @param write takes one line, its end included */
  constructor(sensor: string, summaryOf: (source: number) => SourceSummary, write: (line: string) => void) {
    this.#sensor = sensor;
    this.#summaryOf = summaryOf;
    this.#write = write;
  }

  begin(slice: Slice): void {
    const { segment, source } = slice;
    if (segment !== this.#segment) this.#thinner.flush();
    this.#segment = segment;
    if (this.#packets[source] === undefined) this.#header(slice, this.#summaryOf(source));
  }

  end(slice: Slice): void {
    const { clock, end, source } = slice;
    this.#packets[source] += packetsIn(slice);
    this.#heardAt = clock[end - 1];
    this.#thinner.expire(this.#heardAt);
  }

  /** Nothing came for so many microseconds: windows that are over by now end. */
  idle(micros: number): void {
    this.#thinner.expire(this.#heardAt + micros);
  }

  /** Writes what is held back, and a trailer for each source. */
  finish(sources: readonly { summary: SourceSummary; last: WrittenTime | null }[]): void {
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

  signOfLife(datagram: Datagram): void {
    const overIp = datagram.kind === Kind.esp;
    this.#thinner.see({
      kind: datagram.kind,
      from: this.#endpoint(datagram, datagram.source, overIp ? 0 : datagram.sourcePort),
      to: this.#endpoint(datagram, datagram.destination, overIp ? 0 : datagram.destinationPort),
      at: datagram.at,
      micros: datagram.micros,
      nanos: datagram.nanos,
      segment: datagram.segment,
      source: datagram.input,
      interface: datagram.interface,
      spi: datagram.spi,
      sequence: datagram.sequence,
    });
  }

  #endpoint({ bytes, ipVersion }: Datagram, offset: number, port: number): number {
    return endpoint(this.#addresses.intern(bytes, offset, ipVersion), port);
  }

  #life(sign: Readonly<Sign>): void {
    const { kind, from, to, at, micros, nanos, segment, source, spi, sequence } = sign;
    this.#line({
      type: LIFE_TYPES[kind],
      ...this.#place(micros, nanos, at, segment, source, sign.interface),
      ...this.#ends(from, to),
      ...(spi < 0 ? {} : { spi: `0x${hexWord(spi)}`, sequence }),
    });
  }

  isakmp(datagram: Datagram): void {
    if (datagram.headerClass > HeaderClass.authip) return;
    const { bytes, payload, captured, at, segment, input } = datagram;
    const from = this.#endpoint(datagram, datagram.source, datagram.sourcePort);
    const to = this.#endpoint(datagram, datagram.destination, datagram.destinationPort);
    this.#thinner.expire(at);
    this.#interrupt(from, to, input);
    const stated = messageLength(bytes, payload, captured, datagram.length);
    const held = Math.min(captured, stated);
    if (datagram.digest !== null) Object.assign(this.#digest, datagram.digest);
    else if (held < headerLength) digestOfCutHeader(bytes, payload, held, stated, this.#digest);
    else publicDigest(bytes, payload, held, this.#digest);
    const record: IkeRecord = {
      type: "ike",
      ...this.#place(datagram.micros, datagram.nanos, at, segment, input, datagram.interface),
      ...this.#ends(from, to),
      initiatorCookie: hex(bytes, payload, 8),
      responderCookie: hex(bytes, payload + 8, 8),
      version: bytes[payload + 17],
      exchange: exchangeType(bytes, payload),
      flags: flags(bytes, payload),
      messageId: `0x${hexWord(messageId(bytes, payload))}`,
      length: stated,
      digest: digestText(this.#digest),
    };
    if (datagram.identification !== 0) record.identification = datagram.identification;
    if (datagram.marker) record.natTraversal = true;
    if (held < stated) record.captured = held;
    if (datagram.headerClass === HeaderClass.ikev1) details(record, datagram, held);
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
    const sender = this.#addressOf(from);
    const receiver = this.#addressOf(to);
    return {
      from: sender,
      to: receiver,
      keys: [sender, receiver].sort(),
      fromPort: portOf(from),
      toPort: portOf(to),
    };
  }

  #addressOf(ends: number): string {
    const bytes = this.#addresses.bytes(hostOf(ends));
    return formatAddress(bytes, 0, bytes.length === 4 ? 4 : 6);
  }

  #place(micros: number, nanos: number, at: number, segment: number, source: number, capturePoint: number) {
    return {
      t: `${micros}${String(nanos).padStart(3, "0")}`,
      // Two packets whose times are swapped by a little keep the order in which the sensor had them.
      ...(at === micros ? {} : { order: at }),
      ...(segment === 0 ? {} : { segment }),
      sensor: this.#sensor,
      source,
      ...(capturePoint === 0 ? {} : { interface: capturePoint }),
    };
  }

  #line(record: MessageRecord): void {
    this.counts.lines += 1;
    this.#write(`${JSON.stringify(record)}\n`);
  }
}

/** What a message of IKEv1 shows beyond its header. */
function details(record: IkeRecord, { bytes, payload: offset, clear }: Datagram, held: number): void {
  if (isFragment(bytes, offset, held)) {
    record.fragment = hex(bytes, offset, held);
    return;
  }
  if ((record.flags & FLAG_ENCRYPTED) !== 0 || record.exchange > EXCHANGE_INFORMATIONAL) return;
  const shown = clear ?? readClearPayloads(bytes, offset, held);
  const { vendorIds, lifeSeconds, natDiscovery, natHashes, hash, notifies } = shown;
  if (notifies.length > 0) record.notifies = notifies;
  if (record.exchange > EXCHANGE_AGGRESSIVE) return;
  if (hash !== null) record.hash = hash;
  if (natHashes.length > 0) record.natHashes = hashTexts(natHashes);
  if (vendorIds.length > 0) record.vendorIds = vendorIds;
  if (lifeSeconds !== null) record.lifeSeconds = lifeSeconds;
  if (natDiscovery > 0) record.natDiscovery = true;
}

/** NAT-D hashes, two words each, as hex. */
function hashTexts(words: readonly number[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i + 1 < words.length; i += 2) {
    texts.push(hexWord(words[i]) + hexWord(words[i + 1]));
  }
  return texts;
}

function overIp(ends: number): number {
  return endpoint(hostOf(ends), 0);
}

function digestText({ full, prefix }: Digest): string {
  const text = (value: number) => value.toString(16).padStart(14, "0");
  return full === prefix ? text(full) : `${text(prefix)}-${text(full)}`;
}
