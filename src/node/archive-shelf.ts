/** Archives that are open, so that the files in them can be opened by name, as often as needed. */

import { stat } from "node:fs/promises";
import type { Member } from "../archives/members.ts";
import { CaptureError, label, type ReadFailure, unreadable } from "../capture/source.ts";
import { type Archive, type Opened, type OpenOptions, openInput } from "../feed/formats.ts";
import { isWorthNaming } from "./capture-names.ts";

/** Opens whatever has a name; handed in by whoever knows files. */
export type OpenNamed = (name: string, options?: OpenOptions) => Promise<Opened>;

interface Shelved {
  archive: Archive;
  members: ReadonlyMap<string, Member>;
  /** Files of it that are open. */
  users: number;
  /** Archives that this one is in. */
  depth: number;
}

/** Archives that are kept open while none of their files is. */
const MAX_IDLE = 8;
/** An archive in an archive in an archive is somebody's backup; more is a trick. */
const MAX_DEPTH = 3;
/** Enough to see what a file is. */
const PEEK_CHUNK = 4096;

/** By name, the one that was looked at last at the end. */
const shelf = new Map<string, Shelved>();

/** Keeps an archive at hand under its name. */
function shelve(name: string, archive: Archive, depth = 1): void {
  const members = new Map<string, Member>();
  for (const member of archive.members) {
    let path = member.name;
    for (let copy = 2; members.has(path); copy += 1) path = `${member.name} (${copy})`;
    members.set(path, member);
  }
  const before = shelf.get(name);
  if (before?.users === 0) void before.archive.bytes.close();
  shelf.delete(name);
  shelf.set(name, { archive, members, users: 0, depth });
  const idle = [...shelf].filter(([each, { users }]) => users === 0 && each !== name);
  for (const [each, { archive: old }] of idle.slice(0, Math.max(0, idle.length - MAX_IDLE))) {
    shelf.delete(each);
    void old.bytes.close();
  }
}

/**
 * Opens a file in an archive by its whole name, "captures.zip/monday.pcap".
 * @throws CaptureError where the file is missing or cannot be read
 */
export async function openMember(name: string, options: OpenOptions, openNamed: OpenNamed): Promise<Opened> {
  for (const [archiveName, shelved] of shelf) {
    const member = name.startsWith(`${archiveName}/`)
      ? shelved.members.get(name.slice(archiveName.length + 1))
      : undefined;
    if (member !== undefined) return openOf(shelved, member, name, options);
  }
  for (let at = name.indexOf("/", 1); at > 0; at = name.indexOf("/", at + 1)) {
    const prefix = name.slice(0, at);
    if (shelf.has(prefix)) continue;
    const isFile = (await stat(prefix).catch(() => null))?.isFile() === true;
    const isMember = [...shelf.keys()].some((archive) => prefix.startsWith(`${archive}/`));
    if (!isFile && !isMember) continue;
    const opened = await openNamed(prefix).catch(() => null);
    await opened?.capture?.close();
    if (opened?.archive === undefined) continue;
    shelve(prefix, opened.archive);
    return openMember(name, options, openNamed);
  }
  throw unreadable(name, Object.assign(new Error(), { code: "ENOENT" }) as ReadFailure);
}

async function openOf(shelved: Shelved, member: Member, name: string, options: OpenOptions): Promise<Opened> {
  const source = await member.open().catch((error: ReadFailure) => {
    throw error instanceof CaptureError ? error : unreadable(name, error);
  });
  shelved.users += 1;
  let isOpen = true;
  const release = async () => {
    if (isOpen) shelved.users -= 1;
    isOpen = false;
    await source.close();
  };
  const counted = {
    size: source.size,
    read: (into: Uint8Array, at: number) => source.read(into, at),
    position: () => source.position(),
    ...(source.random === undefined ? {} : { random: () => ({ ...source.random!(), close: release }) }),
    close: release,
  };
  try {
    return await openInput(counted, name, options);
  } catch (error) {
    await release();
    throw error;
  }
}

/** What an archive holds. */
export interface Shelf {
  /** The captures, in the order of their names. */
  names: string[];
  /** What looks like one and cannot be read. */
  leftOut: CaptureError[];
}

/** The captures in an archive, which is kept at hand under its name. @param depth archives that it is in, and itself */
export async function capturesInArchive(
  name: string,
  archive: Archive,
  openNamed: OpenNamed,
  depth = 1,
): Promise<Shelf> {
  shelve(name, archive, depth);
  const { members } = shelf.get(name)!;
  const found: Shelf = { names: [], leftOut: [...archive.failures] };
  for (const path of [...members.keys()].sort()) {
    try {
      await addMember(`${name}/${path}`, depth, found, openNamed);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      if (isWorthNaming(error, path)) found.leftOut.push(error);
    }
  }
  return found;
}

/**
 * The same of an archive that is asked for by name.
 * @param leftOut takes what looks like a capture and cannot be read, also where nothing else is in it
 * @throws CaptureError where it holds no capture that can be read
 */
export async function someInArchive(
  name: string,
  archive: Archive,
  openNamed: OpenNamed,
  leftOut: CaptureError[],
): Promise<string[]> {
  const found = await capturesInArchive(name, archive, openNamed);
  leftOut.push(...found.leftOut);
  if (found.names.length > 0) return found.names;
  throw new CaptureError(
    "no-captures",
    `${label(name)} is a ${archive.format} archive without captures that can be read`,
  );
}

/** A member, or what is in it where it is an archive. @throws CaptureError where it is neither that nor a capture */
async function addMember(whole: string, depth: number, found: Shelf, openNamed: OpenNamed): Promise<void> {
  const opened = await openNamed(whole, { chunk: PEEK_CHUNK });
  await opened.capture?.close();
  if (opened.archive === undefined) {
    found.names.push(whole);
  } else if (depth >= MAX_DEPTH) {
    await opened.archive.bytes.close();
    const sentence = `${label(whole)} is an archive in ${MAX_DEPTH} others, and is not opened`;
    found.leftOut.push(new CaptureError("unsupported", sentence));
  } else {
    const inner = await capturesInArchive(whole, opened.archive, openNamed, depth + 1);
    found.names.push(...inner.names);
    found.leftOut.push(...inner.leftOut);
  }
}
