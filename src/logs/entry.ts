/** An ISAKMP message as a log of another program tells it: the header, and no content. */

import type { MessageRow } from "../capture/batch.ts";
import { joined } from "../capture/bytes.ts";
import { parseAddress } from "../wire/address.ts";
import { Digest, digest } from "../wire/digest.ts";
import { headerLength, writeHeader } from "../wire/isakmp.ts";
import { Kind } from "../wire/kinds.ts";
import { noPayloads } from "../wire/payloads.ts";

const NAT_T_PORT = 4500;
/** Bytes that a message has behind its header at least, where the log does not tell its length. */
const STAND_IN = 8;
const NO_PAYLOADS = noPayloads();

export interface LogEntry {
  /** Whole microseconds since the epoch. */
  micros: number;
  /** Order among entries of one time. */
  tie: number;
  /** Where the log's program saw the message, as far as the log tells it. */
  capturePoint: string;
  from: string;
  fromPort: number;
  to: string;
  toPort: number;
  initiatorCookie: string;
  responderCookie: string;
  major: number;
  minor: number;
  exchange: number;
  flags: number;
  messageId: number;
  /** Length field of the header, bytes; null where the log does not tell it. */
  length: number | null;
  /** What else tells messages apart, for a log without lengths. */
  mark: string;
}

/** What a line of a log is. */
export type LogLine = LogEntry | "other" | "malformed";

/** Reads the lines of one kind of log. */
export interface LogReader {
  readonly format: "suricata-eve" | "zeek-ipsec";
  /** What the lines are, in a sentence about those that are not and were skipped. */
  readonly noun: string;
  /** Takes one line, without its end. */
  read(line: Uint8Array): LogLine;
  /** The time that the log had reached at a line, microseconds; NaN where the line tells none. */
  timeOf(line: Uint8Array): number;
  /** What this log cannot show, with what was seen of it so far. */
  blindness(name: string): { code: "eve-blind" | "zeek-blind"; message: string };
}

/** The entry as a row of a batch; null where an address is not one, or the two are of different families. */
export function rowOf(entry: LogEntry): MessageRow | null {
  const from = parseAddress(entry.from);
  const to = parseAddress(entry.to);
  if (from === null || to === null || from.length !== to.length) return null;
  const bytes = new Uint8Array(2 * from.length + headerLength);
  bytes.set(from);
  bytes.set(to, from.length);
  const length = entry.length ?? headerLength + STAND_IN;
  const version = (entry.major << 4) | entry.minor;
  writeHeader({ ...entry, version, length }, bytes, 2 * from.length);
  return {
    kind: Kind.candidate,
    identification: 0,
    ipVersion: from.length === 4 ? 4 : 6,
    bytes,
    sourcePort: entry.fromPort,
    destinationPort: entry.toPort,
    marker: entry.fromPort === NAT_T_PORT || entry.toPort === NAT_T_PORT,
    captured: length,
    length,
    digest: digestOf(entry, bytes.subarray(2 * from.length)),
    clear: NO_PAYLOADS,
  };
}

/** Of the header and, where the log does not tell the length, of whatever else tells messages apart. */
function digestOf({ from, mark, length }: LogEntry, header: Uint8Array): Digest {
  const seen = length === null ? [header, new TextEncoder().encode(`${from} ${mark}`)] : [header];
  const bytes = joined(seen);
  const found = new Digest();
  digest(bytes, 0, bytes.length, found);
  return found;
}
