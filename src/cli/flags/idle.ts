/** Options that would do nothing where they stand: said in one sentence, so that nobody waits for what they promise. */

import type { Command } from "commander";

/** What needs an interface. */
const OF_INTERFACES = ["--once", "--capture-with"];
/** What needs an input that goes on. Whether a name is that of a pipe is not known yet. */
const OF_WHAT_GOES_ON = ["--autostop", "--stats-every", "--metrics"];
/** What the filter that is printed depends on, and what it is printed for. */
const OF_THE_FILTER = ["--print-bpf", "--filter", "--port", "--interface", "--capture-with"];

/** The first option that means nothing with the others, as a sentence; null where all do. */
export function idleOption(inputs: readonly string[], command: Command): string | null {
  const given = givenOptions(command);
  const has = (long: string) => given.some((option) => option.long === long);
  if (has("--list-interfaces")) {
    return alone("-D lists the interfaces", inputs, given, ["--list-interfaces"]);
  }
  if (has("--print-bpf")) return alone("--print-bpf prints the capture filter", inputs, given, OF_THE_FILTER);
  if (has("--interface")) return statsWithoutLines(given, command);
  const live = given.find(({ long }) => OF_INTERFACES.includes(long));
  if (live !== undefined) return `${live.flag} is for a live capture, and needs -i`;
  const goesOn = given.find(({ long }) => OF_WHAT_GOES_ON.includes(long));
  if (goesOn !== undefined && inputs.length > 1) return `${goesOn.flag} ${GOES_ON}`;
  if (has("--count") && has("--syslog") && inputs.length === 0) {
    return "-c counts packets, and the log of a gateway has none";
  }
  return statsWithoutLines(given, command);
}

const GOES_ON = "goes with an input that goes on: -i, a pipe or --state";

/** Why an option that was given needs an input that goes on; null where none does. */
export function needsGoingOn(command: Command): string | null {
  const option = givenOptions(command).find(({ long }) => OF_WHAT_GOES_ON.includes(long));
  return option === undefined ? null : `${option.flag} ${GOES_ON}`;
}

interface Given {
  /** As it is written: the short form, where there is one. */
  flag: string;
  long: string;
}

function givenOptions(command: Command): Given[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === "cli")
    .map(({ short, long }) => ({ flag: short ?? long ?? "", long: long ?? "" }));
}

function alone(
  what: string,
  inputs: readonly string[],
  given: readonly Given[],
  allowed: readonly string[],
): string | null {
  const other = given.find(({ long }) => !allowed.includes(long))?.flag ?? inputs[0];
  return other === undefined ? null : `${what} and ends, so ${other} would do nothing`;
}

function statsWithoutLines(given: readonly Given[], command: Command): string | null {
  if (!given.some(({ long }) => long === "--stats-every")) return null;
  return command.opts().format === "ndjson" ? null : "--stats-every is for --format ndjson";
}
