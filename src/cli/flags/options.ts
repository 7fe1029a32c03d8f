import { Command, Option } from "commander";
import { FAIL_ON } from "../exit-status.ts";
import { COLOR_MODES } from "../terminal.ts";
import { FORMATS, type Invocation, SCHEMAS, type SchemaName, SHELLS, type Shell } from "./asked.ts";
import { checkInvocation, compareInvocation, extractInvocation } from "./invocation.ts";
import { type Listed, listed, meantBy, preset } from "./listed.ts";
import { liveOptions } from "./live.ts";
import {
  alias,
  network,
  packetCount,
  partition,
  port,
  saCount,
  seconds,
  sensorName,
  timeZone,
} from "./values.ts";

export * from "./asked.ts";

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

/**
 * The program with its options: also the table that the completion scripts are made from.
 * @param words if given, it has the options alone that these may mean, and no subcommands
 */
export function makeProgram(
  version: string,
  done: (invocation: Invocation) => void,
  words: readonly string[] | null = null,
): Command {
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
  const options = words === null ? checkOptions() : meantBy(words, checkOptions());
  for (const option of options) program.addOption(option.make());
  program.action((inputs: string[]) => done(checkInvocation(inputs, program)));
  if (words === null) addSubcommands(program, done);
  return program;
}

function addSubcommands(program: Command, done: (invocation: Invocation) => void): void {
  const extract = program
    .command("extract")
    .description(
      "write one JSON line per ISAKMP message, from captures or live: message records, which the main job takes like a capture",
    )
    .argument("[FILE...]", "captures, as for the main job; - is standard input")
    .action((inputs: string[]) => done(extractInvocation(inputs, extract)));
  for (const option of extractOptions()) extract.addOption(option.make());
  const schema = program
    .command("schema")
    .description(
      "print the JSON Schema of the report, or of the lines of ndjson (OF: report, ndjson; a file of that name: ./schema)",
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
    .argument("[TERM...]")
    .action((words: string[]) =>
      done({ kind: "explain", term: words.length === 0 ? null : words.join(" ") }),
    );
  const compare = program
    .command("compare")
    .description(
      "compare two JSON reports: what is fixed, still there, new, or not testable, for each gateway",
    )
    .argument("<BEFORE>", "report of before the change (--json); - is standard input")
    .argument("<AFTER>", "report of after it")
    .action((before: string, after: string) => done(compareInvocation(before, after, compare)));
  compare.addOption(new Option("--json", "print JSON"));
  program
    .command("page")
    .description("print the page that analyses captures in a browser: ike-dupcheck page > ike-dupcheck.html")
    .action(() => done({ kind: "page" }));
  program
    .command("manual")
    .description("print the manual page: ike-dupcheck manual | man -l -")
    .action(() => done({ kind: "manual" }));
  const completion = program
    .command("completion")
    .description("print a completion script for bash, zsh or fish");
  completion.addArgument(completion.createArgument("<SHELL>").choices([...SHELLS]));
  completion.action((shell: Shell) => done({ kind: "completion", shell }));
}

function checkOptions(): Listed[] {
  const choice = (flags: string, text: string, choices: readonly string[], value: string) =>
    preset(flags, text, (option) => option.choices([...choices]).default(value));
  const list = <T>(flags: string, text: string, parse: (value: string) => T) =>
    listed(flags, text, (option) =>
      option.argParser((value: string, before: T[] = []) => [...before, parse(value)]),
    );
  return [
    choice("--format <FORMAT>", "form of the report", FORMATS, "table"),
    listed("--json", "the same as --format json"),
    listed("-o, --output <FILE>", "write the report to FILE; refused when FILE is an input"),
    listed("-w, --write <FILE>", "write the packets of the findings to FILE (pcapng or pcap)"),
    list("-p, --port <PORT>", "another UDP port that carries IKE (repeatable)", port),
    list("--responder <ADDR|CIDR>", "this address or network is the responder (repeatable)", network),
    list("--alias <ADDR=ADDR>", "two addresses of one gateway (repeatable)", alias),
    listed("--partition <I/N>", "judge only the responders of share I of N (1/4 to 4/4)", (option) =>
      option.argParser(partition),
    ),
    listed("--state <FILE>", "keep what message records told in FILE, and go on from there"),
    list("--syslog <FILE>", "the gateway's own log, as an ASA writes it (repeatable)", String),
    list("--keys <FILE>", "keys that open encrypted IKE, as for Wireshark (repeatable)", String),
    list("--events <FILE>", "events of a Windows client, from wevtutil /f:xml (repeatable)", String),
    listed("--anonymize", "replace addresses and names in the report and in what -w writes"),
    listed("--anonymize-key <FILE>", "the same, with a key that is kept in FILE (made if there is none)"),
    listed("--names <FILE>", "names to show beside addresses, in the format of /etc/hosts"),
    choice("--fail-on <VERDICT>", "least verdict that gives exit status 1", FAIL_ON, "possible"),
    listed("--strict", "warnings and truncated input give exit status 2"),
    listed("--each", "a report of each capture by itself; status is the worst"),
    listed("--recursive", "directories in directories as well"),
    listed("--all", "tolerated findings, every finding in full and every client, too"),
    preset(
      "--time-zone <ZONE>",
      "zone of the times for people: local, utc, or a name like Europe/Paris",
      (option) => option.argParser(timeZone).default("local"),
    ),
    listed("--cross-check", "read each classic pcap again with the pcap-parser package and compare"),
    ...liveOptions(),
    listed("-c, --count <N>", "stop after N packets", (option) => option.argParser(packetCount)),
    listed(
      "--max-sas <N>",
      "IKE SAs held in memory at most (default: 60000; 200000 of what goes on)",
      (option) => option.argParser(saCount),
    ),
    preset("--reorder <SECONDS>", "how far lines of message records may be out of order", (option) =>
      option.argParser(seconds).default(5),
    ),
    listed("-q, --quiet", "only errors on standard error", (option) => option.conflicts("verbose")),
    listed("-v, --verbose", "facts about each capture on standard error"),
    preset("--no-progress", "no progress line"),
    choice("--color <WHEN>", "colours in the table", COLOR_MODES, "auto"),
  ];
}

/** What `extract` takes as the main job does. */
const SHARED = [
  ...["--port", "--count", "--quiet"],
  ...["--interface", "--filter", "--capture-with", "--once", "--autostop"],
];

function extractOptions(): Listed[] {
  return [
    listed("-o, --output <FILE>", "write the records to FILE; refused when FILE is an input"),
    ...checkOptions().filter(({ flags }) => flags.split(/[ ,]+/).some((flag) => SHARED.includes(flag))),
    listed("--sensor <NAME>", "name of this sensor in the records (default: the machine's name)", (option) =>
      option.argParser(sensorName),
    ),
  ];
}
