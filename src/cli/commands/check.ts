/** The main job: captures, an interface or a stream in, report out, exit status back. */

import type { Report } from "../../report/model.ts";
import { deliver, tell, writeEvidence } from "../delivery.ts";
import type { Environment } from "../environment.ts";
import { exitStatus } from "../exit-status.ts";
import { type CheckOptions, helpText, SUBCOMMANDS } from "../flags/options.ts";
import { formatNotes } from "../format-notes.ts";
import { abandon, type Job, openJob, type Reading } from "../job.ts";
import { nearest } from "../nearest.ts";
import { OutputError } from "../output.ts";
import { leaveBy, stopOrExit } from "../signals.ts";
import { Stop } from "../stop.ts";
import type { Messages } from "../terminal.ts";
import { type FilesJob, readFiles } from "./files-reading.ts";

export async function check(options: CheckOptions, env: Environment, messages: Messages): Promise<number> {
  const nothing = options.inputs.length + options.live.interfaces.length + options.syslog.length === 0;
  if (nothing && env.stdinIsTerminal) {
    env.stderr.write(helpText(env.version));
    return 2;
  }
  // A gateway's log can be read alone.
  const inputs = options.inputs.length === 0 && options.syslog.length === 0 ? ["-"] : options.inputs;
  await refuseMistyped(inputs, env);
  const resumable = await mayGoOn(inputs, options, env);
  refuse(inputs, options, resumable);
  for (const note of formatNotes(options, resumable)) messages.note(note);
  const stop = new Stop();
  const opening = openJob({ inputs, options, env, messages, resumable, stop });
  // Before the first file is there: a signal must not leave it behind.
  const release = listen(opening, { options, env, messages, resumable, stop });
  const job = await opening.catch((error: unknown) => {
    release();
    throw error;
  });
  try {
    const reading = await read(job);
    try {
      return await finish(reading, job);
    } finally {
      reading.release();
    }
  } catch (error) {
    if (!resumable) throw error;
    const { tellRefusal } = await import("./inputs.ts");
    if (!tellRefusal(error, messages)) throw error;
    return 2;
  } finally {
    release();
    await abandon(job);
  }
}

/** Options that are subcommands of other programs. */
const AS_SUBCOMMAND: ReadonlyMap<string, string> = new Map([
  ["help", "--help"],
  ["version", "--version"],
]);

/** @throws OutputError for a word that names no file and was meant to be a subcommand */
export async function refuseMistyped([word = ""]: readonly string[], env: Environment): Promise<void> {
  const [meant = AS_SUBCOMMAND.get(word)] = /^[A-Za-z-]{3,}$/.test(word) ? nearest(word, SUBCOMMANDS) : [];
  if (meant === undefined || (await env.exists(word))) return;
  throw new OutputError(`'${word}' is neither a file nor a subcommand; did you mean ${meant}?`);
}

/** An interface, a pipe, and what a state goes on with. */
async function mayGoOn(
  inputs: readonly string[],
  { live, state, crossCheck }: CheckOptions,
  env: Environment,
): Promise<boolean> {
  if (live.interfaces.length > 0 || state !== null) return true;
  return inputs.length === 1 && !crossCheck && env.isPipe(inputs[0]);
}

/** @throws OutputError for what does not go together */
function refuse(
  inputs: readonly string[],
  { needsGoingOn, evidence }: CheckOptions,
  resumable: boolean,
): void {
  if (resumable) return;
  if (needsGoingOn !== null) throw new OutputError(needsGoingOn);
  if (evidence !== null && inputs.includes("-")) {
    throw new OutputError("-w reads files again: name the capture instead of giving it on standard input");
  }
}

/** Signals end the input; a terminal that hangs up ends one that goes on, or opens its rotated log again. */
function listen(
  opening: Promise<Job>,
  {
    options,
    env,
    messages,
    resumable,
    stop,
  }: Pick<Job, "options" | "env" | "messages" | "resumable" | "stop">,
): () => void {
  const leave = () => opening.then(abandon, () => {});
  let isOpen = false;
  void opening.then(
    () => {
      isOpen = true;
    },
    () => {},
  );
  const releases = [
    env.onSignal((signal) => {
      // Of what waits for the other end of a pipe nothing is read yet, and nothing can be reported.
      if (!isOpen) stop.abort();
      stopOrExit(signal, stop, leave, env, messages);
    }),
  ];
  if (resumable) {
    const hangup = async () => {
      const { output } = await opening;
      if (output.sink !== null && options.output !== null) output.sink.reopen();
      else stop.abort();
    };
    releases.push(env.onHangup(() => void hangup().catch(() => {})));
  } else releases.push(env.onHangup(() => leaveBy("SIGHUP", leave, env)));
  return () => {
    for (const release of releases) release();
  };
}

async function read(job: Job): Promise<Reading> {
  if (!job.resumable) return readFiles(job);
  const { readLive } = await import("./live-reading.ts");
  return readLive(job);
}

/** Says and writes what came of it; gives the exit status. */
async function finish(reading: Reading, job: Job): Promise<number> {
  const { options, stop, resumable } = job;
  const { report, failures, kept } = reading;
  tell(reading, job);
  const differs = options.crossCheck && (await crossCheckSources(report, job));
  const delivered = await deliver(reading, job);
  const written = (await writeEvidence(reading, job)) && delivered;
  const failed = failures.length > 0 || differs || !written || !kept;
  const signalled = !resumable && stop.signal.aborted;
  return exitStatus({ report, failed, signalled }, options.failOn, options.strict);
}

/** True when a capture reads differently with the other reader, or cannot be read by it. */
export async function crossCheckSources(
  report: Report,
  { options, env, messages, stop }: FilesJob,
): Promise<boolean> {
  let differs = false;
  // A reading that was ended early is compared as far as it went.
  const partial = options.maxPackets !== null || stop.signal.aborted;
  for (const { name, format, packets } of report.capture.sources) {
    const limit = partial ? { maxPackets: packets } : {};
    const result = await env.crossCheck(name, { format, ports: options.ports, ...limit });
    for (const difference of result.differences) messages.error(`cross-check: ${difference}`);
    if (result.skipped !== null) messages.note(`cross-check: ${result.skipped}`);
    else if (result.differences.length === 0) {
      messages.fact(`cross-check: ${name}: ${result.compared} ISAKMP messages are the same with pcap-parser`);
    }
    differs ||= result.differences.length > 0;
  }
  return differs;
}
