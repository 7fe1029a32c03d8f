/** A capture being read: what every reader is, and what is known of its input. */

import type { Batch } from "./batch.ts";

/** The name of standard input, as the user writes it. */
export const STDIN = "-";

/** How messages name an input. */
export function label(name: string): string {
  if (name === "") return "''";
  return name === STDIN ? "standard input" : name;
}

/** A name as a shell takes it, where a command is suggested: downloads are called "capture (1).etl". */
export function quoted(name: string): string {
  if (/^[\p{L}\p{N}_./:@%+,=-]+$/u.test(name)) return name;
  return /["$`!]/.test(name) ? `'${name.replaceAll("'", "'\\''")}'` : `"${name}"`;
}

/**
 * How a source ended: between records, inside its last record, at bytes that make no sense; or the reading was ended
 * before.
 */
export type SourceEnd = "clean" | "truncated" | "corrupt" | "interrupted";

/** What is known of a source; grows while it is read, complete once `next()` gave null. */
export interface SourceSummary {
  /** As the user named it; "-" for standard input. */
  name: string;
  /** "pcap", "pcap-ns", "pcap-modified", "pcapng", "records", "suricata-eve" or "zeek-ipsec", with "+gzip" where compressed. */
  format: string;
  linkTypes: number[];
  packets: number;
  /** Bytes of the capture format read so far (after decompression). */
  bytes: number;
  /** Digits after the second that the capture's clock has: 6 or 9. */
  timeDigits: 6 | 9;
  /** Records without a time of their own (pcapng simple packet blocks): they carry the time before them. */
  untimed: number;
  end: SourceEnd;
  /** One sentence, when `end` is not "clean". */
  problem: string | null;
  /** Names of sensors that stand in `notes`. */
  sensors?: readonly string[];
  /** What else the user must know of the source. */
  notes?: { code: "malformed-line" | "sensor-clock" | "eve-blind" | "zeek-blind"; message: string }[];
}

/** A row's time as written. */
export interface WrittenTime {
  micros: number;
  nanos: number;
}

/** One capture being read. */
export interface CaptureSource {
  readonly summary: SourceSummary;
  /** Bytes of the input in all (before decompression); null when not known, as for a pipe. */
  readonly size: number | null;
  /** Bytes of the input consumed so far. */
  position(): number;
  /** The next batch, or null at the end. Never throws for what the bytes hold: see `summary.end`. */
  next(): Promise<Batch | null>;
  /** The next batch where that needs no waiting; null where it does, and at the end: `next` says which. */
  nextNow?(): Batch | null;
  /** What waited for older rows, where the input is told to end before its time. */
  heldBack?(): Iterable<Batch>;
  /** Rows that still wait at the end of the input are left for another one that goes on: see `heldBack`. */
  readonly resumable?: boolean;
  /** Releases what the source holds; may be called at any time, more than once. */
  close(): Promise<void>;
}

export type CaptureErrorCode = "not-a-capture" | "empty" | "unreadable" | "unsupported" | "no-captures";

/** A source that cannot be read at all. `message` is one sentence for the user and names the source. */
export class CaptureError extends Error {
  readonly code: CaptureErrorCode;
  /** Byte offset of the fault in the source. */
  readonly offset: number;

  constructor(code: CaptureErrorCode, message: string, offset = 0) {
    super(message);
    this.name = "CaptureError";
    this.code = code;
    this.offset = offset;
  }
}

/** An error of reading: of the system, or of a decompressor. */
export type ReadFailure = Error & { code?: string };

/** What the codes of a system's errors say to a person. */
const REASONS = new Map([
  ["ENOENT", "the file is missing"],
  ["EACCES", "you have no permission to read it"],
  ["EPERM", "you have no permission to read it"],
  ["EISDIR", "it is a directory"],
  ["ENOTDIR", "a part of its path is not a directory"],
  ["EMFILE", "too many files are open"],
  ["ELOOP", "its links lead in a circle"],
  ["ENAMETOOLONG", "the name is too long"],
  ["ENXIO", "it is a socket, or a device that is not there"],
  ["EIO", "the disk or share that it lies on failed"],
  ["ESTALE", "the share that it lies on is gone"],
  ["ENODEV", "the device that it lies on is gone"],
  ["ERR_STREAM_PREMATURE_CLOSE", "the reading was ended before"],
]);

/** The error of an input that could not be opened or read, as one sentence. */
export function unreadable(name: string, error: ReadFailure): CaptureError {
  return new CaptureError("unreadable", `cannot read ${label(name)}: ${failureReason(error)}`);
}

/** Packed data is damaged or cut off (the codes are zlib's): what came before it is whole. */
export function isDamage({ code }: ReadFailure): boolean {
  return code?.startsWith("Z_") === true;
}

/** Why reading failed, in words. */
export function failureReason(error: ReadFailure): string {
  return REASONS.get(error.code ?? "") ?? error.message;
}
