/** Files of keys and of events on this machine, with the ciphers of node:crypto. */

import { type OpenedWitnesses, openWitnesses as open, type WitnessFile } from "../witnesses/reading.ts";
import { nodeCiphers } from "./ciphers.ts";
import { readNamed } from "./files.ts";
import { filesOf } from "./inputs.ts";

export type { OpenedWitnesses } from "../witnesses/reading.ts";

/** Names of files of keys and of events; "-" is standard input, a directory stands for the files in it. */
export interface WitnessPaths {
  keys?: readonly string[];
  events?: readonly string[];
}

/** Reads keys and events, and waits for logs. */
export async function openWitnesses({ keys = [], events = [] }: WitnessPaths): Promise<OpenedWitnesses> {
  return open({
    keys: (await filesOf(keys)).map(fileOf),
    events: (await filesOf(events)).map(fileOf),
    ciphers: nodeCiphers,
    today: () => Date.now() * 1_000,
  });
}

/** It is opened when it is read. */
function fileOf(name: string): WitnessFile {
  return { name, chunks: { [Symbol.asyncIterator]: () => readNamed(name) } };
}
