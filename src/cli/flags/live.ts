/** The options of a live capture: their table, what they may be, and what cannot go together. */

import { BACKENDS, type BackendName } from "../../node/live/backends.ts";
import { type Listed, listed, preset } from "./listed.ts";
import { duration, wholeSeconds } from "./values.ts";

const CAPTURE_WITH = ["auto", ...BACKENDS] as const;

/** What only a live capture takes. */
export interface LiveArguments {
  /** Interfaces to capture on; empty: captures are read. */
  interfaces: string[];
  /** null is the default filter. */
  filter: string | null;
  /** null chooses. */
  captureWith: BackendName | null;
  /** Stop after so many seconds. */
  seconds: number | null;
  once: boolean;
  /** Seconds between two stats lines; 0 for none. */
  statsEvery: number;
  /** Where metrics go; null: nowhere. */
  metrics: string | null;
}

export function liveOptions(): Listed[] {
  return [
    listed("-i, --interface <IFACE>", "capture on this interface, as it happens (repeatable)", (option) =>
      option.argParser((value: string, before: string[] = []) => [...before, value]),
    ),
    listed("-D, --list-interfaces", "list the interfaces with their addresses"),
    listed("-f, --filter <BPF>", "capture filter, instead of the one for IKE and NAT keepalives"),
    listed("--print-bpf", "print the capture filter"),
    preset("--capture-with <PROGRAM>", "what captures; auto: the first of these that works", (option) =>
      option.choices([...CAPTURE_WITH]).default("auto"),
    ),
    listed("--once", "end when the capture of an interface breaks off, instead of waiting for it"),
    listed("-a, --autostop <duration:N>", "stop after N seconds", (option) => option.argParser(duration)),
    preset("--stats-every <SECONDS>", "time between two stats lines of live ndjson; 0 for none", (option) =>
      option.argParser(wholeSeconds).default(60),
    ),
    listed("--metrics <FILE>", "write metrics for node_exporter's textfile collector there, live"),
  ];
}

/** The values of those options, as the parser gives them. */
export function liveArguments(given: Record<string, unknown>): LiveArguments {
  return {
    interfaces: (given.interface ?? []) as string[],
    filter: (given.filter ?? null) as string | null,
    captureWith: given.captureWith === "auto" ? null : (given.captureWith as BackendName),
    seconds: (given.autostop ?? null) as number | null,
    once: given.once === true,
    statsEvery: given.statsEvery as number,
    metrics: (given.metrics ?? null) as string | null,
  };
}

/** What cannot go together, as a sentence, or null. */
export function liveContradiction(inputs: readonly string[], given: Record<string, unknown>): string | null {
  const interfaces = (given.interface ?? []) as string[];
  if (interfaces.length > 0 && inputs.length > 0) {
    return `-i captures from an interface, and ${inputs[0]} is a capture to be read: one or the other`;
  }
  if (interfaces.length > 0 && given.crossCheck === true) {
    return "--cross-check reads captures a second time, and an interface can be read once";
  }
  const twice = interfaces.find((name, i) => interfaces.indexOf(name) !== i);
  if (twice !== undefined) return `-i ${twice} is given twice`;
  if (interfaces.length > 0 || given.printBpf === true) return null;
  return given.filter === undefined ? null : "-f is a capture filter and needs -i: a capture is read whole";
}
