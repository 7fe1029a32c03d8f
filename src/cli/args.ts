/**
 * Command line -> what is to be done. The only door of the argument parser: it prints nothing and ends nothing,
 * help and errors come out as text with the exit status that goes with them.
 */

import { isIP } from "node:net";
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option, type OptionValues } from "commander";
import { defaultFilter } from "../capture/live-filter.ts";
import type { Partition } from "../scope.ts";
import { FAIL_ON, type FailOn } from "./exit-status.ts";
import {
  type LiveArguments,
  liveArguments,
  liveContradiction,
  liveOptions,
  wholeNumber,
} from "./live-args.ts";

export const FORMATS = ["table", "json", "ndjson", "markdown", "html"] as const;
export const COLOR_MODES = ["auto", "always", "never"] as const;
export const SCHEMAS = ["report", "ndjson"] as const;
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Format = (typeof FORMATS)[number];
export type ColorMode = (typeof COLOR_MODES)[number];
export type SchemaName = (typeof SCHEMAS)[number];
export type Shell = (typeof SHELLS)[number];

export interface CheckOptions {
  /** As given; empty means standard input, unless that is a terminal. */
  inputs: string[];
  format: Format;
  /** Path of the report; null is standard output. */
  output: string | null;
  /** Path of the evidence capture, if one is wanted. */
  evidence: string | null;
  ports: number[];
  responders: string[];
  aliases: [string, string][];
  failOn: FailOn;
  strict: boolean;
  all: boolean;
  crossCheck: boolean;
  quiet: boolean;
  verbose: boolean;
  progress: boolean;
  color: ColorMode;
  maxPackets: number | null;
  live: LiveArguments;
  /** How far lines of message records may be out of order, seconds. */
  reorderSeconds: number;
  partition: Partition | null;
  /** Path of the state that is taken up and kept, if any. */
  state: string | null;
}

export interface ExtractOptions {
  /** As given; empty means standard input. */
  inputs: string[];
  output: string | null;
  ports: number[];
  /** Name of this sensor; null is the machine's name. */
  sensor: string | null;
  maxPackets: number | null;
  quiet: boolean;
  live: LiveArguments;
}

export type Invocation =
  | { kind: "check"; options: CheckOptions }
  | { kind: "devices" }
  | { kind: "filter"; text: string }
  | { kind: "extract"; options: ExtractOptions }
  | { kind: "schema"; of: SchemaName }
  | { kind: "explain"; term: string | null }
  | { kind: "completion"; shell: Shell }
  | { kind: "manual" }
  /** Help or the version, asked for. */
  | { kind: "text"; text: string }
  /** A usage error: one sentence. */
  | { kind: "usage"; message: string };

const EXAMPLES = `
Examples:
  ike-dupcheck office.pcap                  who is refused, by whom, and who holds the ID
  ike-dupcheck --json captures/ > r.json    every capture of a directory, as one report
  tcpdump -r old.pcap -w - | ike-dupcheck   standard input
  ike-dupcheck -i eth0                      findings as they happen; Ctrl-C gives the report

Exit status:
  0 nothing found   1 a collision was found (--fail-on)   2 wrong usage or unreadable input`;

/** Reads the arguments; never throws for what the user typed. */
export function parseArgs(argv: readonly string[], version: string): Invocation {
  let result: Invocation = { kind: "usage", message: "nothing to do" };
  let text = "";
  const program = makeProgram(version, (invocation) => {
    result = invocation;
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (part) => {
        text += part;
      },
      writeErr: () => {},
    });
  }
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0
      ? { kind: "text", text }
      : { kind: "usage", message: sentence(error.message) };
  }
  return result;
}

/** The help text, for a call with nothing to read. */
export function helpText(version: string): string {
  const program = makeProgram(version, () => {});
  return `${program.helpInformation()}${EXAMPLES}\n`;
}

/** The program with its options: also the table that the completion scripts are made from. */
export function makeProgram(version: string, done: (invocation: Invocation) => void): Command {
  const program = new Command("ike-dupcheck")
    .description(
      "Finds IKEv1 clients that a VPN responder refuses because another client uses the same quick-mode message ID (Microsoft KB 942429).",
    )
    .usage("[options] FILE...")
    .argument(
      "[FILE...]",
      "captures (pcap, pcapng, gzip); a directory means the captures in it; - is standard input",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    // A subcommand is one only as the first word, and takes no option of the main job.
    .enablePositionalOptions()
    .addHelpText("after", EXAMPLES);
  for (const option of checkOptions()) program.addOption(option);
  program.action((inputs: string[]) => done(checkInvocation(inputs, program)));
  const extract = program
    .command("extract")
    .description(
      "write one JSON line per ISAKMP message, from captures or live: message records, which the main job takes like a capture",
    )
    .argument("[FILE...]", "captures, as for the main job; - is standard input")
    .action((inputs: string[]) => done(extractInvocation(inputs, extract.opts())));
  for (const option of extractOptions()) extract.addOption(option);
  const schema = program
    .command("schema")
    .description(
      "print the JSON Schema of the report, or of the lines of ndjson (a file of that name: ./schema)",
    );
  schema.addArgument(
    schema
      .createArgument("[OF]")
      .choices([...SCHEMAS])
      .default("report"),
  );
  schema.action((of: SchemaName) => done({ kind: "schema", of }));
  program
    .command("explain")
    .description("print what a word of the report means; without TERM, list them")
    .argument("[TERM]")
    .action((term?: string) => done({ kind: "explain", term: term ?? null }));
  program
    .command("manual")
    .description("print the manual page: ike-dupcheck manual | man -l -")
    .action(() => done({ kind: "manual" }));
  const completion = program.command("completion").description("print a completion script");
  completion.addArgument(completion.createArgument("<SHELL>").choices([...SHELLS]));
  completion.action((shell: Shell) => done({ kind: "completion", shell }));
  return program;
}

function checkOptions(): Option[] {
  const choice = (flags: string, text: string, choices: readonly string[], preset: string) =>
    new Option(flags, text).choices([...choices]).default(preset);
  const list = <T>(flags: string, text: string, parse: (value: string) => T) =>
    new Option(flags, text).argParser((value: string, before: T[] = []) => [...before, parse(value)]);
  return [
    choice("--format <FORMAT>", "form of the report", FORMATS, "table"),
    new Option("--json", "the same as --format json"),
    new Option("-o, --output <FILE>", "write the report to FILE; refused when FILE is an input"),
    new Option("-w, --write <FILE>", "write the packets of the findings to FILE (pcapng or pcap)"),
    list("-p, --port <PORT>", "another UDP port that carries IKE (repeatable)", port),
    list("--responder <ADDR|CIDR>", "this address or network is the responder (repeatable)", network),
    list("--alias <ADDR=ADDR>", "two addresses of one box (repeatable)", alias),
    new Option("--partition <I/N>", "judge only the responders of share I of N (1/4 to 4/4)").argParser(
      partition,
    ),
    new Option("--state <FILE>", "keep what message records told in FILE, and go on from there"),
    choice("--fail-on <VERDICT>", "least verdict that gives exit status 1", FAIL_ON, "possible"),
    new Option("--strict", "warnings and truncated input give exit status 2"),
    new Option("--all", "tolerated findings and every client in the table, too"),
    new Option("--cross-check", "read each classic pcap again with the pcap-parser package and compare"),
    ...liveOptions(),
    new Option("-c, --count <N>", "stop after N packets").argParser(packetCount),
    new Option("--reorder <SECONDS>", "how far lines of message records may be out of order")
      .argParser(seconds)
      .default(5),
    new Option("-q, --quiet", "only errors on standard error").conflicts("verbose"),
    new Option("-v, --verbose", "facts about each capture on standard error"),
    new Option("--no-progress", "no progress line"),
    choice("--color <WHEN>", "colours in the table", COLOR_MODES, "auto"),
  ];
}

function extractOptions(): Option[] {
  const shared = ["--output", "--port", "--count", "--quiet"];
  const live = ["--interface", "--filter", "--capture-with", "--once", "--autostop"];
  return [
    ...checkOptions().filter(({ long }) => [...shared, ...live].includes(long ?? "")),
    new Option(
      "--sensor <NAME>",
      "name of this sensor in the records (default: the machine's name)",
    ).argParser(sensorName),
  ];
}

function sensorName(value: string): string {
  if (value.length < 1 || value.length > 200) throw new InvalidArgumentError("It is 1 to 200 characters.");
  return value;
}

function extractInvocation(inputs: string[], given: OptionValues): Invocation {
  const contradiction = liveContradiction(inputs, given);
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
    },
  };
}

function checkInvocation(inputs: string[], program: Command): Invocation {
  const given = program.opts();
  if (given.json === true && given.format !== "json" && program.getOptionValueSource("format") === "cli") {
    return { kind: "usage", message: `--json and --format ${given.format} contradict each other` };
  }
  const contradiction = liveContradiction(inputs, given);
  if (contradiction !== null) return { kind: "usage", message: contradiction };
  if (given.listInterfaces === true) return { kind: "devices" };
  if (given.printBpf === true) return { kind: "filter", text: given.filter ?? defaultFilter(given.port) };
  const wrong = evidenceProblem(given.write, given.output) ?? stateProblem(inputs, given);
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
      all: given.all === true,
      crossCheck: given.crossCheck === true,
      quiet: given.quiet === true,
      verbose: given.verbose === true,
      progress: given.progress,
      color: given.color,
      maxPackets: given.count ?? null,
      live: liveArguments(given),
      reorderSeconds: given.reorder,
      partition: given.partition ?? null,
      state: given.state ?? null,
    },
  };
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

function port(value: string): number {
  const number = wholeNumber(value);
  if (!(number >= 1 && number <= 65535))
    throw new InvalidArgumentError("A port is a number from 1 to 65535.");
  return number;
}

function seconds(value: string): number {
  const number = wholeNumber(value);
  if (!(number <= 86_400)) throw new InvalidArgumentError("It is a number of seconds, from 0 to 86400.");
  return number;
}

function partition(value: string): Partition {
  const [index, count] = value.split("/").map(wholeNumber);
  if (!(index >= 1 && count <= 65_536 && index <= count) || value.split("/").length !== 2) {
    throw new InvalidArgumentError("It is a number and how many there are: 1/4 to 4/4.");
  }
  return { index, count };
}

function packetCount(value: string): number {
  const number = wholeNumber(value);
  if (!(number >= 1)) throw new InvalidArgumentError("It is a number of packets, 1 or more.");
  return number;
}

/** IP version of an address, 0 for none; a zone (fe80::1%eth0) means nothing in a capture. */
function ipVersion(value: string): number {
  return value.includes("%") ? 0 : isIP(value);
}

function network(value: string): string {
  const [address, bits, ...rest] = value.split("/");
  const version = ipVersion(address);
  const fits = bits === undefined || wholeNumber(bits) <= (version === 4 ? 32 : 128);
  if (version === 0 || !fits || rest.length > 0) {
    throw new InvalidArgumentError("It is an address (192.0.2.1) or a network (192.0.2.0/24).");
  }
  return value;
}

function alias(value: string): [string, string] {
  const [first, second, ...rest] = value.split("=");
  if (rest.length > 0 || ipVersion(first) === 0 || ipVersion(second ?? "") === 0 || first === second) {
    throw new InvalidArgumentError("It is two addresses: 192.0.2.1=192.0.2.2.");
  }
  return [first, second];
}

/** The parser's message as one line: it begins with "error: " and may have a suggestion below. */
function sentence(message: string): string {
  return message
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}
