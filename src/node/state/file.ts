/**
 * The state of an analysis in a file: one line of JSON that says what it is, then the objects as V8 writes them.
 * It appears whole or not at all: it is written beside the old one, brought to the disk, and takes its name.
 *
 * The checksum tells damage, not malice: the file is trusted like a configuration, and is readable by its owner only.
 */

import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { reasonOf } from "../write-reasons.ts";
import { StateError } from "./error.ts";

const SCHEMA = "ike-dupcheck/state";
/** To be raised whenever what is saved gets another shape. */
export const STATE_VERSION = 29;
const NEWLINE = 0x0a;
const MAX_HEADER = 1_000;
/** Ends the name of a state that is being written. */
const UNFINISHED = ".new";

export class StateFile {
  readonly #path: string;
  /** Inode of the file that was read or written last; null while there is none. */
  #inode: bigint | null = null;

  constructor(path: string) {
    this.#path = resolved(path);
  }

  /** What was saved; null before the first one. @throws StateError when it is foreign, damaged or unreadable */
  read(): unknown {
    const path = this.#path;
    let bytes: Buffer;
    try {
      removeUnfinished(path);
      const info = statSync(path, { bigint: true });
      if (!info.isFile()) throw new StateError(`${path} is not a file, so no state can be kept there`);
      this.#inode = info.ino;
      bytes = readFileSync(path);
    } catch (error) {
      if (error instanceof StateError) throw error;
      if (codeOf(error) === "ENOENT") return null;
      throw new StateError(`cannot read the state ${path}: ${reasonOf(error)}`);
    }
    const end = bytes.subarray(0, MAX_HEADER).indexOf(NEWLINE);
    const header = headerOf(bytes.toString("utf8", 0, Math.max(0, end)));
    if (header === null) throw new StateError(`${path} is not a state of ike-dupcheck`);
    if (header.version !== STATE_VERSION) {
      throw new StateError(
        `${path} is a state of version ${header.version}, and this program knows version ${STATE_VERSION}`,
      );
    }
    const body = bytes.subarray(end + 1);
    if (body.length !== header.bytes || checksum(body) !== header.sha256) {
      throw new StateError(`${path} is damaged: begin anew without it, or from a copy`);
    }
    try {
      return deserialize(body);
    } catch {
      throw new StateError(`${path} was written by a newer version of Node, and this one cannot read it`);
    }
  }

  /** @throws StateError when it cannot be written, or another program has written it meanwhile */
  write(state: unknown): void {
    const path = this.#path;
    const beside = `${path}.${randomBytes(8).toString("hex")}${UNFINISHED}`;
    const body = serialize(state);
    const header = { schema: SCHEMA, version: STATE_VERSION, bytes: body.length, sha256: checksum(body) };
    try {
      const inode = statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
      if (inode !== this.#inode) {
        throw new StateError(`${path} was written by another program: two analysers cannot share a state`);
      }
      const file = openSync(beside, "wx", 0o600);
      try {
        writeAll(file, Buffer.from(`${JSON.stringify(header)}\n`));
        writeAll(file, body);
        fsyncSync(file);
        this.#inode = fstatSync(file, { bigint: true }).ino;
      } finally {
        closeSync(file);
      }
      renameSync(beside, path);
      syncFolder(dirname(path));
    } catch (error) {
      if (error instanceof StateError) throw error;
      rmSync(beside, { force: true });
      throw new StateError(`cannot write the state ${path}: ${reasonOf(error)}`);
    }
  }
}

/** A link is kept: what it points to is replaced. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What programs that were killed left behind. One that is at work finds its own missing, and says so. */
function removeUnfinished(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith(UNFINISHED)) continue;
    if (/^[0-9a-f]{16}$/.test(name.slice(basename(path).length + 1, -UNFINISHED.length))) {
      rmSync(join(folder, name), { force: true });
    }
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** The new name is safe only once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function headerOf(text: string): { version: unknown; bytes: unknown; sha256: unknown } | null {
  try {
    const header = JSON.parse(text);
    return header?.schema === SCHEMA ? header : null;
  } catch {
    return null;
  }
}

function checksum(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
