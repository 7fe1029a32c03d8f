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
