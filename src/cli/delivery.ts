import type { LiveAnalysis } from "../analysis/analysis.ts";
import type { SourceSummary } from "../capture/source.ts";
import type { EvidencePlan } from "../evidence/plan.ts";
import type { Analysis } from "../index.ts";
import { withoutPackets } from "../node/evidence.ts";
import type { EvidenceRing } from "../node/evidence-ring.ts";
import { reportLine, toLine } from "../printers/ndjson.ts";
import { painter } from "../printers/text.ts";
import { clockOf } from "../report/clock.ts";
import type { Line } from "../report/lines.ts";
import type { Source } from "../report/model.ts";
import type { Job } from "./commands/check.ts";
import type { Surroundings } from "./environment.ts";
import type { CheckOptions } from "./flags/options.ts";
import { failureSentence, LineSink } from "./line-sink.ts";
import { LiveView } from "./live-view.ts";
import { openTarget, streamTarget, type Target, writeTo } from "./output.ts";
import { type Messages, tableWidth, wantsColor } from "./terminal.ts";

/** As for the report: what cannot be written should be known before the reading. */
export async function openEvidence(path: string, inputs: readonly string[], report: Target): Promise<Target> {
  try {
    return await openTarget(path, inputs);
  } catch (error) {
    await report.abandon();
    throw error;
  }
}
/** What the report does not say. */
export function tell({ report, failures, duplicates }: Analysis, { messages }: Job): void {
  for (const { message } of failures) messages.error(message);
  for (const name of duplicates) messages.note(`${name} is named more than once and read once`);
  for (const source of report.capture.sources) messages.fact(factsOf(source));
}
/** One sentence about what was read. */

export function factsOf({
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
  return `${name}: ${format}, link types ${linkTypes.join(", ") || "none"}, ${packets} packets, ${bytes} bytes, ${times}, end ${end}`;
}
/** The report in the form that was asked for. */

export async function render(
  { report, timelines }: Pick<Analysis, "report" | "timelines">,
  options: CheckOptions,
  around: Surroundings,
): Promise<Iterable<string>> {
  if (options.format === "json") {
    const { reportToJson } = await import("../printers/json.ts");
    return reportToJson(report);
  }
  if (options.format === "ndjson") {
    const { reportToNdjson } = await import("../printers/ndjson.ts");
    return reportToNdjson(report);
  }
  if (options.format === "html") {
    const { reportToHtml } = await import("../printers/html.ts");
    return reportToHtml(report, timelines(), { clock: clockOf(options.timeZone) });
  }
  if (options.format === "markdown") {
    const { reportToMarkdown } = await import("../printers/markdown.ts");
    return reportToMarkdown(report, { all: options.all, clock: clockOf(options.timeZone) });
  }
  const { reportToTable } = await import("../printers/table.ts");
  const terminal = options.output === null && around.stdout.isTTY === true;
  const color = wantsColor(options.color, around.env, terminal);
  return [
    reportToTable(report, {
      color,
      width: tableWidth(terminal, around.stdout.columns),
      rows: terminal ? (around.stdout.rows ?? null) : null,
      all: options.all,
      verbose: options.verbose,
      clock: clockOf(options.timeZone),
    }),
  ];
}
/** Lines of ndjson go to `sink` as they come; any other report to `target` at the end. */
export type Output = { sink: LineSink; target: null } | { sink: null; target: Target };
export async function outputOf(
  input: string,
  options: CheckOptions,
  around: Surroundings,
  stop: AbortController,
): Promise<Output> {
  const { output, format } = options;
  if (format === "ndjson") {
    const fail = () => stop.abort();
    const sink = output === null ? new LineSink(around.stdout, fail) : await LineSink.append(output, fail);
    return { sink, target: null };
  }
  const inputs = options.live.interfaces.length > 0 ? [] : [input];
  return {
    sink: null,
    target: output === null ? streamTarget(around.stdout) : await openTarget(output, inputs),
  };
}
export function show(
  lines: readonly Line[],
  analysis: LiveAnalysis,
  sink: LineSink | null,
  view: LiveView | null,
  messages: Messages,
): void {
  if (sink !== null) for (const line of lines) sink.line(toLine(line));
  else view?.lines(lines, analysis);
  for (const line of lines) if (line.type === "warning") messages.note(line.message);
}
/** null when nothing is to be seen but messages. */
export function viewOf(options: CheckOptions, { stderr, stdout, env, now }: Surroundings): LiveView | null {
  if (options.quiet) return null;
  const terminal = stderr.isTTY === true;
  // Lines on the same terminal would run into a line that is drawn over itself.
  const status = terminal && options.progress && !(options.format === "ndjson" && stdout.isTTY === true);
  return new LiveView({
    write: (text) => stderr.write(text),
    paint: painter(wantsColor(options.color, env, terminal)),
    width: Math.min(120, Math.max(80, tableWidth(terminal, stderr.columns))),
    columns: status ? (stderr.columns ?? 80) : null,
    clock: clockOf(options.timeZone),
    all: options.all,
    now,
  });
}
/** Writes the evidence of the findings, where it is wanted; false when it could not be written. */
export async function writeEvidence(
  plan: EvidencePlan | null,
  ring: EvidenceRing | null,
  sources: readonly SourceSummary[],
  { evidence: path, ports }: CheckOptions,
  target: Target | null,
  around: Surroundings,
  messages: Messages,
): Promise<boolean> {
  if (ring === null || target === null || path === null) return true;
  const names = ring.finish();
  if (plan === null) {
    messages.note(`nothing was found, so there is no evidence to write to ${path}`);
    return true;
  }
  const nothing = withoutPackets(sources, "there is no evidence to write");
  if (nothing !== null) {
    messages.error(`cannot write ${path}: ${nothing}`);
    return false;
  }
  if (ring.overwritten > 0) {
    messages.note("the evidence begins late: so much was captured that its oldest packets were let go");
  }
  const request = { plan, names, packets: Number.POSITIVE_INFINITY, ports, path };
  return writeTo(target, await around.evidence(request), path, messages);
}
/** Writes the report; false when it could not be written. */
export async function deliver(
  watched: Pick<Analysis, "report" | "timelines">,
  options: CheckOptions,
  { sink, target }: Output,
  around: Surroundings,
  messages: Messages,
): Promise<boolean> {
  if (sink === null) return writeTo(target, await render(watched, options, around), options.output, messages);
  await sink.whole(reportLine(watched.report));
  const sentence = failureSentence(sink, options.output);
  if (sentence !== null) messages.error(sentence);
  return sentence === null;
}
