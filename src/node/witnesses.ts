/** Files of keys and of events on this machine, with the ciphers of node:crypto. */

import type { Stopping } from "../feed/drive.ts";
import { type OpenedWitnesses, openWitnesses as open, type WitnessFile } from "../witnesses/reading.ts";
import { nodeCiphers } from "./ciphers.ts";
import { abandonNamed, readNamed } from "./files.ts";
import { filesOf } from "./inputs.ts";

export type { OpenedWitnesses } from "../witnesses/reading.ts";

/** Names of files of keys and of events; "-" is standard input, a directory stands for the files in it. */
export interface WitnessPaths {
  keys?: readonly string[];
  events?: readonly string[];
}

/** Reads keys and events, and waits for logs. @param signal ends the waiting for a pipe */
export async function openWitnesses(
  { keys = [], events = [] }: WitnessPaths,
  signal?: Stopping,
): Promise<OpenedWitnesses> {
  const [keyFiles, eventFiles] = [await filesOf(keys), await filesOf(events)];
  const abandon = () => [...keyFiles, ...eventFiles].forEach(abandonNamed);
  // Of most runs there are none to abandon.
  const waiting = keyFiles.length + eventFiles.length > 0 ? signal : undefined;
  waiting?.addEventListener("abort", abandon);
  try {
    return await open({
      keys: keyFiles.map(fileOf),
      events: eventFiles.map(fileOf),
      ciphers: nodeCiphers,
      today: () => Date.now() * 1_000,
    });
  } finally {
    waiting?.removeEventListener("abort", abandon);
  }
}

/** It is opened when it is read. */
function fileOf(name: string): WitnessFile {
  return { name, chunks: { [Symbol.asyncIterator]: () => readNamed(name) } };
}
