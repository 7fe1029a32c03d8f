import { Command, Option } from "commander";
import type { Partition } from "../../analysis/partition.ts";
import { FAIL_ON, type FailOn } from "../exit-status.ts";
import { COLOR_MODES, type ColorMode } from "../terminal.ts";
import { type LiveArguments, liveOptions } from "./live.ts";
import { checkInvocation, extractInvocation } from "./parse.ts";
import { alias, network, packetCount, partition, port, seconds, sensorName, timeZone } from "./values.ts";

export const FORMATS = ["table", "json", "ndjson", "markdown", "html"] as const;
export const SCHEMAS = ["report", "ndjson"] as const;
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Format = (typeof FORMATS)[number];
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
  /** Each capture by itself, instead of all of them as one. */
  each: boolean;
  /** Directories in directories as well. */
  recursive: boolean;
  all: boolean;
  /** "local", "utc", or an IANA name. */
  timeZone: string;
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
  /** Files of keys, logs of the gateway, and events of Windows clients. */
  keys: string[];
  syslog: string[];
  events: string[];
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
export const EXAMPLES = `
Examples:
  ike-dupcheck office.pcap                  who is refused, by whom, and who holds the ID
  ike-dupcheck --json captures/ > r.json    every capture of a directory, as one report
  tcpdump -r old.pcap -w - | ike-dupcheck   standard input
  ike-dupcheck -i eth0                      findings as they happen; Ctrl-C gives the report

Exit status:
  0 nothing found   1 a collision was found (--fail-on)   2 wrong usage or unreadable input`;
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
      "captures, plain or compressed; a directory or archive means the captures in it; - is standard input",
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
    list("--syslog <FILE>", "the gateway's own log, as an ASA writes it (repeatable)", String),
    list("--keys <FILE>", "keys that open encrypted IKE, as for Wireshark (repeatable)", String),
    list("--events <FILE>", "events of a Windows client, from wevtutil /f:xml (repeatable)", String),
    choice("--fail-on <VERDICT>", "least verdict that gives exit status 1", FAIL_ON, "possible"),
    new Option("--strict", "warnings and truncated input give exit status 2"),
    new Option("--each", "a report of each capture by itself; status is the worst"),
    new Option("--recursive", "directories in directories as well"),
    new Option("--all", "tolerated findings, every finding in full and every client, too"),
    new Option("--time-zone <ZONE>", "zone of the times for people: local, utc, or a name like Europe/Paris")
      .argParser(timeZone)
      .default("local"),
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
