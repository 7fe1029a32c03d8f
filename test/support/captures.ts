/** Captures that stand beside the checkout: real ones of others, and of the project's own lab. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.env.IKE_CAPTURES ?? fileURLToPath(new URL("../../../shared/captures", import.meta.url));

/** Path of a capture, or null where it is not at hand. */
export function captures(folder: string, name: string): string | null {
  const path = join(root, folder, name);
  return existsSync(path) ? path : null;
}

/** All captures of a folder; empty, with a printed reason, where the folder is not at hand. */
export function allCaptures(folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) {
    console.log(`skipped: no captures at hand in ${folder} (set IKE_CAPTURES)`);
    return [];
  }
  return readdirSync(path)
    .filter((name) => /\.(pcap|pcapng|cap)(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** A table beside the captures, by its first column. */
export function tablePath(folder: string, name: string): string {
  return join(root, folder, name);
}
