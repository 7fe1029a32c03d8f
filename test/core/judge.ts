/**
 * Compares a walk that was compiled from changed sources with reading without it: ends with 0 where it notices nothing,
 * and prints how many frames it settled. One that settles fewer is only slower.
 *
 *     node judge.mjs walk.wasm
 */

import { readFileSync } from "node:fs";
import type { TrackerOptions } from "../../src/ike/tracker-options.ts";
import { LinearMemory, ordinaryMemory } from "../../src/linear/memory.ts";
import { pcap, pcapng } from "../support/capture-files.ts";
import { conversations } from "./conversations.ts";
import { CROWDS, crowd } from "./crowd.ts";
import { isSame, known, settledIn } from "./known.ts";
import { messages } from "./messages.ts";
import { atBounds, traffic } from "./traffic.ts";

interface Runtime {
  WebAssembly: {
    Module: (new (bytes: Uint8Array) => object) & { exports(module: object): { name: string }[] };
  };
}

const { WebAssembly } = globalThis as unknown as Runtime;
const { Module } = WebAssembly;
const walk = readFileSync(process.argv[2]);
WebAssembly.Module = function (this: unknown, bytes: Uint8Array) {
  const module = new Module(bytes);
  // Reports are written with a core of their own.
  return Module.exports(module).some(({ name }) => name === "walk") ? new Module(walk) : module;
} as unknown as Runtime["WebAssembly"]["Module"];

const MEMORY = 48 * 1024 * 1024;

const sets: Uint8Array[][] = [[pcap(atBounds())]];
for (let seed = 1; seed <= 6; seed += 1) {
  const records = traffic(seed, {
    packets: 3_000,
    hosts: [3, 40, 300][seed % 3],
    damaged: seed > 3 ? 100 : 0,
    steps: seed % 2 === 0 ? 30 : 1,
  });
  const captures = [0, 1].slice(seed % 2).map((half) => pcap(records.filter((_, i) => i % 3 > half - 1)));
  sets.push(captures);
}
for (let seed = 1; seed <= 4; seed += 1) {
  const pause = [2_000, 60_000][seed % 2];
  const options = {
    messages: 2_000,
    clients: 20,
    pause,
    repeated: 50,
    points: 3,
    damaged: seed > 2 ? 100 : 0,
  };
  const interfaces = [{}, {}, {}];
  sets.push([pcapng(messages(seed, options), { interfaces })]);
}
const alike = { messages: 2_000, clients: 1, pause: 60, repeated: 20, points: 2, beginnings: 2 };
sets.push([pcapng(messages(9, alike), { interfaces: [{}, {}] })]);

for (const [seed, odd] of [
  [1, 3],
  [2, 12],
  [3, 40],
]) {
  sets.push([pcap(conversations(seed, { clients: 70, odd, pause: 400_000 }))]);
}

/** Ends with 1 where the walk is noticed. */
async function compare(captures: readonly Uint8Array[], bounds: TrackerOptions = {}): Promise<void> {
  // The walk is compiled for memory that is not shared.
  const walked = await known(captures, LinearMemory.make(MEMORY, false), bounds);
  if (!isSame(walked, await known(captures, ordinaryMemory, bounds))) process.exit(1);
}

const settled = await settledIn(async () => {
  for (const captures of sets) await compare(captures);
  for (const { options, bounds } of CROWDS) await compare([pcap(crowd(1, options))], bounds);
});
process.stdout.write(String(settled));
