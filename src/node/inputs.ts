/** The inputs that a user named, directories replaced by the captures in them. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CaptureError, type ReadFailure, STDIN, unreadable } from "../capture/source.ts";
import { openCapture } from "./files.ts";

export interface Inputs {
  names: string[];
  /** Names left out because they are a file that is read already. */
  duplicates: string[];
  /** Directories without captures, or that cannot be read. */
  failures: CaptureError[];
  /** Files of a directory that look like captures and cannot be read. */
  leftOut: CaptureError[];
}

/**
 * Names that captures have: `a.pcap`, `a.pcapng.gz`, `a.pcap17` of a ring buffer, `a.cap.3`, `a.etl`. A file of any
 * other name is a capture when its content says so.
 */
const CAPTURE_NAME =
  /\.(pcap|pcapng|cap|dmp|dump|ntar|snoop|etl|enc|trc|erf|pklg|5vw)\d*(\.\d+)?(\.(gz|zst|lz4|xz|bz2|z|zip))?$/i;

/**
 * Replaces directories by the captures directly in them, in the order of their names, and drops files that
 * were named before.
 */
export async function expandInputs(named: readonly string[]): Promise<Inputs> {
  const inputs: Inputs = { names: [], duplicates: [], failures: [], leftOut: [] };
  const seen = new Set<string>();
  for (const name of named) {
    const found = await capturesIn(name, inputs.leftOut).catch((error: unknown) => {
      if (!(error instanceof CaptureError)) throw error;
      inputs.failures.push(error);
      return [];
    });
    for (const each of found) {
      const id = await identity(each);
      if (id !== null && seen.has(id)) inputs.duplicates.push(each);
      else {
        inputs.names.push(each);
        if (id !== null) seen.add(id);
      }
    }
  }
  return inputs;
}

/**
 * @param leftOut takes what looks like a capture and cannot be read
 * @throws CaptureError for a directory that cannot be read, or has no capture in it
 */
async function capturesIn(name: string, leftOut: CaptureError[]): Promise<string[]> {
  if (name === STDIN) return [name];
  const info = await stat(name).catch(() => null);
  if (info === null || !info.isDirectory()) return [name];
  const entries = await readdir(name).catch((error: ReadFailure) => {
    throw unreadable(name, error);
  });
  const found: string[] = [];
  for (const entry of entries.sort()) {
    const path = join(name, entry);
    const fault = await faultOf(path);
    if (fault === null) found.push(path);
    else if (fault instanceof CaptureError && looksLikeCapture(entry, fault)) leftOut.push(fault);
  }
  if (found.length > 0) return found;
  throw new CaptureError("no-captures", `${name} is a directory without captures that can be read`);
}

/** Why the file is not taken: null for a capture, "other" for what is not a file. */
async function faultOf(path: string): Promise<CaptureError | "other" | null> {
  const info = await stat(path).catch(() => null);
  if (info === null || !info.isFile()) return "other";
  try {
    const source = await openCapture(path, { chunk: 4096 });
    await source.close();
    return null;
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}

/** By its content, which was recognized as that of another format, or by its name. */
function looksLikeCapture(entry: string, { code }: CaptureError): boolean {
  return code === "unsupported" || CAPTURE_NAME.test(entry);
}

/** Device and inode, where the name has them. */
async function identity(name: string): Promise<string | null> {
  if (name === STDIN) return name;
  const info = await stat(name, { bigint: true }).catch(() => null);
  return info?.isFile() === true ? `${info.dev}:${info.ino}` : null;
}
