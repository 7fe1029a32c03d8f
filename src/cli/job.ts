/** One run of the main job: what was asked for, the process around it, and where everything goes. */

import type { Anonymizer } from "../anonymize/anonymizer.ts";
import type { Analysis } from "../index.ts";
import type { HostNames } from "../report/host-names.ts";
import { type Environment, STDOUT } from "./environment.ts";
import type { CheckOptions } from "./flags/options.ts";
import { LineSink } from "./line-sink.ts";
import { hostNames } from "./names.ts";
import { openTarget, refuseInput, streamTarget, type Target } from "./output.ts";
import type { Stopper } from "./stop.ts";
import type { Messages } from "./terminal.ts";

export interface Job {
  inputs: readonly string[];
  options: CheckOptions;
  env: Environment;
  messages: Messages;
  /** When aborted, the input counts as ended. */
  stop: Stopper;
  /** The input may go on for weeks: an interface, a pipe, or the records that a state goes on with. */
  resumable: boolean;
  output: Output;
  /** Where the evidence goes, if it is wanted. */
  evidence: Target | null;
  /** Replaces what names anybody, where that is wanted. */
  anonymizer: Anonymizer | undefined;
  /** Names to show beside addresses. */
  names: HostNames;
  /** Removes temporary files. */
  cleanUp: () => void;
}

/** Lines of ndjson go to `sink` as they come; any other report to `target` at the end. */
export type Output = LineOutput | { sink: null; target: Target };

export interface LineOutput {
  sink: LineSink;
  target: null;
  /** Each line begins with its priority, as systemd's journal reads it. */
  journal: boolean;
}

/** What came of the input. */
export interface Reading extends Analysis {
  /** False where a state could not be kept. */
  kept: boolean;
  /** Removes what was kept aside for the evidence. */
  release(): void;
}

/** Opens what is written to, and reads names, before any input is read. @throws OutputError */
export async function openJob(
  asked: Omit<Job, "output" | "evidence" | "anonymizer" | "names" | "cleanUp">,
): Promise<Job> {
  const { inputs, options, resumable, stop } = asked;
  const names = await hostNames(options.names);
  const anonymizer = options.anonymize
    ? await (await import("../node/anonymize.ts")).anonymizerOf(options.anonymizeKey)
    : undefined;
  const named = options.live.interfaces.length > 0 ? [] : inputs;
  const beside = readBeside(options);
  const output = await openOutput(asked, [...named, ...beside], stop);
  try {
    const evidence =
      options.evidence === null
        ? null
        : await openTarget(options.evidence, resumable ? beside : [...named, ...beside]);
    return { ...asked, output, evidence, anonymizer, names, cleanUp: () => {} };
  } catch (error) {
    await output.target?.abandon();
    throw error;
  }
}

/** Files that are read beside the captures: nothing may be written over them either. */
export function readBeside({ keys, syslog, events, names }: CheckOptions): string[] {
  return [...keys, ...syslog, ...events, ...(names === null ? [] : [names])];
}

async function openOutput(
  { options, env, resumable }: Pick<Job, "options" | "env" | "resumable">,
  inputs: readonly string[],
  stop: Stopper,
): Promise<Output> {
  const path = options.output;
  if (resumable && options.format === "ndjson") {
    const fail = () => stop.abort();
    if (path !== null) await refuseInput(path, inputs);
    const sink = path === null ? new LineSink(env.stdout, fail) : await LineSink.append(path, fail);
    return { sink, target: null, journal: path === null && env.isJournal(STDOUT) };
  }
  return { sink: null, target: path === null ? streamTarget(env.stdout) : await openTarget(path, inputs) };
}

/** Leaves nothing half-written behind. */
export async function abandon({ output, evidence, cleanUp }: Job): Promise<void> {
  cleanUp();
  await Promise.all([output.target?.abandon(), evidence?.abandon()]);
}
