/**
 * Where lines go while a capture runs: standard output, or a file that is appended to and opened anew when its
 * log is rotated. What nobody takes is kept up to a bound and dropped beyond it, counted.
 */

import { createWriteStream, type WriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { dropTornLine, endTornLine } from "../node/torn-line.ts";
import { errorCode, reasonOf } from "../node/write-reasons.ts";
import { type ChunkStream, OutputError } from "./output.ts";

/** Characters that may wait for a reader. */
const LIMIT = 4 * 1024 * 1024;

export class LineSink {
  dropped = 0;
  /** The error that ended the output, if any. */
  failure: Error | null = null;
  readonly #onFailure: () => void;
  readonly #limit: number;
  readonly #path: string | null;
  #stream: ChunkStream;
  #waiting = 0;
  #drained: () => void = () => {};

  /** @param onFailure is called once when nothing can be written any more, as when the reader went away */
  constructor(stream: ChunkStream, onFailure: () => void, path: string | null = null, limit = LIMIT) {
    this.#stream = stream;
    this.#onFailure = onFailure;
    this.#path = path;
    this.#limit = limit;
    this.#watch();
  }

  /** Opens a file to be appended to. @throws OutputError when it cannot be written */
  static async append(path: string, onFailure: () => void): Promise<LineSink> {
    try {
      await (await open(path, "a")).close();
    } catch (error) {
      throw new OutputError(`cannot write ${path}: ${reasonOf(error)}`);
    }
    endTornLine(path);
    return new LineSink(createWriteStream(path, { flags: "a" }), onFailure, path);
  }

  /** Takes a line, or drops it when too many wait. */
  line(text: string): void {
    if (this.#waiting + text.length > this.#limit) this.dropped += 1;
    else this.#write(text);
  }

  /** Writes what must not be dropped, however long it is; settles when all is written, or nothing can be. */
  async whole(pieces: Iterable<string>): Promise<void> {
    for (const piece of pieces) {
      this.#write(piece);
      if (this.#waiting > this.#limit) await this.#drain();
    }
    await this.#drain();
  }

  /** The file's name belongs to a new file now: what comes goes there. */
  reopen(): void {
    if (this.#path === null) return;
    (this.#stream as WriteStream).end();
    this.#stream = createWriteStream(this.#path, { flags: "a" });
    this.#watch();
  }

  /** A file that cannot be opened says why here alone: a write to it says that it is closed. */
  #watch(): void {
    const file = this.#stream as Partial<WriteStream>;
    if (this.#path !== null) file.on?.("error", (error) => this.#fail(error));
  }

  #fail(error: Error): void {
    if (this.failure !== null) return;
    this.failure = error;
    if (this.#path !== null) dropTornLine(this.#path);
    this.#onFailure();
  }

  #write(text: string): void {
    if (this.failure !== null) return;
    this.#waiting += text.length;
    this.#stream.write(text, (error) => {
      this.#waiting -= text.length;
      if (error) this.#fail(error);
      if (this.#waiting === 0 || this.failure !== null) this.#drained();
    });
  }

  async #drain(): Promise<void> {
    if (this.#waiting === 0 || this.failure !== null) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }
}

/** Why the output ended, in words; null when its reader simply went away. */
export function failureSentence(sink: LineSink, path: string | null): string | null {
  if (sink.failure === null || errorCode(sink.failure) === "EPIPE") return null;
  return `cannot write ${path ?? "the report"}: ${reasonOf(sink.failure)}`;
}
