/**
 * What every reader hands on: captured records in batches, as a structure of arrays.
 *
 * Most packets of a capture are not ISAKMP, so a record is never an object: a batch is the chunk of bytes
 * and typed arrays that say where each record lies in it. It is valid until the source's next `next()`.
 */

/** Records that lie in one chunk, in the order of the capture. */
export interface RecordBatch {
  /** The chunk. Record i is `bytes[offsets[i] .. offsets[i] + captured[i])`. */
  bytes: Uint8Array;
  /** How many records; the arrays may be longer. */
  count: number;
  offsets: Uint32Array;
  /** Bytes of the frame that the capture holds. */
  captured: Uint32Array;
  /** Bytes the frame had on the wire. */
  original: Uint32Array;
  /** Link-layer type (LINKTYPE_ value, low 16 bits of the header field). */
  linkTypes: Uint16Array;
  /** Interface the record came from: index over all sections of a pcapng file; 0 in a classic pcap. */
  interfaces: Uint32Array;
  /** Time as written: whole microseconds since the epoch (exact integers; negative before 1970). */
  micros: Float64Array;
  /** What the time has below the microsecond, in nanoseconds, 0..999. */
  nanos: Uint16Array;
  /**
   * Digests of the ISAKMP message of each record (full, prefix), where its bytes are not those of the message:
   * message records; NaN where they are. Null for captures.
   */
  digests: Float64Array | null;
  /** Events of another program's log: headers without the bytes behind them, which prove less (see src/logs). */
  logged?: boolean;
  /** Number of the first record in its source, counted from 1. */
  firstFrame: number;
}

/** How a source ended: between records, inside its last record, or at bytes that make no sense. */
export type SourceEnd = "clean" | "truncated" | "corrupt";

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
  /** What else the user must know of the source. */
  notes?: { code: "malformed-line" | "sensor-clock" | "eve-blind" | "zeek-blind"; message: string }[];
}

/** One capture being read. */
export interface CaptureSource {
  readonly summary: SourceSummary;
  /** Bytes of the input in all (before decompression); null when not known, as for a pipe. */
  readonly size: number | null;
  /** Bytes of the input consumed so far. */
  position(): number;
  /** The next batch, or null at the end. Never throws for what the bytes hold: see `summary.end`. */
  next(): Promise<RecordBatch | null>;
  /** What waited for older records, where the input is told to end; no more of it is waited for. */
  rest?(): Iterable<RecordBatch>;
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
