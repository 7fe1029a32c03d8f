/** Files of keys and of events on this machine, with the ciphers of node:crypto. */

import { createReadStream } from "node:fs";
import { type OpenedWitnesses, openWitnesses as open, type WitnessFile } from "../witnesses/reading.ts";
import { nodeCiphers } from "./ciphers.ts";

export type { OpenedWitnesses } from "../witnesses/reading.ts";

/** Names of files of keys and of events. */
export interface WitnessPaths {
  keys?: readonly string[];
  events?: readonly string[];
}

/** Reads keys and events, and waits for logs. */
export function openWitnesses({ keys = [], events = [] }: WitnessPaths): Promise<OpenedWitnesses> {
  return open({
    keys: keys.map(fileOf),
    events: events.map(fileOf),
    ciphers: nodeCiphers,
    today: () => Date.now() * 1_000,
  });
}

/** It is opened when it is read. */
function fileOf(path: string): WitnessFile {
  return {
    name: path,
    chunks: {
      [Symbol.asyncIterator]: () =>
        createReadStream(path)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
    },
  };
}
