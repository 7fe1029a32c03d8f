/** The subcommand `extract`: captures or interfaces in, message records out as they come, exit status back. */

import { open } from "node:fs/promises";
import { hostname } from "node:os";
import { type Extraction, extractFrom } from "../../analysis/extraction.ts";
import { extract, type ExtractOptions as LibraryOptions } from "../../index.ts";
import type { LiveCapture } from "../../node/live/live-feed.ts";
import { dropTornLine } from "../../node/torn-line.ts";
import { errorCode, reasonOf } from "../../node/write-reasons.ts";
import type { Environment } from "../environment.ts";
import type { ExtractOptions } from "../flags/options.ts";
import { OutputError, refuseInput, streamTarget } from "../output.ts";
import type { Messages } from "../terminal.ts";
import { openLive, tellRefusal } from "./inputs.ts";

/** Returns 0, or 2 when an input cannot be read, is corrupt or cut short, or the records cannot be written. */
export async function extractRecords(
  options: ExtractOptions,
  env: Environment,
  messages: Messages,
): Promise<number> {
  const live = options.live.interfaces.length > 0;
  if (!live && options.inputs.length === 0 && env.stdinIsTerminal) {
    messages.error("extract needs a capture: extract FILE..., - for standard input, or -i IFACE");
    return 2;
  }
  const inputs = live ? [] : options.inputs.length === 0 ? ["-"] : options.inputs;
  const arePipes = await Promise.all(inputs.map((name) => env.isPipe(name)));
  const goesOn = live || arePipes.includes(true);
  if (!goesOn && options.needsGoingOn !== null) throw new OutputError(options.needsGoingOn);
  const output = await openOutput(options.output, inputs, env);
  const stop = new AbortController();
  const release = env.onSignal((signal) => {
    // The first signal ends the input, so that the trailer is still written; the second ends the program.
    if (stop.signal.aborted) env.endBy(signal);
    else stop.abort();
  });
  // An interface has its own: it takes a while to open.
  const timer = live ? undefined : stopLater(options.live.seconds, () => stop.abort());
  const settings: LibraryOptions = { ports: options.ports, signal: stop.signal };
  if (options.sensor !== null) settings.sensor = options.sensor;
  if (options.maxPackets !== null) settings.maxPackets = options.maxPackets;
  try {
    const { counts, failures, problems, isCutShort } = live
      ? await extractLive(options, settings, output, messages)
      : await extract(inputs, settings, output.write);
    for (const { message } of failures) messages.error(message);
    for (const problem of problems) messages.note(problem);
    messages.note(`${counts.packets} packets, ${counts.messages} ISAKMP messages, ${counts.lines} lines`);
    // A pipe that is stopped has ended as it should.
    const isStopped = goesOn && stop.signal.aborted;
    return failures.length > 0 || (isCutShort && !isStopped) ? 2 : 0;
  } catch (error) {
    if (tellRefusal(error, messages)) return 2;
    // The reader went away: it has all that it wanted.
    if (errorCode(error) === "EPIPE") return 0;
    if (errorCode(error) === null) throw error;
    messages.error(`cannot write ${options.output ?? "the records"}: ${reasonOf(error)}`);
    if (options.output !== null) dropTornLine(options.output);
    return 2;
  } finally {
    clearTimeout(timer);
    release();
    await output.close();
  }
}

/** Captures until the time is over or a signal comes. */
async function extractLive(
  { live, ports }: ExtractOptions,
  settings: LibraryOptions,
  output: Output,
  messages: Messages,
): Promise<Extraction> {
  const capture = await openLive(live, ports, messages);
  const timer = stopLater(live.seconds, () => capture.stop());
  try {
    const run = { ...settings, sensor: settings.sensor ?? hostname(), now: () => performance.now() };
    const counts = await extractFrom(capture, run, output.write);
    return { counts, failures: [], problems: lossesOf(capture), isCutShort: false };
  } finally {
    clearTimeout(timer);
  }
}

function stopLater(seconds: number | null, stop: () => void): NodeJS.Timeout | undefined {
  return seconds === null ? undefined : setTimeout(stop, seconds * 1_000).unref();
}

/** What passed and is not in the records, as sentences. */
function lossesOf({ status }: LiveCapture): string[] {
  const { dropped, interruptions } = status;
  const lost: string[] = [];
  const kernel = dropped.kernel ?? 0;
  if (kernel > 0 || dropped.queue > 0) {
    lost.push(`${kernel} packets were dropped by the kernel and ${dropped.queue} before they were read`);
  }
  if (interruptions > 0) lost.push(`the capture broke off ${interruptions} times`);
  return lost;
}

interface Output {
  write(lines: string): Promise<void>;
  close(): Promise<void>;
}

/** Records are written as they come, so an output file grows: it does not appear whole at the end. */
async function openOutput(path: string | null, inputs: readonly string[], env: Environment): Promise<Output> {
  if (path === null) {
    const target = streamTarget(env.stdout);
    return { write: (lines) => target.write([lines]), close: async () => {} };
  }
  await refuseInput(path, inputs);
  try {
    const handle = await open(path, "w");
    return { write: (lines) => handle.appendFile(lines), close: () => handle.close() };
  } catch (error) {
    throw new OutputError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}
