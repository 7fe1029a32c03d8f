/**
 * Where the report goes: standard output, or a file that appears whole or not at all. Refuses to write over an
 * input, and never replaces what is not a plain file: a device, pipe or link is written to.
 */

import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { identityOf } from "../node/file-status.ts";
import { holdsCapture } from "../node/inputs.ts";
import { errorCode, reasonOf } from "../node/write-reasons.ts";

/** The report cannot be written there. `message` is one sentence and names the file. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** Text, or bytes, each piece of which may be overwritten once the next is asked for. */
export type Chunks = Iterable<string | Uint8Array> | AsyncIterable<Uint8Array>;

export interface Target {
  /** Writes it all and closes; throws the system's error, EPIPE among others. */
  write(chunks: Chunks): Promise<void>;
  /** Leaves nothing half-written behind, at once; may be called at any time and more than once. */
  abandon(): Promise<void>;
}

/** What a stream must have to take a report. */
export interface ChunkStream {
  write(chunk: string | Uint8Array, done: (error?: Error | null) => void): boolean;
}

const CHUNK = 65_536;
/** Bytes of a UTF-16 code unit in UTF-8 at most, and room for a chunk and a long row. */
const MOST_UTF8 = 3;
const CHUNK_ROOM = 4 * CHUNK;

/**
 * Writes to a target; false, with a sentence, when that fails. A reader that went away has all that it wanted.
 * @param name what the sentence calls the target; null is standard output
 */
export async function writeTo(
  target: Target,
  chunks: Chunks,
  name: string | null,
  messages: { error(sentence: string): void },
): Promise<boolean> {
  try {
    await target.write(chunks);
    return true;
  } catch (error) {
    if (errorCode(error) === "EPIPE") return true;
    if (errorCode(error) === null) throw error;
    messages.error(`cannot write ${name ?? "the report"}: ${reasonOf(error)}`);
    return false;
  }
}

/** Standard output, or another stream that is open already. */
export function streamTarget(stream: ChunkStream): Target {
  return {
    async write(chunks) {
      for await (const chunk of gathered(chunks)) {
        await new Promise<void>((done, fail) => {
          stream.write(chunk, (error) => (error ? fail(error) : done()));
        });
      }
    },
    async abandon() {},
  };
}

/**
 * Opens a file for the report or the evidence, before anything is read: what cannot be written should not cost the wait.
 * @param inputs the captures to be read, as named; "-" is standard input
 */
export async function openTarget(path: string, inputs: readonly string[]): Promise<Target> {
  if (path === "" || path.endsWith("/")) throw new OutputError(`cannot write '${path}': it names no file`);
  try {
    await refuseInput(path, inputs);
    const existing = lstatSync(path, { throwIfNoEntry: false });
    if (existing !== undefined && !existing.isFile()) return await directTarget(path, existing);
    if (existing !== undefined) accessSync(path, constants.W_OK);
    return await replacement(path, existing === undefined ? 0o666 : existing.mode & 0o777);
  } catch (error) {
    throw error instanceof OutputError ? error : new OutputError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** @throws OutputError when the path is that of an input */
export async function refuseInput(path: string, inputs: readonly string[]): Promise<void> {
  const output = identityOf(path);
  for (const name of inputs) {
    const found = identityOf(name === "-" ? "/dev/stdin" : name);
    // A terminal or /dev/null can be both: nothing is lost by writing to it.
    const same =
      found !== null &&
      output !== null &&
      found.dev === output.dev &&
      found.ino === output.ino &&
      !found.isCharacterDevice();
    const refused =
      same ||
      (name !== "-" && resolve(name) === resolve(path)) ||
      (output !== null && found?.isDirectory() === true && (await holds(name, path)));
    if (refused) throw new OutputError(`refusing to write to ${path}: it is an input`);
  }
}

async function holds(folder: string, path: string): Promise<boolean> {
  return holdsCapture(folder, path).catch(() => false);
}

/** A file beside the wanted one, under a name that nobody can guess or prepare; it takes the name at the end. */
async function replacement(path: string, mode: number): Promise<Target> {
  const { randomBytes } = await import("node:crypto");
  const beside = join(dirname(path), `.ike-dupcheck-${randomBytes(8).toString("hex")}`);
  const file = new OpenFile(openSync(beside, "wx", mode));
  let pending = true;
  return {
    async write(chunks) {
      await file.writeAll(chunks);
      fsyncSync(file.descriptor);
      file.close();
      renameSync(beside, path);
      pending = false;
    },
    async abandon() {
      if (pending) {
        pending = false;
        unlinkSync(beside);
      }
      file.close();
    },
  };
}

/** A device, a pipe, or what a link points to: opened without being cut, so that a failure destroys nothing. */
async function directTarget(path: string, existing: Stats): Promise<Target> {
  const flags = constants.O_WRONLY | constants.O_CREAT;
  if (!existing.isCharacterDevice()) return patientTarget(path, flags);
  const file = new OpenFile(openSync(path, flags));
  return {
    async write(chunks) {
      await file.writeAll(chunks);
      file.close();
    },
    async abandon() {
      file.close();
    },
  };
}

/** What may keep its writer waiting: a pipe waits for a reader, and signals must not wait with it. */
async function patientTarget(path: string, flags: number): Promise<Target> {
  const handle = await open(path, flags);
  return {
    async write(chunks) {
      if ((await handle.stat()).isFile()) await handle.truncate(0);
      for await (const chunk of gathered(chunks)) await handle.appendFile(chunk);
      await handle.close();
    },
    abandon: () => handle.close(),
  };
}

/** A file that is written to without a trip through the thread pool for each piece. */
class OpenFile {
  readonly descriptor: number;
  #isOpen = true;
  #room: Uint8Array | null = null;

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  async writeAll(chunks: Chunks): Promise<void> {
    for await (const chunk of gathered(chunks)) {
      const bytes = typeof chunk === "string" ? this.#encoded(chunk) : chunk;
      for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at);
    }
  }

  /** Long reports are thousands of pieces: these are encoded in one place, as far as they fit there. */
  #encoded(text: string): Uint8Array {
    if (text.length * MOST_UTF8 > CHUNK_ROOM) return encoder.encode(text);
    this.#room ??= new Uint8Array(CHUNK_ROOM);
    return this.#room.subarray(0, encoder.encodeInto(text, this.#room).written);
  }

  /** Once is enough. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.descriptor);
  }
}

const encoder = new TextEncoder();

/** Joins small pieces of text: one system call per row of a long report would be slow. */
function gathered(chunks: Chunks): Chunks {
  return Symbol.asyncIterator in chunks ? chunks : joined(chunks);
}

function* joined(chunks: Iterable<string | Uint8Array>): Generator<string | Uint8Array> {
  let waiting = "";
  for (const chunk of chunks) {
    const isText = typeof chunk === "string";
    if (isText) waiting += chunk;
    if (waiting.length >= CHUNK || (!isText && waiting !== "")) {
      yield waiting;
      waiting = "";
    }
    if (!isText) yield chunk;
  }
  if (waiting !== "") yield waiting;
}
