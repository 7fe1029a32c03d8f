/** Follows a log that a gateway's collector is still writing: what is there, and what comes. */

import { type FileHandle, open } from "node:fs/promises";
import { CaptureError, label, type ReadFailure, unreadable } from "../capture/source.ts";
import { GatewayLogSource, type LineTaker } from "../syslog/source.ts";
import { statusOf } from "./file-status.ts";
import { openCapture } from "./files.ts";
import { filesOf } from "./inputs.ts";

const EVERY_MS = 1_000;
const CHUNK = 1 << 20;
const MAX_LINE = 65_536;
const NEWLINE = 0x0a;

/** Logs beside an input that goes on. */
export interface OpenedLogs {
  followers: LogFollower[];
  /** Those that are not there: they are read as soon as they are. */
  missing: string[];
  /** Those that cannot be read, and never will. */
  failures: CaptureError[];
}

/**
 * Opens logs: a plain file is followed, one that is packed or in UTF-16 is read to its end. When this settles, what was
 * there is read.
 */
export async function openLogs(
  names: readonly string[],
  gatewayLog: (name: string) => LineTaker,
): Promise<OpenedLogs> {
  const logs: OpenedLogs = { followers: [], missing: [], failures: [] };
  for (const name of await filesOf(names)) {
    try {
      if (await isToBeFollowed(name, gatewayLog))
        logs.followers.push(new LogFollower(name, gatewayLog(name)));
      if (statusOf(name) === null) logs.missing.push(name);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      logs.failures.push(error);
    }
  }
  await Promise.all(logs.followers.map(({ ready }) => ready));
  return logs;
}

/** False for a log that has been read to its end. @throws CaptureError for one that cannot be read */
async function isToBeFollowed(name: string, gatewayLog: (name: string) => LineTaker): Promise<boolean> {
  const status = statusOf(name);
  if (status?.size === 0 && status.isFile()) return true;
  if (status?.isFile() === false || name === "-") {
    const why = "is not a file, and beside an input that goes on a log can be read from a file alone";
    throw new CaptureError("unsupported", `${label(name)} ${why}`);
  }
  // Collectors make a log when its first line comes.
  if (status === null) return true;
  const source = await openCapture(name, { gatewayLog, isGatewayLog: true });
  try {
    if (source instanceof GatewayLogSource && source.isAsWritten) return true;
    await source.next();
    return false;
  } finally {
    await source.close();
  }
}

export class LogFollower {
  readonly #path: string;
  readonly #taker: LineTaker;
  readonly #timer: NodeJS.Timeout;
  readonly #bytes = new Uint8Array(CHUNK);
  readonly #decoder = new TextDecoder();
  #position = 0;
  #inode = 0;
  #fault: ReadFailure | null = null;
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

  /** Why nothing could be read of it so far; null where something could. */
  get failure(): CaptureError | null {
    return this.#inode !== 0 || this.#fault === null ? null : unreadable(this.#path, this.#fault);
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
      if (size < this.#position || (this.#inode !== 0 && ino !== this.#inode)) {
        this.#position = 0;
        this.#held = new Uint8Array(0);
      }
      this.#inode = ino;
      for (;;) {
        const { bytesRead } = await handle.read(this.#bytes, 0, CHUNK, this.#position);
        if (bytesRead === 0) break;
        this.#position += bytesRead;
        this.#lines(this.#bytes.subarray(0, bytesRead));
      }
    } catch (error) {
      // It is not there yet, or is being rotated: the next turn reads it.
      this.#fault = error as ReadFailure;
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
