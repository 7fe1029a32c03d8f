/** Files that lines are appended to, and whose last line may be torn: by a full disk, or by a program that was killed. */

import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from "node:fs";

const NEWLINE = 0x0a;
const CHUNK = 65_536;

/** Cuts a last line off that is not whole: nothing half-written is left behind. A device or pipe stays as it is. */
export function dropTornLine(path: string): void {
  withFile(path, (file, size) => {
    const end = endOfLines(file, size);
    if (end < size) ftruncateSync(file, end);
  });
}

/** Ends a last line that is not whole, so that what is appended to the file does not go on with it. */
export function endTornLine(path: string): void {
  withFile(path, (file, size) => {
    if (endOfLines(file, size) < size) writeSync(file, "\n", size);
  });
}

/** Does nothing where the file cannot be opened or written: whoever appends to it is told. */
function withFile(path: string, act: (file: number, size: number) => void): void {
  let file: number | null = null;
  try {
    if (!statSync(path).isFile()) return;
    file = openSync(path, "r+");
    act(file, fstatSync(file).size);
  } catch {
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** Where the last newline ends; 0 where there is none. */
function endOfLines(file: number, size: number): number {
  const chunk = new Uint8Array(CHUNK);
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - CHUNK);
    const count = readSync(file, chunk, 0, end - from, from);
    const at = chunk.subarray(0, count).lastIndexOf(NEWLINE);
    if (at >= 0) return from + at + 1;
    end = from;
  }
  return 0;
}
