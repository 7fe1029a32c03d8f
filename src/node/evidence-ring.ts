/**
 * What a live capture or a pipe needs for its evidence, since neither can be read again: its IKE, ESP and keepalives
 * in two temporary files that take turns, so that the older half goes when both are full.
 */

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordBatch } from "../capture/batch.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import type { SourceSummary } from "../capture/source.ts";
import type { Slice } from "../feed/feed.ts";
import { Kind, Located, locate, type PortSet } from "../wire/locate.ts";

/** Bytes of each of the two files. */
const HALF = 64 * 1024 * 1024;
const FLUSH = 64 * 1024;
const NAMES = ["live-a", "live-b"];

export class EvidenceRing {
  readonly #folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-"));
  readonly #ports: PortSet;
  readonly #sources: () => readonly SourceSummary[];
  readonly #half: number;
  readonly #located = new Located();
  #writer = new PcapngWriter("ike-dupcheck");
  #file = -1;
  #turn = 0;
  #written = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** The last record of all, where it is of no kind that is kept: it tells where the capture ends. */
  #last: { source: number; batch: RecordBatch } | null = null;
  /** How often the older half was written over. */
  overwritten = 0;

  /** @param sources what the slices' sources are called */
  constructor(ports: PortSet, sources: () => readonly SourceSummary[], half = HALF) {
    this.#ports = ports;
    this.#sources = sources;
    this.#half = half;
    this.#begin();
  }

  take({ source, batch, start, end }: Slice): void {
    const { bytes, offsets, captured, linkTypes } = batch;
    for (let i = start; i < end; i += 1) {
      const kind = locate(bytes, offsets[i], captured[i], linkTypes[i], this.#ports, this.#located);
      const kept = kind <= Kind.oldDraftEsp;
      if (!kept && i < end - 1) continue;
      if (kept) this.#write(source, batch, i);
      this.#last = kept ? null : { source, batch: alone(batch, i) };
    }
  }

  /** The files, older first; nothing is taken any more. */
  finish(): string[] {
    if (this.#last !== null) this.#write(this.#last.source, this.#last.batch, 0);
    this.#flush();
    closeSync(this.#file);
    this.#file = -1;
    const order = this.overwritten === 0 && this.#turn === 0 ? [0] : [1 - this.#turn, this.#turn];
    return order.map((half) => join(this.#folder, NAMES[half]));
  }

  /** Removes the files. */
  remove(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(source: number, batch: RecordBatch, i: number): void {
    const { name, timeDigits } = this.#sources()[source];
    const record = this.#writer.packet(batch, i, { source, name, timeDigits }, "");
    this.#waiting.push(record);
    this.#waitingBytes += record.length;
    this.#written += record.length;
    if (this.#waitingBytes >= FLUSH) this.#flush();
    if (this.#written < this.#half) return;
    this.#flush();
    closeSync(this.#file);
    this.#turn = 1 - this.#turn;
    if (this.#turn === 0 || this.overwritten > 0) this.overwritten += 1;
    this.#begin();
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
function alone(batch: RecordBatch, i: number): RecordBatch {
  const { bytes, offsets, captured, original, linkTypes, interfaces, micros, nanos, firstFrame } = batch;
  return {
    bytes: bytes.slice(offsets[i], offsets[i] + captured[i]),
    count: 1,
    offsets: new Uint32Array(1),
    captured: captured.slice(i, i + 1),
    original: original.slice(i, i + 1),
    linkTypes: linkTypes.slice(i, i + 1),
    interfaces: interfaces.slice(i, i + 1),
    micros: micros.slice(i, i + 1),
    nanos: nanos.slice(i, i + 1),
    digests: null,
    firstFrame: firstFrame + i,
  };
}
