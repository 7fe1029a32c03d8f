/** The main job on live interfaces and on pipes: findings as they happen, the report at the end. */

import type { Feed } from "../feed/feed.ts";
import { EvidenceRing } from "../node/evidence-ring.ts";
import { read, tellRefusal } from "./commands/inputs.ts";
import { deliver, factsOf, type Output, outputOf, writeEvidence } from "./delivery.ts";
import type { Surroundings } from "./environment.ts";
import { exitStatus } from "./exit-status.ts";
import type { CheckOptions } from "./flags/options.ts";
import { openTarget } from "./output.ts";
import type { StopSignal } from "./signals.ts";
import { SIGNAL_STATUS } from "./signals.ts";
import type { Messages } from "./terminal.ts";

/** IKE SAs kept unless --max-sas says otherwise. */
export const MAX_SAS = 200_000;

export async function checkLive(
  input: string,
  options: CheckOptions,
  around: Surroundings,
  messages: Messages,
): Promise<number> {
  const stop = new AbortController();
  const output = await outputOf(input, options, around, stop);
  const evidence = options.evidence === null ? null : await openTarget(options.evidence, []);
  const sources: { current: Feed | null } = { current: null };
  const ring = evidence === null ? null : new EvidenceRing(() => sources.current?.summaries ?? []);
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
