/** What fuzzing starts from: the samples, and the real captures that stand beside the checkout. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { openSource } from "../../src/feed/formats.ts";
import { Kind, Located, locate, portSet } from "../../src/wire/locate.ts";
import { frameBatches } from "../support/sources.ts";

/** Larger ones say nothing that a smaller one does not, and slow every run. */
const MAX_CAPTURE = 64 * 1024;
const MAX_FRAMES = 2000;

/** All captures in the folders and in folders within them, unpacked. */
export function seedCaptures(folders: readonly string[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const folder of folders) {
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      if (!/\.(pcap|pcapng|cap)(\.gz)?$/.test(name) || !statSync(path).isFile()) continue;
      const packed = readFileSync(path);
      const bytes = name.endsWith(".gz") ? gunzipSync(packed) : packed;
      if (bytes.length <= MAX_CAPTURE) found.push(new Uint8Array(bytes));
    }
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  } catch {
    return [];
  }
}

export interface SeedFrame {
  linkType: number;
  frame: Uint8Array;
  /** The ISAKMP message in it, marker removed; null where there is none. */
  message: Uint8Array | null;
}

/** The frames of the captures, each kind of frame and length once. */
export async function seedFrames(captures: readonly Uint8Array[]): Promise<SeedFrame[]> {
  const seen = new Set<string>();
  const frames: SeedFrame[] = [];
  const ports = portSet([]);
  const located = new Located();
  for (const bytes of captures) {
    const source = await openSource(new IterableSource(once(bytes)), "seed").catch(() => null);
    if (source === null) continue;
    for await (const batch of frameBatches(source)) {
      for (let i = 0; i < batch.count && frames.length < MAX_FRAMES; i += 1) {
        const frame = batch.bytes.slice(batch.offsets[i], batch.offsets[i] + batch.captured[i]);
        const linkType = batch.linkTypes[i];
        const kind = locate(frame, 0, frame.length, linkType, ports, located);
        const key = `${linkType} ${kind} ${frame.length} ${frame[12]} ${frame[23]} ${frame[60]}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const message =
          kind === Kind.candidate ? frame.slice(located.payload, located.payload + located.captured) : null;
        frames.push({ linkType, frame, message });
      }
    }
    await source.close();
  }
  return frames;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
