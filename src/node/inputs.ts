/** From what the user named to the captures: directories and archives replaced by what is in them. */

import { closeSync, openSync, readSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { looksLikeTar } from "../archives/tar.ts";
import { isZipMagic } from "../archives/zip.ts";
import { CaptureError, type ReadFailure, STDIN, unreadable } from "../capture/source.ts";
import { isCompressed } from "../feed/decompression.ts";
import { isWorthNaming } from "./capture-names.ts";
import { identityOf, statusOf } from "./file-status.ts";
import { openNamed } from "./files.ts";

export interface Inputs {
  names: string[];
  /** Names left out because they are a file that is read already. */
  duplicates: string[];
  /** What was named and cannot be read: directories and archives without captures. */
  failures: CaptureError[];
  /** Files of directories and archives that look like captures and cannot be read. */
  leftOut: CaptureError[];
}

export interface ExpandOptions {
  /** Directories in directories as well. */
  recursive?: boolean;
}

/** Enough to see what a file is; of a directory's files, all are looked at. */
const PEEK_CHUNK = 4096;
const HEADER_OF_TAR = 512;

/**
 * Replaces directories and archives by the captures in them, in the order of their names, and drops files that
 * were named before.
 */
export async function expandInputs(
  named: readonly string[],
  { recursive = false }: ExpandOptions = {},
): Promise<Inputs> {
  const inputs: Inputs = { names: [], duplicates: [], failures: [], leftOut: [] };
  const seen = new Set<string>();
  for (const name of named) {
    const found = await capturesIn(name, { recursive, leftOut: inputs.leftOut }).catch((error: unknown) => {
      if (!(error instanceof CaptureError)) throw error;
      inputs.failures.push(error);
      return [];
    });
    for (const each of found) (isSeen(each, seen) ? inputs.duplicates : inputs.names).push(each);
  }
  return inputs;
}

interface Search {
  recursive: boolean;
  /** Takes what looks like a capture and cannot be read. */
  leftOut: CaptureError[];
}

/** @throws CaptureError for a directory or archive that cannot be read, or has no capture in it */
async function capturesIn(name: string, search: Search): Promise<string[]> {
  if (name === STDIN) return [name];
  const info = statusOf(name);
  if (info?.isFile() === true) return mayBeArchive(name) ? capturesInFile(name, search) : [name];
  if (info === null || !info.isDirectory()) return [name];
  const found: string[] = [];
  for (const path of await filesIn(name, search.recursive)) {
    try {
      found.push(...(await capturesInEntry(path, search)));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      if (isWorthNaming(error, path)) search.leftOut.push(error);
    }
  }
  if (found.length > 0) return found;
  throw new CaptureError("no-captures", `${name} is a directory without captures that can be read`);
}

/**
 * The regular files of a directory, in the order of their names; links to directories are not followed. What cannot be
 * looked at (a link to nothing, a name that is not Unicode) may be a file: opening it says why it cannot be read.
 */
async function filesIn(folder: string, recursive: boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: ReadFailure) => {
    throw unreadable(folder, error);
  });
  const paths: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      // Not as arguments of a call, which takes a hundred thousand at most.
      if (recursive) for (const each of await filesIn(path, recursive)) paths.push(each);
    } else if (statusOf(path)?.isFile() !== false) paths.push(path);
  }
  return paths;
}

/** A named file that may be an archive; what is wrong with one that is not, is found when it is read. */
async function capturesInFile(name: string, { leftOut }: Search): Promise<string[]> {
  const opened = await openNamed(name, { chunk: PEEK_CHUNK }).catch((error: unknown) => {
    if (error instanceof CaptureError && !isZip(name)) return null;
    throw error;
  });
  await opened?.capture?.close();
  if (opened?.archive === undefined) return [name];
  const { someInArchive } = await import("./archive-shelf.ts");
  return someInArchive(name, opened.archive, openNamed, leftOut);
}

/** A file of a directory. @throws CaptureError where it is neither a capture nor an archive */
async function capturesInEntry(path: string, { leftOut }: Search): Promise<string[]> {
  const opened = await openNamed(path, { chunk: PEEK_CHUNK });
  await opened.capture?.close();
  if (opened.archive === undefined) return [path];
  const { capturesInArchive } = await import("./archive-shelf.ts");
  const found = await capturesInArchive(path, opened.archive, openNamed);
  leftOut.push(...found.leftOut);
  return found.names;
}

function mayBeArchive(name: string): boolean {
  const head = headOf(name);
  return isZip(name, head) || looksLikeTar(head) || isCompressed(head);
}

function isZip(name: string, head = headOf(name)): boolean {
  return head.length >= 4 && isZipMagic(new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true));
}

/** The first bytes of a file; none where it cannot be read. */
function headOf(name: string): Uint8Array {
  const head = new Uint8Array(HEADER_OF_TAR);
  try {
    const file = openSync(name, "r");
    try {
      return head.subarray(0, readSync(file, head, 0, head.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return head.subarray(0, 0);
  }
}

/** True when `path` is one of the captures that a directory stands for, at any depth. Opens that file alone. */
export async function holdsCapture(folder: string, path: string): Promise<boolean> {
  const wanted = identity(path);
  if (wanted === null) return false;
  for (const each of await filesIn(folder, true)) {
    if (identity(each) !== wanted) continue;
    const opened = await openNamed(each, { chunk: PEEK_CHUNK }).catch(() => null);
    await opened?.capture?.close();
    await opened?.archive?.bytes.close();
    return opened !== null;
  }
  return false;
}

/** Device and inode, where the name has them. */
function identity(name: string): string | null {
  if (name === STDIN) return name;
  const info = identityOf(name);
  return info?.isFile() === true ? `${info.dev}:${info.ino}` : null;
}

/** Whether the same file is among those seen, where it then is. */
function isSeen(name: string, seen: Set<string>): boolean {
  const id = identity(name);
  if (id === null) return false;
  const before = seen.size;
  return seen.add(id).size === before;
}

/**
 * The files of these names, each once: a log and a link to it tell the same. A directory stands for the files directly
 * in it; one without any stays, so that opening it says why nothing is read.
 */
export async function filesOf(names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const name of names) {
    const isFolder = name !== STDIN && statusOf(name)?.isDirectory() === true;
    const inside = isFolder ? await filesIn(name, false).catch(() => []) : [];
    const files = inside.length === 0 ? [name] : inside;
    for (const each of files) if (!isSeen(each, seen)) found.push(each);
  }
  return found;
}
