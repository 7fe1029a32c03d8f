/** The main job: captures in, report out, exit status back. */

import type { Analysis, AnalyzeOptions } from "../../index.ts";
import type { Report } from "../../report/model.ts";
import { openEvidence, render, tell } from "../delivery.ts";
import type { Surroundings } from "../environment.ts";
import { exitStatus } from "../exit-status.ts";
import { type CheckOptions, helpText } from "../flags/options.ts";
import { OutputError, openTarget, streamTarget, type Target, writeTo } from "../output.ts";
import { ProgressLine } from "../progress.ts";
import { stopOrExit } from "../signals.ts";
import type { Messages } from "../terminal.ts";

export interface Job {
  inputs: readonly string[];
  options: CheckOptions;
  around: Surroundings;
  messages: Messages;
  target: Target;
  /** Where the evidence goes, if it is wanted. */
  evidence: Target | null;
  stop: AbortSignal;
}

export async function check(
  options: CheckOptions,
  around: Surroundings,
  messages: Messages,
): Promise<number> {
  const nothing = options.inputs.length + options.live.interfaces.length + options.syslog.length === 0;
  if (nothing && around.stdinIsTerminal) {
    around.stderr.write(helpText(around.version));
    return 2;
  }
  // A gateway's log can be read alone.
  const inputs = options.inputs.length === 0 && options.syslog.length === 0 ? ["-"] : options.inputs;
  const pipe = inputs.length === 1 && !options.crossCheck && (await around.isPipe(inputs[0]));
  if (pipe || options.live.interfaces.length > 0 || options.state !== null) {
    const { checkLive } = await import("../live.ts");
    return checkLive(inputs[0], options, around, messages);
  }
  if (options.live.metrics !== null) {
    throw new OutputError("--metrics goes with an input that goes on: -i, a pipe or --state");
  }
  if (options.evidence !== null && inputs.includes("-")) {
    throw new OutputError("-w reads files again: name the capture instead of giving it on standard input");
  }
  const target =
    options.output === null ? streamTarget(around.stdout) : await openTarget(options.output, inputs);
  const evidence = options.evidence === null ? null : await openEvidence(options.evidence, inputs, target);
  const stop = new AbortController();
  const abandon = async () => {
    await Promise.all([target.abandon(), evidence?.abandon()]);
  };
  const release = around.onSignal((signal) => stopOrExit(signal, stop, abandon, around, messages));
  try {
    const job = { inputs, options, around, messages, target, evidence, stop: stop.signal };
    const analysis = await read(job);
    tell(analysis, job);
    const differs = options.crossCheck && (await crossCheckSources(analysis.report, job));
    const delivered = await deliver(analysis, job);
    const written = (await writeEvidence(analysis, job)) && delivered;
    const failed = analysis.failures.length > 0 || differs || !written;
    const outcome = { report: analysis.report, failed, signalled: stop.signal.aborted };
    return exitStatus(outcome, options.failOn, options.strict);
  } finally {
    release();
    await abandon();
  }
}

async function read({ inputs, options, around, messages, stop }: Job): Promise<Analysis> {
  const { stderr } = around;
  const analyzeOptions: AnalyzeOptions = {
    ports: options.ports,
    responders: options.responders,
    aliases: options.aliases,
    reorderSeconds: options.reorderSeconds,
    keys: options.keys,
    syslog: options.syslog,
    events: options.events,
    ...(options.partition === null ? {} : { partition: options.partition }),
    signal: stop,
  };
  if (options.maxPackets !== null) analyzeOptions.maxPackets = options.maxPackets;
  if (options.progress && !options.quiet && stderr.isTTY === true) {
    const line = new ProgressLine((text) => stderr.write(text), stderr.columns ?? 80, around.now);
    messages.progress = line;
    analyzeOptions.onProgress = (progress) => line.update(progress);
  }
  try {
    return await around.analyze(inputs, analyzeOptions);
  } finally {
    messages.progress?.erase();
    messages.progress = null;
  }
}

/** True when a capture reads differently with the other reader, or cannot be read by it. */
async function crossCheckSources(report: Report, { options, around, messages, stop }: Job): Promise<boolean> {
  let differs = false;
  // A reading that was ended early is compared as far as it went.
  const partial = options.maxPackets !== null || stop.aborted;
  for (const { name, format, packets } of report.capture.sources) {
    const limit = partial ? { maxPackets: packets } : {};
    const result = await around.crossCheck(name, { format, ports: options.ports, ...limit });
    for (const difference of result.differences) messages.error(`cross-check: ${difference}`);
    if (result.skipped !== null) messages.note(`cross-check: ${result.skipped}`);
    else if (result.differences.length === 0) {
      messages.fact(`cross-check: ${name}: ${result.compared} ISAKMP messages are the same with pcap-parser`);
    }
    differs ||= result.differences.length > 0;
  }
  return differs;
}

/** Writes the report; false when it could not be written. Where nothing could be read there is none. */
async function deliver(analysis: Analysis, { options, around, messages, target }: Job): Promise<boolean> {
  const { report, failures } = analysis;
  if (failures.length > 0 && report.capture.sources.length === 0) return true;
  return writeTo(target, await render(analysis, options, around), options.output, messages);
}

/** Writes the evidence capture, where one is wanted; false when it could not be written. */
async function writeEvidence({ evidence: base }: Analysis, job: Job): Promise<boolean> {
  const { options, around, messages, evidence: target } = job;
  const path = options.evidence;
  if (path === null || target === null) return true;
  if (base === null) {
    messages.note(`nothing was found, so there is no evidence to write to ${path}`);
    return true;
  }
  const chunks = await around.evidence({ ...base, ports: options.ports, path });
  return writeTo(target, chunks, path, messages);
}
