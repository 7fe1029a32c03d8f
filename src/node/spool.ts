/** Streams that have to be read at any place: kept in memory, and in a file of one's own where they are large. */

import { rmSync } from "node:fs";
import { type FileHandle, mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RandomAccess } from "../capture/byte-source.ts";
import type { ByteWindow } from "../capture/byte-window.ts";
import { MemoryBytes } from "../capture/random-access.ts";
import { CaptureError } from "../capture/source.ts";
import { errorCode, reasonOf } from "./write-reasons.ts";

const IN_MEMORY = 64 * 1024 * 1024;
/** More is not unpacked to a disk without being asked. */
const MAX_KEPT = 16 * 1024 * 1024 * 1024;
/** What unpacks to more than a gigabyte, at more than so many times its size, was made to fill disks. */
const LARGE = 1024 * 1024 * 1024;
const BOMB_RATIO = 200;

/**
 * Keeps what is left of a stream; where it fails, what came before, and the window says how it failed.
 * @param isEnough is shown each piece; what is behind one that it says so of is not kept
 * @throws CaptureError when it is too large, or cannot be kept
 */
export async function spoolToDisk(
  window: ByteWindow,
  name: string,
  isEnough: (piece: Uint8Array) => boolean = () => false,
): Promise<RandomAccess> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let file: FileHandle | null = null;
  try {
    while (await window.have(1)) {
      const chunk = window.bytes.slice(window.start, window.end);
      window.consume(chunk.length);
      size += chunk.length;
      refuseBombs(size, window, name);
      if (file === null && size > IN_MEMORY) {
        file = await ownFile();
        for (const each of chunks.splice(0)) await file.write(each);
      }
      if (file === null) chunks.push(chunk);
      else await file.write(chunk);
      if (isEnough(chunk)) break;
    }
  } catch (error) {
    await file?.close();
    if (error instanceof CaptureError) throw error;
    throw new CaptureError("unreadable", `${name} cannot be unpacked: ${notKept(error)}`);
  }
  await window.source.close();
  return file === null ? new MemoryBytes(chunks) : onDisk(file, size);
}

/** Why it could not be kept: what fails is the disk of temporary files. */
function notKept(error: unknown): string {
  if (errorCode(error) === "ENOSPC") return `there is not enough room for it in ${tmpdir()}`;
  return `${tmpdir()} cannot be written to (${reasonOf(error)})`;
}

function refuseBombs(size: number, window: ByteWindow, name: string): void {
  const taken = window.source.position();
  if (size > MAX_KEPT) {
    throw new CaptureError(
      "unsupported",
      `${name} unpacks to more than 16 GB: unpack it and give its folder`,
    );
  }
  if (size > LARGE && window.source.size !== null && size > BOMB_RATIO * taken) {
    throw new CaptureError(
      "unreadable",
      `${name} unpacks to more than ${BOMB_RATIO} times its size and is not unpacked`,
    );
  }
}

/** A new file that nobody else can open, and that is gone when it is closed, or with the program. */
async function ownFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-"));
  const file = await open(join(folder, "unpacked"), "wx+", 0o600);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Windows keeps a file's name until it is closed.
  if (process.platform === "win32") process.once("exit", remove);
  else remove();
  return file;
}

function onDisk(file: FileHandle, size: number): RandomAccess {
  let isOpen = true;
  return {
    size,
    read: async (into, position) => (await file.read(into, 0, into.length, position)).bytesRead,
    close: async () => {
      if (isOpen) await file.close();
      isOpen = false;
    },
  };
}
