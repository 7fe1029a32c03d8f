/** Follows a log that a gateway's collector is still writing: what is there, and what comes. */

import { type FileHandle, open } from "node:fs/promises";
import type { LineTaker } from "../syslog/source.ts";

const EVERY_MS = 1_000;
const CHUNK = 1 << 20;
const MAX_LINE = 65_536;
const NEWLINE = 0x0a;

export class LogFollower {
  readonly #path: string;
  readonly #taker: LineTaker;
  readonly #timer: NodeJS.Timeout;
  readonly #bytes = new Uint8Array(CHUNK);
  readonly #decoder = new TextDecoder();
  #position = 0;
  #inode = 0;
  #held: Uint8Array = new Uint8Array(0);
  #reading: Promise<void>;

  constructor(path: string, taker: LineTaker) {
    this.#path = path;
    this.#taker = taker;
    this.#reading = this.#read();
    this.#timer = setInterval(() => {
      this.#reading = this.#reading.then(() => this.#read());
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** What was there at the beginning is read. */
  get ready(): Promise<void> {
    return this.#reading;
  }

  /** Reads once more, to the end of what is there, and stops. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
    await this.#read();
  }

  async #read(): Promise<void> {
    let handle: FileHandle | null = null;
    try {
      handle = await open(this.#path);
      const { size, ino } = await handle.stat();
      // Another file of that name, or the same one cut: a log that was rotated.
      if (size < this.#position || (this.#inode !== 0 && ino !== this.#inode)) this.#position = 0;
      this.#inode = ino;
      for (;;) {
        const { bytesRead } = await handle.read(this.#bytes, 0, CHUNK, this.#position);
        if (bytesRead === 0) break;
        this.#position += bytesRead;
        this.#lines(this.#bytes.subarray(0, bytesRead));
      }
    } catch {
      // It is not there yet, or is being rotated: the next turn reads it.
    } finally {
      await handle?.close();
    }
  }

  #lines(piece: Uint8Array): void {
    const bytes = new Uint8Array(this.#held.length + piece.length);
    bytes.set(this.#held);
    bytes.set(piece, this.#held.length);
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      this.#taker.take(this.#decoder.decode(bytes.subarray(from, Math.min(at, from + MAX_LINE))).trimEnd());
      from = at + 1;
    }
    this.#held = bytes.length - from > MAX_LINE ? new Uint8Array(0) : bytes.slice(from);
  }
}
