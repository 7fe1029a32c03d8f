/** Message records as rows of a batch: what a record tells, in the form in which a datagram is filled. */

import type { MessageRow } from "../capture/batch.ts";
import { parseAddress } from "../wire/address.ts";
import { writeHex, writeU32 } from "../wire/bytes.ts";
import type { Digest } from "../wire/digest.ts";
import { headerLength, type ToldHeader, writeHeader } from "../wire/isakmp.ts";
import { Kind } from "../wire/kinds.ts";
import { noPayloads } from "../wire/payloads.ts";
import type { IkeRecord, LifeRecord, MessageRecord } from "./schema.ts";

const LIFE_KINDS: Record<LifeRecord["type"], number> = {
  esp: Kind.esp,
  "esp-in-udp": Kind.espInUdp,
  "old-draft-esp": Kind.oldDraftEsp,
  keepalive: Kind.natKeepalive,
};

/** Addresses read lately: a few thousand clients send most of the records. */
const addresses = new Map<string, Uint8Array | null>();
const MAX_ADDRESSES = 16_384;

function addressOf(text: string): Uint8Array | null {
  let address = addresses.get(text);
  if (address !== undefined) return address;
  if (addresses.size >= MAX_ADDRESSES) addresses.clear();
  address = parseAddress(text);
  addresses.set(text, address);
  return address;
}

/** Header and trailer of a source: they tell a time, and are not packets. */
export function isMark({ type }: MessageRecord): boolean {
  return type === "header" || type === "trailer";
}

/** The addresses of a record are two of one family. */
export function hasAddresses(record: MessageRecord): boolean {
  if (record.type === "header" || record.type === "trailer") return true;
  const from = addressOf(record.from);
  return from !== null && from.length === addressOf(record.to)?.length;
}

/** The row of a record that `hasAddresses`; null for one that only tells a time. */
export function rowOf(record: MessageRecord): MessageRow | null {
  if (record.type === "header" || record.type === "trailer") return null;
  return record.type === "ike" ? messageRow(record) : lifeRow(record);
}

/** SPI and sequence number (RFC 4303 2), behind eight zero bytes in the old drafts. */
const ESP_HEADER = 8;
const OLD_DRAFT_ZEROS = 8;

function lifeRow(record: LifeRecord): MessageRow {
  const { type, spi, sequence = 0 } = record;
  const skipped = type === "old-draft-esp" ? OLD_DRAFT_ZEROS : 0;
  const length = spi === undefined || type === "keepalive" ? 0 : skipped + ESP_HEADER;
  const ends = endsOf(record, length);
  if (length > 0) {
    const at = ends.bytes.length - ESP_HEADER;
    writeU32(ends.bytes, at, Number(spi));
    writeU32(ends.bytes, at + 4, sequence);
  }
  return {
    ...ends,
    kind: LIFE_KINDS[type],
    identification: 0,
    marker: false,
    captured: length,
    length,
    digest: null,
    clear: null,
  };
}

/** Ends, and bytes with room for `length` behind the addresses. */
function endsOf({ from, to, fromPort, toPort }: IkeRecord | LifeRecord, length: number) {
  const sender = addressOf(from)!;
  const bytes = new Uint8Array(2 * sender.length + length);
  bytes.set(sender);
  bytes.set(addressOf(to)!, sender.length);
  const ipVersion: 4 | 6 = sender.length === 4 ? 4 : 6;
  return { ipVersion, bytes, sourcePort: fromPort, destinationPort: toPort };
}

function messageRow(record: IkeRecord): MessageRow {
  const { fragment, natTraversal, identification = 0 } = record;
  const length = fragment === undefined ? headerLength : fragment.length / 2;
  const ends = endsOf(record, length);
  const at = ends.bytes.length - length;
  const marker = natTraversal === true;
  const place = { ...ends, kind: Kind.candidate, identification, marker };
  if (fragment !== undefined) {
    writeHex(fragment, ends.bytes, at);
    return { ...place, captured: length, length, digest: null, clear: null };
  }
  writeHeader(headerOf(record), ends.bytes, at);
  return {
    ...place,
    captured: record.captured ?? record.length,
    length: record.length,
    digest: digestOf(record),
    clear: {
      ...noPayloads(),
      vendorIds: record.vendorIds ?? [],
      lifeSeconds: record.lifeSeconds ?? null,
      natDiscovery: record.natDiscovery === true ? 1 : 0,
      natHashes: (record.natHashes ?? []).flatMap((text) => [
        Number.parseInt(text.slice(0, 8), 16),
        Number.parseInt(text.slice(8), 16),
      ]),
      hash: record.hash ?? null,
      notifies: record.notifies ?? [],
    },
  };
}

function headerOf(record: IkeRecord): ToldHeader {
  const { initiatorCookie, responderCookie, version, exchange, flags, messageId, length } = record;
  return { initiatorCookie, responderCookie, version, exchange, flags, messageId: Number(messageId), length };
}

function digestOf({ digest }: IkeRecord): Digest {
  const [prefix, full = prefix] = digest.split("-");
  return { full: Number.parseInt(full, 16), prefix: Number.parseInt(prefix, 16) };
}
