/** The manual page (mdoc), made from the option table and the terms so that it cannot fall behind them. */

import type { Command, Option } from "commander";
import { wrap } from "../../printers/text.ts";
import { TERMS } from "../../report/terms/glossary.ts";
import type { TermKind } from "../../report/terms/term.ts";
import { makeProgram } from "./options.ts";

/** Of the last change of the fixed parts below. */
const DATE = "November 29, 2026";
const WIDTH = 78;

/** The page as text, for `man -l` or a directory that man looks into. */
export function manualPage(): string {
  const program = makeProgram("", () => {});
  const help = program.createOption("-h, --help", "print this help");
  return [
    `.Dd ${DATE}`,
    ".Dt IKE-DUPCHECK 1",
    ".Os",
    ".Sh NAME",
    ".Nm ike-dupcheck",
    ".Nd find IKEv1 message-ID collisions between VPN clients in packet captures",
    ".Sh SYNOPSIS",
    ".Nm",
    ".Op Ar options",
    ".Ar",
    ...program.commands.flatMap(synopsis),
    ".Sh DESCRIPTION",
    ...lines(program.description()),
    ".Pp",
    ...lines(`Each argument is one of the ${program.registeredArguments[0].description}`),
    "Without an argument standard input is read, unless it is a terminal.",
    "Several captures are merged by time.",
    ...lines(
      "Links in a directory are followed to files and not to directories, and what is there twice is read once.",
    ),
    "The report goes to standard output, everything else to standard error.",
    ".Pp",
    "The options are:",
    ".Bl -tag -width Ds",
    ...[...program.options, help].flatMap(optionItem),
    ".El",
    ".Pp",
    "A first word that is one of these does something else:",
    ".Bl -tag -width Ds",
    ...program.commands.flatMap((command) => [
      `.It ${[`Cm ${command.name()}`, ...argumentsOf(command)].join(" ")}`,
      ...lines(command.description()),
      ...ownOptions(command, program),
    ]),
    ".El",
    ".Ss Verdicts",
    ...termList("verdict"),
    ".Ss Outcomes of a quick mode",
    ...termList("outcome"),
    ".Ss Caveats",
    ...termList("caveat"),
    ".Ss Notes",
    ...termList("note"),
    ".Ss Warnings",
    ...termList("warning"),
    ".Ss A capture that goes on",
    "With",
    ".Fl i ,",
    "a pipe or",
    ".Fl Fl state",
    "findings are told as they happen, and again when they change.",
    "On a terminal one screen is drawn over itself:",
    "who is kept out and who is connected at each gateway, and the last events.",
    ".Fl Fl no-progress",
    "gives blocks of text instead, and",
    ".Fl Fl format Cm ndjson",
    "a JSON object a line.",
    "SIGINT or SIGTERM ends the input, and the report follows; a second one ends the program.",
    ".Sh ENVIRONMENT",
    ".Bl -tag -width Ds",
    ".It Ev NO_COLOR , FORCE_COLOR",
    "Colours off, colours on;",
    ".Fl Fl color",
    "goes before both.",
    ".It Ev TZ",
    "The zone of local times, where",
    ".Fl Fl time-zone",
    "does not name another.",
    ".It Ev TERM",
    "With the value dumb nothing is drawn over itself.",
    ".It Ev IKE_DUPCHECK_DEBUG",
    "With the value 1, an internal error shows where it happened.",
    ".El",
    ".Sh EXIT STATUS",
    ".Bl -tag -width Ds",
    ".It 0",
    "Nothing was found; tolerated findings count as nothing.",
    ".It 1",
    "A finding of the verdict that",
    ".Fl Fl fail-on",
    "names, or of a heavier one.",
    ".It 2",
    "Wrong usage, unreadable or corrupt input, or a signal that ended the reading of a file;",
    "what could be read is still reported.",
    "With",
    ".Fl Fl strict",
    "any warning, too.",
    ".El",
    ".Pp",
    "Of",
    ".Cm compare :",
    "0 nothing is new or still there, 1 something is, 2 something is not testable and nothing",
    "else is wrong, or a report cannot be read.",
    ".Sh EXAMPLES",
    "Who is refused, by whom, and who holds the ID:",
    ".Pp",
    ".Dl ike-dupcheck office.pcap",
    ".Pp",
    "One report on all captures of a directory, for other programs,",
    "and the packets that its findings rest on:",
    ".Pp",
    ".Dl ike-dupcheck --json -o report.json -w evidence.pcapng captures/",
    ".Pp",
    "Findings as they happen, and lines of JSON for other programs:",
    ".Pp",
    ".Dl ike-dupcheck -i eth0",
    ".Dl ike-dupcheck -i eth0 --format ndjson -o /var/log/ike-dupcheck.ndjson",
    ".Pp",
    "A report and its packets for others, without addresses and names:",
    ".Pp",
    ".Dl ike-dupcheck --anonymize --format html -o public.html -w public.pcapng office.pcap",
    ".Pp",
    "Whether a change has helped:",
    ".Pp",
    ".Dl ike-dupcheck compare before.json after.json",
    ".Pp",
    "What a word of the report means:",
    ".Pp",
    ".Dl ike-dupcheck explain holder-silent",
    ".Sh SEE ALSO",
    ".Xr tshark 1 ,",
    ".Xr tcpdump 8",
    ".Pp",
    '.Lk https://support.microsoft.com/en-us/kb/942429 "Microsoft KB 942429"',
    ".Sh CAVEATS",
    "Nothing found is only as good as the capture:",
    "one that shows one direction, begins late or holds no IKE says so",
    "in a warning, and under",
    ".Ql coverage",
    "of the JSON report.",
    "Which software a responder runs does not show in a capture.",
    "",
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

function synopsis(command: Command): string[] {
  return [".Nm", [".Cm", command.name(), ...argumentsOf(command)].join(" ")];
}

/** The arguments of a subcommand as macros: optional ones in brackets. */
function argumentsOf({ registeredArguments }: Command): string[] {
  return registeredArguments.map((argument) =>
    argument.required
      ? `Ar ${argument.name()}`
      : `Op Ar ${argument.name()}${argument.variadic ? " ..." : ""}`,
  );
}

/** Options that only the subcommand has; those of the main job stand above. */
function ownOptions(command: Command, program: Command): string[] {
  const shared = new Set(program.options.map(({ long }) => long));
  const own = command.options.filter(({ long }) => !shared.has(long) || command.name() === "compare");
  if (own.length === 0) return [];
  return [".Bl -tag -width Ds", ...own.flatMap(optionItem), ".El"];
}

function optionItem({ short, long, flags, description, argChoices, defaultValue }: Option): string[] {
  const value = /<(.+)>/.exec(flags)?.[1];
  const names = [short, long]
    .filter((flag) => typeof flag === "string")
    .map((flag) => `Fl ${flag.slice(1).replace(/^-/, "Fl ")}`);
  const sentences = lines(description);
  if (argChoices !== undefined) sentences.push(...lines(`One of ${argChoices.join(", ")}`));
  if (typeof defaultValue === "string") sentences.push(...lines(`The default is ${defaultValue}`));
  return [`.It ${names.join(" , ")}${value === undefined ? "" : ` Ar ${value}`}`, ...sentences];
}

function termList(kind: TermKind): string[] {
  const items = TERMS.filter((term) => term.kind === kind).flatMap(({ name, brief }) => [
    `.It Sy ${name}`,
    ...lines(brief),
  ]);
  return [".Bl -tag -width Ds", ...items, ".El"];
}

/** A sentence as roff takes it: with a capital and a full stop, in short lines, nothing in it a request or an escape. */
function lines(sentence: string): string[] {
  const words = `${sentence[0].toUpperCase()}${sentence.slice(1).replace(/\.$/, "")}.`;
  return wrap(words, WIDTH).map((line) => line.replaceAll("\\", "\\e").replace(/^(?=[.'])/, "\\&"));
}
