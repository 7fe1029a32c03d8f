/** From the options that were given to what is to be done, or why they cannot go together. */

import { resolve } from "node:path";
import type { Command, OptionValues } from "commander";
import { defaultFilter } from "../../node/live/filter.ts";
import type { Invocation } from "./asked.ts";
import { idleOption, needsGoingOn } from "./idle.ts";
import { liveArguments, liveContradiction } from "./live.ts";

const STDIN = "-";

export function extractInvocation(inputs: string[], command: Command): Invocation {
  const given = command.opts();
  const contradiction = liveContradiction(inputs, given) ?? idleOption(inputs, command);
  if (contradiction !== null) return { kind: "usage", message: contradiction };
  return {
    kind: "extract",
    options: {
      inputs,
      output: given.output === undefined || given.output === "-" ? null : given.output,
      ports: given.port ?? [],
      sensor: given.sensor ?? null,
      maxPackets: given.count ?? null,
      quiet: given.quiet === true,
      live: liveArguments(given),
      needsGoingOn: needsGoingOn(command),
    },
  };
}

export function checkInvocation(inputs: string[], program: Command): Invocation {
  const given = program.opts();
  if (given.json === true && given.format !== "json" && program.getOptionValueSource("format") === "cli") {
    return { kind: "usage", message: `--json and --format ${given.format} contradict each other` };
  }
  const contradiction = liveContradiction(inputs, given);
  if (contradiction !== null) return { kind: "usage", message: contradiction };
  const idle = idleOption(inputs, program);
  if (idle !== null) return { kind: "usage", message: idle };
  if (given.listInterfaces === true) return { kind: "devices" };
  if (given.printBpf === true) return { kind: "filter", text: given.filter ?? defaultFilter(given.port) };
  const wrong =
    standardInputProblem(inputs, given) ??
    eachProblem(given, program) ??
    keptProblem(given) ??
    evidenceProblem(given.write, given.output) ??
    stateProblem(inputs, given) ??
    anonymityProblem(inputs, given);
  if (wrong !== null) return { kind: "usage", message: wrong };
  return {
    kind: "check",
    options: {
      inputs,
      format: given.json === true ? "json" : given.format,
      output: given.output === undefined || given.output === "-" ? null : given.output,
      evidence: given.write ?? null,
      ports: given.port ?? [],
      responders: given.responder ?? [],
      aliases: given.alias ?? [],
      failOn: given.failOn,
      strict: given.strict === true,
      each: given.each === true,
      recursive: given.recursive === true,
      all: given.all === true,
      timeZone: given.timeZone,
      anonymize: given.anonymize === true || given.anonymizeKey !== undefined,
      anonymizeKey: given.anonymizeKey ?? null,
      names: given.names ?? null,
      crossCheck: given.crossCheck === true,
      quiet: given.quiet === true,
      verbose: given.verbose === true,
      progress: given.progress,
      color: given.color,
      maxPackets: given.count ?? null,
      maxSas: given.maxSas ?? null,
      live: liveArguments(given),
      needsGoingOn: needsGoingOn(program),
      reorderSeconds: given.reorder,
      partition: given.partition ?? null,
      state: given.state ?? null,
      keys: given.keys ?? [],
      syslog: given.syslog ?? [],
      events: given.events ?? [],
    },
  };
}

export function compareInvocation(before: string, after: string, command: Command): Invocation {
  if (before === STDIN && after === STDIN) {
    return { kind: "usage", message: `${TWICE}: name a file for one of the reports` };
  }
  return { kind: "compare", options: { before, after, json: command.opts().json === true } };
}

const TWICE = "standard input is asked for twice";

/** Standard input can be read for one thing alone, and for captures where none are named. */
function standardInputProblem(inputs: readonly string[], given: OptionValues): string | null {
  const { keys = [], events = [], syslog = [] } = given as Record<string, string[] | undefined>;
  const names: string[] = given.names === undefined ? [] : [given.names];
  const isCapture = inputs.length === 0 && syslog.length === 0 && given.interface === undefined;
  const all = [...(isCapture ? [STDIN] : new Set(inputs)), ...keys, ...events, ...syslog, ...names];
  if (all.filter((name) => name === STDIN).length < 2) return null;
  return `${TWICE}: name the captures, or the other file`;
}

/** Why captures cannot be looked for in subfolders or reported each by itself, in one sentence; null when they can. */
function eachProblem(given: OptionValues, program: Command): string | null {
  if (given.recursive === true && given.interface !== undefined) {
    return "--recursive is for directories, and -i captures live";
  }
  if (given.each !== true) return null;
  const live = given.interface === undefined ? needsGoingOn(program) : null;
  if (live !== null) return live;
  if (given.state !== undefined) return "--each and --state cannot go together: a state is that of one input";
  if (given.write !== undefined) return "--each and -w cannot go together: evidence is that of one report";
  return given.interface === undefined ? null : "--each is for files, and -i captures live";
}

/** What is kept is kept in a file, and "-" is none anywhere; a variable of a shell may be empty. */
function keptProblem(given: OptionValues): string | null {
  const flags = { state: "--state", anonymizeKey: "--anonymize-key", metrics: "--metrics" };
  const wrong = (Object.keys(flags) as (keyof typeof flags)[]).find(
    (name) => given[name] === STDIN || given[name] === "",
  );
  return wrong === undefined ? null : `${flags[wrong]} needs a file, and '${given[wrong]}' names none`;
}

/** Why no evidence capture can be written, in one sentence; null when it can. */
function evidenceProblem(path: string | undefined, report: string | undefined): string | null {
  if (path === undefined) return null;
  if (path === "-") return "-w needs a file: standard output is for the report";
  if (report !== undefined && resolve(report) === resolve(path)) {
    return "-o and -w name the same file";
  }
  return null;
}

/** Why no state can be kept, in one sentence; null when it can, or none is wanted. */
function stateProblem(inputs: readonly string[], given: OptionValues): string | null {
  if (given.state === undefined) return null;
  if (inputs.length > 1) return "--state goes on with one input at a time: join the records with cat";
  const other = (["interface", "write", "crossCheck", "count"] as const).find(
    (name) => given[name] !== undefined && given[name] !== false,
  );
  const flags = { interface: "-i", write: "-w", crossCheck: "--cross-check", count: "-c" };
  if (other !== undefined) return `--state and ${flags[other]} cannot go together`;
  const same = [...inputs, given.output].some(
    (path) => path !== undefined && resolve(path) === resolve(given.state),
  );
  return same ? "--state names a file that is read or written otherwise" : null;
}

/** What cannot go together with replaced addresses, in one sentence; null when all can. */
function anonymityProblem(inputs: readonly string[], given: OptionValues): string | null {
  if (given.anonymize !== true && given.anonymizeKey === undefined) return null;
  const flags = {
    names: "--names",
    state: "--state",
    partition: "--partition",
    crossCheck: "--cross-check",
    each: "--each",
    // They hold addresses, user names and what is encrypted.
    syslog: "--syslog",
    keys: "--keys",
    events: "--events",
  };
  const other = (Object.keys(flags) as (keyof typeof flags)[]).find(
    (name) => given[name] !== undefined && given[name] !== false,
  );
  if (other !== undefined) return `--anonymize and ${flags[other]} cannot go together`;
  const key = given.anonymizeKey;
  const same = [...inputs, given.output, given.write].some(
    (path) => path !== undefined && key !== undefined && resolve(path) === resolve(key),
  );
  return same ? "--anonymize-key names a file that is read or written otherwise" : null;
}
