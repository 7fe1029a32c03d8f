/**
 * What a live capture or a pipe needs for its evidence, since neither can be read again: its IKE, ESP and keepalives
 * in two temporary files that take turns, so that the older half goes when both are full.
 */

import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FrameBatch } from "../capture/batch.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import type { SourceSummary } from "../capture/source.ts";
import type { Slice } from "../feed/feed.ts";
import type { Datagram } from "../wire/decoded.ts";

/** Bytes of each of the two files. */
const HALF = 64 * 1024 * 1024;
const FLUSH = 64 * 1024;
const NAMES = ["live-a", "live-b"];

/** A sink for packets. */
export class EvidenceRing {
  readonly #folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-"));
  readonly #sources: () => readonly SourceSummary[];
  readonly #half: number;
  #writer = new PcapngWriter("ike-dupcheck");
  #file = -1;
  #turn = 0;
  #written = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** The last record of all, where it is of no kind that is kept: it tells where the capture ends. */
  #last: { source: number; batch: FrameBatch } | null = null;
  /** The slice that is being taken, and the last row of it that was kept. Null where there are no frames. */
  #batch: FrameBatch | null = null;
  #source = 0;
  #keptRow = -1;
  /** How often the older half was written over. */
  overwritten = 0;
  /** Why nothing is kept any more, a full disk for one; what was kept before stays. */
  failure: unknown = null;
  /** Is called once when nothing can be kept any more: the capture goes on. */
  onFailure: (error: unknown) => void = () => {};

  /**
   * @param sources what the slices' sources are called
   * @throws the system's error where temporary files find no room
   */
  constructor(sources: () => readonly SourceSummary[], half = HALF) {
    this.#sources = sources;
    this.#half = half;
    this.#begin();
  }

  begin({ source, batch }: Slice): void {
    this.#batch = batch.provenance === "packet" ? batch : null;
    this.#source = source;
    this.#keptRow = -1;
  }

  isakmp(datagram: Datagram): void {
    this.#keep(datagram.index);
  }

  signOfLife(datagram: Datagram): void {
    this.#keep(datagram.index);
  }

  end({ end }: Slice): void {
    const batch = this.#batch;
    if (batch === null) return;
    this.#last = this.#keptRow === end - 1 ? null : { source: this.#source, batch: alone(batch, end - 1) };
  }

  #keep(row: number): void {
    if (this.#batch === null) return;
    this.#write(this.#source, this.#batch, row);
    this.#keptRow = row;
  }

  /** Fails once and for all: a half-written file must not be gone on with. */
  #attempt(write: () => void): void {
    if (this.failure !== null) return;
    try {
      write();
    } catch (error) {
      this.failure = error;
      this.onFailure(error);
    }
  }

  /** The files, older first; nothing is taken any more. */
  finish(): string[] {
    if (this.#last !== null) this.#write(this.#last.source, this.#last.batch, 0);
    this.#attempt(() => this.#flush());
    this.#close();
    const order = this.overwritten === 0 && this.#turn === 0 ? [0] : [1 - this.#turn, this.#turn];
    return order.map((half) => join(this.#folder, NAMES[half])).filter((name) => existsSync(name));
  }

  /** Removes the files. */
  remove(): void {
    this.#close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(source: number, batch: FrameBatch, i: number): void {
    this.#attempt(() => this.#append(source, batch, i));
  }

  #append(source: number, batch: FrameBatch, i: number): void {
    const { name, timeDigits } = this.#sources()[source];
    const record = this.#writer.packet(batch, i, { source, name, timeDigits }, "");
    this.#waiting.push(record);
    this.#waitingBytes += record.length;
    this.#written += record.length;
    if (this.#waitingBytes >= FLUSH) this.#flush();
    if (this.#written < this.#half) return;
    this.#flush();
    this.#close();
    this.#turn = 1 - this.#turn;
    if (this.#turn === 0 || this.overwritten > 0) this.overwritten += 1;
    this.#begin();
  }

  #close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }

  #begin(): void {
    this.#writer = new PcapngWriter("ike-dupcheck");
    this.#file = openSync(join(this.#folder, NAMES[this.#turn]), "w", 0o600);
    this.#written = writeSync(this.#file, this.#writer.begin());
  }

  #flush(): void {
    for (const record of this.#waiting) writeSync(this.#file, record);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/** A batch of one record, which stays valid. */
function alone(batch: FrameBatch, i: number): FrameBatch {
  const { bytes, offsets, captured, original, linkTypes, interfaces, micros, nanos, firstFrame } = batch;
  return {
    provenance: "packet",
    bytes: bytes.slice(offsets[i], offsets[i] + captured[i]),
    count: 1,
    offsets: new Uint32Array(1),
    captured: captured.slice(i, i + 1),
    original: original.slice(i, i + 1),
    linkTypes: linkTypes.slice(i, i + 1),
    interfaces: interfaces.slice(i, i + 1),
    micros: micros.slice(i, i + 1),
    nanos: nanos.slice(i, i + 1),
    firstFrame: firstFrame + i,
  };
}
