/** Archives as directories: what is in them, without unpacking it. */

import type { ByteSource } from "../capture/byte-source.ts";
import type { CaptureError } from "../capture/source.ts";

/** A file in an archive. */
export interface Member {
  /** Path in the archive, with slashes. */
  name: string;
  /** Bytes that it takes there. */
  packedSize: number;
  /** Its bytes, as often as asked for. @throws CaptureError where they are packed in a way that is not read here */
  open(): Promise<ByteSource>;
}

export interface ArchiveIndex {
  /** As the report names it: "zip", "tar". */
  format: string;
  members: Member[];
  /** What of the archive could not be listed. */
  failures: CaptureError[];
}

/** Files of an archive that are looked at. More are not captures of one job, and each costs time. */
export const MAX_MEMBERS = 65_536;
/** Longest path that is kept. */
export const MAX_PATH = 1024;

/** A member's path for people: no control characters, no climbing out. */
export function tidyPath(path: string): string {
  // In here: V8 makes the set of all of them where the pattern stands, and most runs open no archive.
  const nonPrinting = /[^\P{C}]/gu;
  return path
    .slice(0, MAX_PATH)
    .replace(nonPrinting, "?")
    .split(/[\\/]+/)
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .join("/");
}
