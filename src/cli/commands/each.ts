/** The main job for each capture by itself (`--each`): unrelated captures are not merged into one report. */

import { type Analysis, CaptureError } from "../../index.ts";
import { severalOf } from "../../printers/several.ts";
import type { HostNames } from "../../report/host-names.ts";
import { noteSome, readOnce, render, tell } from "../delivery.ts";
import type { Environment } from "../environment.ts";
import { exitStatus } from "../exit-status.ts";
import { type CheckOptions, helpText } from "../flags/options.ts";
import { formatNotes } from "../format-notes.ts";
import { readBeside } from "../job.ts";
import { hostNames } from "../names.ts";
import { openTarget, streamTarget, writeTo } from "../output.ts";
import { leaveBy, stopOrExit } from "../signals.ts";
import { Stop, type Stopper } from "../stop.ts";
import type { Messages } from "../terminal.ts";
import { crossCheckSources } from "./check.ts";
import { readFiles } from "./files-reading.ts";

/** What the captures are read for, one after the other. */
interface Round {
  options: CheckOptions;
  env: Environment;
  names: HostNames;
  messages: Messages;
  stop: Stopper;
  /** What was named, or found in a directory or archive, and cannot be opened. */
  unread: CaptureError[];
  /** The worst status so far. */
  status: number;
}

/** Reports every capture of the inputs; returns the worst exit status of all. */
export async function checkEach(
  options: CheckOptions,
  env: Environment,
  messages: Messages,
): Promise<number> {
  if (options.inputs.length === 0 && env.stdinIsTerminal) {
    env.stderr.write(helpText(env.version));
    return 2;
  }
  for (const note of formatNotes(options, false)) messages.note(note);
  const names = await hostNames(options.names);
  const inputs = options.inputs.length === 0 ? ["-"] : options.inputs;
  const target =
    options.output === null
      ? streamTarget(env.stdout)
      : await openTarget(options.output, [...inputs, ...readBeside(options)]);
  const stop = new Stop();
  const abandon = () => target.abandon();
  const releases = [
    env.onSignal((signal) => stopOrExit(signal, stop, abandon, env, messages)),
    env.onHangup(() => leaveBy("SIGHUP", abandon, env)),
  ];
  try {
    const { expandInputs } = await import("../../node/inputs.ts");
    const found = await expandInputs(inputs, { recursive: options.recursive });
    for (const { message } of found.failures) messages.errorOnce(message);
    noteSome(
      found.leftOut.map(({ message }) => message),
      messages,
    );
    noteSome(found.duplicates.map(readOnce), messages);
    const doubtful = options.strict && found.leftOut.length > 0;
    const round = {
      options,
      env,
      names,
      messages,
      stop,
      unread: [...found.failures, ...found.leftOut],
      status: found.failures.length > 0 || doubtful ? 2 : 0,
    };
    const written = await writeTo(target, reportsOf(found.names, round), options.output, messages);
    return written ? round.status : 2;
  } finally {
    for (const release of releases) release();
    await abandon();
  }
}

/** The text of all reports; each is made when its turn comes, and gone behind it. */
async function* reportsOf(names: readonly string[], round: Round): AsyncGenerator<Uint8Array> {
  const { begin, item, end } = severalOf(round.options.format);
  const encoder = new TextEncoder();
  let index = 0;
  if (begin !== "") yield encoder.encode(begin);
  for (const name of names) {
    if (round.stop.signal.aborted) {
      leaveOut(name, round);
      continue;
    }
    const text = await render(await analysed(name, round), round);
    for (const piece of item(text, name, index)) yield encoder.encode(piece);
    index += 1;
  }
  // They are named in a report of their own: whoever reads the reports may not see what was said beside them.
  if (round.unread.length > 0) {
    const text = await render(await analysed(null, round), round);
    for (const piece of item(text, UNREAD, index)) yield encoder.encode(piece);
    index += 1;
  }
  if (end !== "" && (index > 0 || begin !== "")) yield encoder.encode(end);
}

/** A capture whose turn had not come when a signal ended the reading. */
function leaveOut(name: string, round: Round): void {
  const message = `${name} was not read: the reading was ended before`;
  round.unread.push(new CaptureError("unreadable", message));
  round.messages.note(message);
  round.status = 2;
}

/** The title of what could not be opened. */
const UNREAD = "Files that could not be read";

/** @param name null for what could not be opened */
async function analysed(name: string | null, round: Round): Promise<Analysis> {
  const { options, env, messages, stop, unread } = round;
  const alone = { ...options, keys: [], syslog: [], events: [] };
  const job =
    name === null
      ? { inputs: [], leftOut: unread, options: alone, env, messages, stop }
      : { inputs: [name], options, env, messages, stop };
  const analysis = await readFiles(job);
  tell(analysis, job);
  const differs = options.crossCheck && (await crossCheckSources(analysis.report, job));
  const failed = analysis.failures.length > 0 || differs;
  const outcome = { report: analysis.report, failed, signalled: stop.signal.aborted };
  round.status = Math.max(round.status, exitStatus(outcome, options.failOn, options.strict));
  return analysis;
}
