/** An ISAKMP message as a log of another program tells it: the header, and no content. */

import { createHash } from "node:crypto";
import { frameOf, hasAddresses } from "../records/frame.ts";
import type { IkeRecord } from "../records/schema.ts";

const NAT_T_PORT = 4500;
const HEADER = 28;
/** Bytes of a stand-in for content, where the log tells neither content nor length. */
const STAND_IN = 8;

export interface LogEntry {
  /** Whole microseconds since the epoch. */
  micros: number;
  /** Order among entries of one time. */
  tie: number;
  /** Where the log's program saw the message, as far as the log tells it. */
  tap: string;
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
  /** The end of a sentence about lines that were skipped. */
  readonly noun: string;
  /** Takes one line, without its end. */
  read(line: Buffer): LogLine;
  /** The time that the log had reached at a line, microseconds; NaN where the line tells none. */
  timeOf(line: Buffer): number;
  /** What this log cannot show, with what was seen of it so far. */
  blindness(name: string): { code: "eve-blind" | "zeek-blind"; message: string };
}

/** The entry as a frame of raw IP, which everything behind the readers takes; null where an address is none. */
export function frameOfEntry(entry: LogEntry): Buffer | null {
  const { from, fromPort, to, toPort, initiatorCookie, responderCookie, exchange, flags, length } = entry;
  const record = {
    type: "ike",
    t: "0",
    sensor: "log",
    source: 0,
    keys: [to],
    digest: "",
    from,
    fromPort,
    to,
    toPort,
    ...(fromPort === NAT_T_PORT || toPort === NAT_T_PORT ? { natTraversal: true as const } : {}),
    initiatorCookie,
    responderCookie,
    version: (entry.major << 4) | entry.minor,
    exchange,
    flags,
    messageId: `0x${entry.messageId.toString(16).padStart(8, "0")}`,
    length: length ?? HEADER + STAND_IN,
  } satisfies IkeRecord;
  if (!hasAddresses(record)) return null;
  const frame = frameOf(record);
  if (length === null) {
    const mark = createHash("sha1").update(`${from} ${entry.mark}`).digest();
    mark.copy(frame, frame.length - STAND_IN, 0, STAND_IN);
  }
  return frame;
}
