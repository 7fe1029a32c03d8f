/**
 * Packets on their way out of the capturing process, as a classic pcap stream: copied, stamped and queued, and
 * written when the event loop comes round. Bounded: what does not fit is dropped and counted.
 */

import { pcapHeader, RECORD_HEADER } from "../../capture/pcap-writer.ts";
import { ArrivalClock } from "./arrival-clock.ts";

/** Where the stream goes. */
export interface QueueOutput {
  readonly writableLength: number;
  write(bytes: Uint8Array): boolean;
  end(done: () => void): void;
}

const BLOCK = 256 * 1024;
/** Bytes that may wait: more than a ring hands on before the event loop comes round. */
const LIMIT = 64 * 1024 * 1024;
const REPORT_MS = 200;

export class PacketQueue {
  readonly #output: QueueOutput;
  readonly #onDrop: (packets: number) => void;
  readonly #limit: number;
  readonly #clock = new ArrivalClock();
  #block = Buffer.allocUnsafe(BLOCK);
  /** What of the block is written already, and how far it is filled. */
  #written = 0;
  #used = 0;
  #full: Buffer[] = [];
  #queued = 0;
  #scheduled = false;
  #dropped = 0;
  #reporting = false;

  /** @param limit bytes that may wait before packets are dropped */
  constructor(output: QueueOutput, linkType: number, onDrop: (packets: number) => void, limit = LIMIT) {
    this.#output = output;
    this.#onDrop = onDrop;
    this.#limit = limit;
    output.write(pcapHeader(linkType, false, 65_535));
  }

  /**
   * Takes a packet: the first `length` bytes of `bytes`, which may change afterwards.
   * @param original its length on the wire @param micros its time since the epoch; left out, it arrives now
   */
  add(bytes: Buffer, length: number, original = length, micros = this.#clock.micros()): void {
    const size = RECORD_HEADER + length;
    if (this.#queued + this.#output.writableLength + size > this.#limit) {
      this.#drop();
      return;
    }
    if (this.#used + size > BLOCK) this.#nextBlock();
    const at = this.#used;
    const block = this.#block;
    block.writeUInt32LE(Math.floor(micros / 1e6), at);
    block.writeUInt32LE(micros % 1e6, at + 4);
    block.writeUInt32LE(length, at + 8);
    block.writeUInt32LE(original, at + 12);
    bytes.copy(block, at + RECORD_HEADER, 0, length);
    this.#used += size;
    this.#queued += size;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  /** Writes what is left, then calls back. */
  end(done: () => void): void {
    this.#flush();
    this.#onDrop(this.#dropped);
    this.#output.end(done);
  }

  #drop(): void {
    this.#dropped += 1;
    if (this.#reporting) return;
    this.#reporting = true;
    setTimeout(() => {
      this.#reporting = false;
      this.#onDrop(this.#dropped);
    }, REPORT_MS);
  }

  #nextBlock(): void {
    this.#closeBlock();
    this.#block = Buffer.allocUnsafe(BLOCK);
    this.#written = 0;
    this.#used = 0;
  }

  #closeBlock(): void {
    if (this.#used > this.#written) this.#full.push(this.#block.subarray(this.#written, this.#used));
    this.#written = this.#used;
  }

  #flush(): void {
    this.#scheduled = false;
    this.#closeBlock();
    for (const block of this.#full) this.#output.write(block);
    this.#full = [];
    this.#queued = 0;
  }
}
