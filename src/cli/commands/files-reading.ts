/** Reads files to their end, with a line of progress on a terminal. */

import type { AnalyzeOptions } from "../../index.ts";
import type { Job, Reading } from "../job.ts";
import { ProgressLine } from "../progress.ts";

/** What reading files needs of a run. */
export type FilesJob = Pick<Job, "inputs" | "options" | "env" | "messages" | "stop"> &
  Partial<Pick<Job, "anonymizer">> &
  Pick<AnalyzeOptions, "leftOut">;

export async function readFiles(job: FilesJob): Promise<Reading> {
  const { inputs, options, env, messages, anonymizer, stop } = job;
  const { stderr } = env;
  const analyzeOptions: AnalyzeOptions = {
    ports: options.ports,
    responders: options.responders,
    aliases: options.aliases,
    reorderSeconds: options.reorderSeconds,
    keys: options.keys,
    syslog: options.syslog,
    events: options.events,
    recursive: options.recursive,
    ...(options.partition === null ? {} : { partition: options.partition }),
    ...(job.leftOut === undefined ? {} : { leftOut: job.leftOut }),
    ...(anonymizer === undefined ? {} : { anonymizer }),
    signal: stop.signal,
    // Who mistyped a name should not learn of it behind gigabytes.
    onFailure: ({ message }) => messages.errorOnce(message),
  };
  if (options.maxPackets !== null) analyzeOptions.maxPackets = options.maxPackets;
  if (options.maxSas !== null) analyzeOptions.maxSas = options.maxSas;
  if (options.progress && !options.quiet && stderr.isTTY === true) {
    const line = new ProgressLine((text) => stderr.write(text), stderr.columns ?? 80, env.now);
    messages.progress = line;
    analyzeOptions.onProgress = (progress) => line.update(progress);
  }
  try {
    return { ...(await env.analyze(inputs, analyzeOptions)), kept: true, release: () => {} };
  } finally {
    messages.progress?.erase();
    messages.progress = null;
  }
}
