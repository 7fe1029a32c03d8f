/** The main job on live interfaces and on pipes: findings as they happen, the report at the end. */

import type { Analysis } from "../analyze.ts";
import type { SourceSummary } from "../capture/batch.ts";
import { MergedCapture } from "../capture/merge.ts";
import { openCapture } from "../capture/open.ts";
import { EvidenceRing } from "../evidence/ring.ts";
import type { EvidencePlan } from "../findings/evidence.ts";
import type { LiveAnalysis } from "../live-analysis.ts";
import { withoutPackets } from "../logs/format.ts";
import type { Line } from "../report/lines.ts";
import { reportLine, toLine } from "../report/ndjson.ts";
import { painter } from "../report/text.ts";
import type { LiveInputs } from "../rounds.ts";
import { type Watched, type WatchOptions, watch } from "../watch.ts";
import { portSet } from "../wire/locate.ts";
import type { CheckOptions } from "./args.ts";
import { factsOf, render } from "./check.ts";
import { exitStatus, SIGNAL_STATUS } from "./exit-status.ts";
import { failureSentence, LineSink } from "./line-sink.ts";
import { openLive, tellRefusal } from "./live-open.ts";
import { LiveView } from "./live-view.ts";
import { openTarget, streamTarget, type Target, writeTo } from "./output.ts";
import type { StopSignal, Surroundings } from "./surroundings.ts";
import { type Messages, tableWidth, wantsColor } from "./terminal.ts";

/** IKE SAs kept unless --max-sas says otherwise. */
const MAX_SAS = 200_000;

/** Lines of ndjson go to `sink` as they come; any other report to `target` at the end. */
type Output = { sink: LineSink; target: null } | { sink: null; target: Target };

export async function checkLive(
  input: string,
  options: CheckOptions,
  around: Surroundings,
  messages: Messages,
): Promise<number> {
  const stop = new AbortController();
  const output = await outputOf(input, options, around, stop);
  const evidence = options.evidence === null ? null : await openTarget(options.evidence, []);
  const sources: { current: LiveInputs | null } = { current: null };
  const ring =
    evidence === null
      ? null
      : new EvidenceRing(portSet(options.ports), () => sources.current?.summaries ?? []);
  const release = [
    around.onSignal((signal) => stopOrExit(signal, stop, output, around, messages)),
    around.onHangup(() => {
      if (output.sink !== null && options.output !== null) output.sink.reopen();
      else stop.abort();
    }),
  ];
  try {
    const watched = await read(input, options, output, stop, around, messages, ring, sources);
    const { report, failures } = watched;
    for (const { message } of failures) messages.error(message);
    for (const source of report.capture.sources) messages.fact(factsOf(source));
    const delivered =
      (failures.length > 0 && report.capture.sources.length === 0) ||
      (await deliver(watched, options, output, around, messages));
    const written =
      (await writeEvidence(
        watched.plan,
        ring,
        sources.current?.summaries ?? [],
        options,
        evidence,
        around,
        messages,
      )) && delivered;
    const failed = failures.length > 0 || !written || !watched.kept;
    return exitStatus({ report, failed }, options.failOn, options.strict);
  } catch (error) {
    if (!tellRefusal(error, messages)) throw error;
    return 2;
  } finally {
    for (const each of release) each();
    ring?.remove();
    await evidence?.abandon();
    await output.target?.abandon();
  }
}

async function outputOf(
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

/** The first signal ends the input, so that what was captured is still reported; the second ends the program. */
function stopOrExit(
  signal: StopSignal,
  stop: AbortController,
  { target }: Output,
  around: Surroundings,
  messages: Messages,
): void {
  if (stop.signal.aborted) {
    void target?.abandon();
    around.exit(SIGNAL_STATUS[signal]);
    return;
  }
  stop.abort();
  messages.note(`${signal}: reporting what was read so far; a second one ends the program`);
}

async function read(
  input: string,
  options: CheckOptions,
  { sink }: Output,
  stop: AbortController,
  around: Surroundings,
  messages: Messages,
  ring: EvidenceRing | null,
  sources: { current: LiveInputs | null },
): Promise<Watched & Pick<Analysis, "failures"> & { kept: boolean }> {
  const { live } = options;
  const capture = live.interfaces.length > 0 ? await openLive(live, options.ports, messages) : null;
  const open = (name: string, chunk?: number) => openCapture(name, chunk, options.reorderSeconds * 1e6);
  const stateful =
    options.state === null
      ? null
      : await (await import("./state-open.ts")).openState(
          options.state,
          input,
          options,
          sink,
          stop,
          messages,
        );
  const merged = capture === null && stateful === null ? new MergedCapture([input], open) : null;
  const inputs: LiveInputs = capture ?? stateful?.stream ?? merged!;
  sources.current = inputs;
  const view = viewOf(options, around);
  messages.progress = view;
  const watchOptions: WatchOptions = {
    ports: options.ports,
    responders: options.responders,
    aliases: options.aliases,
    maxSas: live.maxSas ?? MAX_SAS,
    statsEvery: sink === null ? 0 : live.statsEvery,
    signal: stop.signal,
    linesDropped: () => sink?.dropped ?? 0,
    onLines: (lines, analysis) => {
      stateful?.keeper.hold(lines);
      show(lines, analysis, stateful === null ? sink : null, view, messages);
    },
    onTick: (analysis) => {
      view?.status(analysis, inputs.status);
      stateful?.keeper.tick(performance.now());
    },
  };
  if (stateful !== null) watchOptions.keeper = stateful.keeper;
  if (options.partition !== null) watchOptions.partition = options.partition;
  if (ring !== null) watchOptions.onSlice = (slice) => ring.take(slice);
  if (options.maxPackets !== null) watchOptions.maxPackets = options.maxPackets;
  if (live.seconds !== null) watchOptions.seconds = live.seconds;
  try {
    const watched = await watch(inputs, watchOptions);
    return { ...watched, failures: merged?.failures ?? [], kept: stateful?.failed() !== true };
  } finally {
    view?.erase();
    messages.progress = null;
    await merged?.close();
    await stateful?.stream.close();
  }
}

function show(
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
function viewOf(options: CheckOptions, { stderr, stdout, env, now }: Surroundings): LiveView | null {
  if (options.quiet) return null;
  const terminal = stderr.isTTY === true;
  // Lines on the same terminal would run into a line that is drawn over itself.
  const status = terminal && options.progress && !(options.format === "ndjson" && stdout.isTTY === true);
  return new LiveView({
    write: (text) => stderr.write(text),
    paint: painter(wantsColor(options.color, env, terminal)),
    width: Math.min(120, Math.max(80, tableWidth(terminal, stderr.columns))),
    columns: status ? (stderr.columns ?? 80) : null,
    all: options.all,
    now,
  });
}

/** Writes the evidence of the findings, where it is wanted; false when it could not be written. */
async function writeEvidence(
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
async function deliver(
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
