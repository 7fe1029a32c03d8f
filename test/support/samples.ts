/**
 * The captures in samples/: each shows one verdict, or one thing that looks like the fault and is not. All
 * addresses are documentation ranges. `two-windows-clients.pcap` is the one to begin with.
 */

import { collisionSamples } from "./samples-collisions.ts";
import { formSamples } from "./samples-forms.ts";
import type { Sample } from "./samples-played.ts";
import { trapSamples } from "./samples-traps.ts";

/** All samples that are built, by file name, with the counts of what was put in. */
export function playSamples(): Map<string, Sample> {
  return new Map([...collisionSamples(), ...trapSamples(), ...formSamples()]);
}

/** All samples that are built, by file name. */
export function buildSamples(): Map<string, Buffer> {
  return new Map([...playSamples()].map(([name, { bytes }]) => [name, bytes]));
}
