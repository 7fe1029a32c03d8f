/** What a run of the main job says and writes: facts, the report in the form that was asked for, the evidence. */

import type { LiveAnalysis } from "../analysis/analysis.ts";
import type { Analysis } from "../index.ts";
import { withoutPackets } from "../node/evidence.ts";
import { label } from "../node/read-text.ts";
import { reportToJson } from "../printers/json.ts";
import { reportToJsonChunks } from "../printers/json-chunks.ts";
import { reportLine, toLine } from "../printers/ndjson.ts";
import { painter } from "../printers/text.ts";
import { clockOf } from "../report/clock.ts";
import { type HostNames, timelinesWithHostNames, withHostNames } from "../report/host-names.ts";
import type { Line } from "../report/lines.ts";
import type { Source } from "../report/model.ts";
import { ENDS } from "../report/phrases.ts";
import type { Environment } from "./environment.ts";
import type { CheckOptions } from "./flags/options.ts";
import type { Job, LineOutput, Reading } from "./job.ts";
import { INFORMATIONAL, prefixOf, priorityOf } from "./journal.ts";
import { failureSentence } from "./line-sink.ts";
import { writeTo } from "./output.ts";
import { type Messages, tableWidth, wantsColor } from "./terminal.ts";
import { BlockView } from "./views/block-view.ts";
import { ScreenView } from "./views/screen-view.ts";
import type { View } from "./views/view.ts";

/** What the report does not say. */
export function tell({ report, failures, duplicates }: Analysis, { messages }: Pick<Job, "messages">): void {
  for (const { message } of failures) messages.errorOnce(message);
  noteSome(duplicates.map(readOnce), messages);
  for (const source of report.capture.sources) messages.fact(factsOf(source));
}

/** Of a file that was named before. */
export function readOnce(name: string): string {
  return `${label(name)} is named more than once and read once`;
}

/** Sentences of one kind that a directory may give thousands of. */
const MAX_OF_A_KIND = 20;

/** The first of them, and how many more there are. */
export function noteSome(sentences: readonly string[], messages: Messages): void {
  for (const sentence of sentences.slice(0, MAX_OF_A_KIND)) messages.note(sentence);
  const more = sentences.length - MAX_OF_A_KIND;
  if (more > 0) messages.note(`... and ${more} more like these`);
}

/** One sentence about what was read. */
function factsOf({
  name,
  format,
  linkTypes,
  packets,
  bytes,
  firstPacketAt,
  lastPacketAt,
  end,
}: Source): string {
  const times = firstPacketAt === null ? "no packet" : `${firstPacketAt} to ${lastPacketAt}`;
  return `${name}: ${format}, link types ${linkTypes.join(", ") || "none"}, ${packets} packets, ${bytes} bytes, ${times}, ${ENDS[end]}`;
}

/** The report in the form that was asked for. */
export async function render(
  { report: bare, timelines }: Pick<Analysis, "report" | "timelines">,
  { options, env, names }: { options: CheckOptions; env: Environment; names: HostNames },
): Promise<Iterable<string>> {
  if (options.format === "json") {
    return reportToJson(bare);
  }
  if (options.format === "ndjson") {
    const { reportToNdjson } = await import("../printers/ndjson.ts");
    return reportToNdjson(bare);
  }
  const report = withHostNames(bare, names);
  if (options.format === "html") {
    const { reportToHtml } = await import("../printers/html.ts");
    return reportToHtml(report, timelinesWithHostNames(timelines(), names), {
      clock: clockOf(options.timeZone),
    });
  }
  if (options.format === "markdown") {
    const { reportToMarkdown } = await import("../printers/markdown.ts");
    return reportToMarkdown(report, { all: options.all, clock: clockOf(options.timeZone) });
  }
  const { reportToTable } = await import("../printers/table.ts");
  const terminal = options.output === null && env.stdout.isTTY === true;
  const color = wantsColor(options.color, env.variables, terminal);
  return [
    reportToTable(report, {
      color,
      width: tableWidth(terminal, terminal ? env.stdout.columns : undefined),
      rows: terminal ? (env.stdout.rows ?? null) : null,
      all: options.all,
      verbose: options.verbose,
      clock: clockOf(options.timeZone),
    }),
  ];
}

/** Says lines as they come: to the sink of ndjson, or to the view; warnings to standard error. */
export function show(
  lines: readonly Line[],
  analysis: LiveAnalysis,
  { output, view, messages }: { output: LineOutput | null; view: View | null; messages: Messages },
): void {
  if (output !== null) {
    for (const line of lines) output.sink.line(prefix(output, priorityOf(line)) + toLine(line));
  } else view?.lines(lines, analysis);
  for (const line of lines) if (line.type === "warning") messages.note(line.message);
}

function prefix({ journal }: LineOutput, priority: number): string {
  return journal ? prefixOf(priority) : "";
}

function* withPrefix(text: string, pieces: Iterable<string>): Generator<string> {
  yield text;
  yield* pieces;
}

/** null when nothing is to be seen but messages. */
export function viewOf({ options, names, env: { stderr, stdout, variables, now } }: Job): View | null {
  if (options.quiet) return null;
  const terminal = stderr.isTTY === true;
  const shared = {
    write: (text: string) => void stderr.write(text),
    paint: painter(wantsColor(options.color, variables, terminal)),
    clock: clockOf(options.timeZone),
    names,
    all: options.all,
    now,
  };
  // Lines on the same terminal would run into a screen that is drawn over itself.
  const linesOnTerminal = options.format === "ndjson" && stdout.isTTY === true;
  if (terminal && options.progress && !linesOnTerminal && variables.TERM !== "dumb") {
    const size = () => ({ columns: stderr.columns ?? COLUMNS, rows: stderr.rows ?? ROWS });
    return new ScreenView({ ...shared, size });
  }
  return new BlockView({
    ...shared,
    width: Math.min(120, Math.max(80, tableWidth(terminal, stderr.columns))),
  });
}

/** Of a terminal that does not tell its size. */
const COLUMNS = 80;
const ROWS = 24;

/** The report as it is written: what there is much of may be bytes. */
async function chunksOf(reading: Reading, job: Job): Promise<Iterable<string | Uint8Array>> {
  if (job.options.format !== "json") return render(reading, job);
  return reportToJsonChunks(reading.report);
}

/** Writes the report; false when it could not be written. Where nothing could be read there is none. */
export async function deliver(reading: Reading, job: Job): Promise<boolean> {
  const { report, failures } = reading;
  const { options, messages, output } = job;
  if (failures.length > 0 && report.capture.sources.length === 0) return true;
  if (output.sink === null) {
    return writeTo(output.target, await chunksOf(reading, job), options.output, messages);
  }
  await output.sink.whole(withPrefix(prefix(output, INFORMATIONAL), reportLine(report)));
  const sentence = failureSentence(output.sink, options.output);
  if (sentence !== null) messages.error(sentence);
  return sentence === null;
}

/** Writes the evidence of the findings, where it is wanted; false when it could not be written. */
export async function writeEvidence({ report, evidence }: Reading, job: Job): Promise<boolean> {
  const { options, env, messages, evidence: target, anonymizer } = job;
  const path = options.evidence;
  if (path === null || target === null) return true;
  if (evidence === null) {
    messages.note(`nothing was found, so no evidence is written to ${path}`);
    return true;
  }
  const nothing = withoutPackets(report.capture.sources, "no evidence can be written");
  if (nothing !== null) {
    messages.error(`cannot write ${path}: ${nothing}`);
    return false;
  }
  const chunks = await env.evidence({ ...evidence, ports: options.ports, path, anonymizer });
  return writeTo(target, chunks, path, messages);
}
