/**
 * One row of a batch, decoded: an ISAKMP message, ESP or a keepalive, whether its bytes were captured or another
 * program told of it. A single object is refilled for every row that concerns somebody; nothing keeps a reference to
 * it or to its bytes.
 */

import { readU32 } from "./bytes.ts";
import type { Digest } from "./digest.ts";
import { Kind } from "./kinds.ts";
import { Located } from "./located.ts";
import type { ClearPayloads } from "./payloads.ts";

/** SPI and sequence number (RFC 4303 2). */
const ESP_HEADER = 8;
/** The Non-IKE marker of the old drafts: eight zero bytes before ESP (draft-ietf-ipsec-udp-encaps-01). */
const NON_IKE_MARKER = 8;

/** Whether there are bytes that may be shown as evidence. */
export type Provenance = "packet" | "record" | "log";

/** What is known of a message beforehand: its endpoints, its digest, and whether it is a copy (linear/arrivals.ts). */
export interface Arrival {
  readonly from: number;
  readonly to: number;
  readonly full: number;
  readonly prefix: number;
  readonly row: number;
  readonly isEcho: boolean;
  /** What it says in the clear is asked for, by who takes messages that say the same. */
  readonly asks: boolean;
  /** Answers: the list of the sender's vendor IDs by its number, lifetime in seconds, hash algorithm; NaN where none is. */
  tell(list: number, life: number, hash: number): void;
}

/** Times and places of the rows of a batch. */
interface Rows {
  readonly micros: Float64Array;
  readonly nanos: Uint16Array;
  readonly interfaces: Uint32Array;
}

/** Interfaces that a source may have; src/core/message-layout.ts says the same. */
const POINTS_OF_SOURCE = 65_536;

const NO_ROWS: Rows = {
  micros: new Float64Array(1),
  nanos: new Uint16Array(1),
  interfaces: new Uint32Array(1),
};

export class Datagram extends Located {
  /** A code of `Kind`: candidate, a keepalive, or ESP in one of its forms. */
  kind = 0;
  /** A code of `HeaderClass`; of candidates alone. */
  headerClass = 0;
  /** Offsets are into these. */
  bytes: Uint8Array = new Uint8Array(0);
  provenance: Provenance = "packet";
  /** Digest of the message, where a record or a log tells it; null where it is that of the bytes. */
  digest: Digest | null = null;
  /** Null where nothing is known of it beforehand. */
  arrival: Arrival | null = null;
  /** What a message in the clear showed, where it was told; null where the bytes show it. */
  clear: ClearPayloads | null = null;
  /** Monotone clock of the input, microseconds; restarts with each segment. */
  at = 0;
  segment = 0;
  /** Index of the source, and the packet's number there, from 1. */
  input = 0;
  frame = 0;
  /** The batch, and which of its rows this is. */
  rows: Rows = NO_ROWS;
  index = 0;

  /** Time as written: whole microseconds since the epoch, and nanoseconds below. */
  get micros(): number {
    return this.rows.micros[this.index];
  }

  get nanos(): number {
    return this.rows.nanos[this.index];
  }

  get interface(): number {
    return this.rows.interfaces[this.index];
  }

  /** Source and interface as one number. */
  get capturePoint(): number {
    return this.input * POINTS_OF_SOURCE + this.interface;
  }

  /** Offset of the ESP header in `bytes`; -1 where this is not ESP, or its first 8 bytes are not known. */
  get espOffset(): number {
    if (this.kind !== Kind.esp && this.kind !== Kind.espInUdp && this.kind !== Kind.oldDraftEsp) return -1;
    const skipped = this.kind === Kind.oldDraftEsp ? NON_IKE_MARKER : 0;
    return this.captured >= skipped + ESP_HEADER ? this.payload + skipped : -1;
  }

  /** Security Parameters Index (RFC 4303 2.1); -1 where it is not known. */
  get spi(): number {
    const offset = this.espOffset;
    return offset < 0 ? -1 : readU32(this.bytes, offset);
  }

  /** Sequence number, its low 32 bits (RFC 4303 2.2); -1 where it is not known. */
  get sequence(): number {
    const offset = this.espOffset;
    return offset < 0 ? -1 : readU32(this.bytes, offset + 4);
  }
}
