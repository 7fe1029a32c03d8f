/** Opens the interfaces of the command line, and says why one cannot be captured from. */

import { type LiveRun, type Outcome, type RunOptions, run } from "../../analysis/run.ts";
import type { Feed } from "../../feed/feed.ts";
import { Sequencer } from "../../feed/sequencer.ts";
import type { Analysis } from "../../index.ts";
import type { EvidenceRing } from "../../node/evidence-ring.ts";
import { fileInputs } from "../../node/files.ts";
import { LogFollower } from "../../node/follow-log.ts";
import { openWitnesses } from "../../node/witnesses.ts";
import { LiveRefusal } from "../../node/live/advice.ts";
import { LiveCapture } from "../../node/live/live-feed.ts";
import { type Output, show, viewOf } from "../delivery.ts";
import type { Surroundings } from "../environment.ts";
import type { LiveArguments } from "../flags/live.ts";
import type { CheckOptions } from "../flags/options.ts";
import { MAX_SAS } from "../live.ts";
import { metricsWriter } from "../metrics.ts";
import type { Messages } from "../terminal.ts";

/** @throws LiveRefusal when an interface cannot be captured from */
export async function openLive(
  { interfaces, captureWith, filter, once }: LiveArguments,
  ports: readonly number[],
  messages: Messages,
): Promise<LiveCapture> {
  const capture = new LiveCapture(interfaces, {
    backend: captureWith,
    filter,
    ports,
    once,
    note: (sentence) => messages.note(sentence),
  });
  await capture.open();
  return capture;
}

/** Says it with what can be done; false when the error is another. */
export function tellRefusal(error: unknown, messages: Messages): boolean {
  if (!(error instanceof LiveRefusal)) return false;
  messages.error(error.message);
  for (const remedy of error.remedies) messages.note(remedy);
  return true;
}
export async function read(
  input: string,
  options: CheckOptions,
  { sink }: Output,
  stop: AbortController,
  around: Surroundings,
  messages: Messages,
  ring: EvidenceRing | null,
  sources: { current: Feed | null },
): Promise<Outcome & Pick<Analysis, "failures"> & { kept: boolean }> {
  const { live } = options;
  const witnesses = await openWitnesses(options);
  const followers = options.syslog.map((path) => new LogFollower(path, witnesses.gatewayLog(path)));
  await Promise.all(followers.map(({ ready }) => ready));
  const capture = live.interfaces.length > 0 ? await openLive(live, options.ports, messages) : null;
  const stateful =
    options.state === null
      ? null
      : await (await import("../state-open.ts")).openState(
          options.state,
          input,
          options,
          sink,
          stop,
          messages,
        );
  const merged =
    capture === null && stateful === null
      ? new Sequencer(fileInputs([input], { reorder: options.reorderSeconds * 1e6 }))
      : null;
  const inputs: Feed = capture ?? stateful?.stream ?? merged!;
  sources.current = inputs;
  const view = viewOf(options, around);
  messages.progress = view;
  const liveRun: LiveRun = {
    statsEvery: sink === null ? 0 : live.statsEvery,
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
  if (live.metrics !== null) liveRun.onMetrics = metricsWriter(live.metrics, around, messages);
  if (stateful !== null) liveRun.keeper = stateful.keeper;
  const runOptions: RunOptions = {
    ports: options.ports,
    responders: options.responders,
    aliases: options.aliases,
    maxSas: live.maxSas ?? MAX_SAS,
    signal: stop.signal,
    sinks: ring === null ? [] : [ring],
    now: () => around.now(),
    live: liveRun,
    witnesses,
  };
  if (options.partition !== null) runOptions.partition = options.partition;
  if (options.maxPackets !== null) runOptions.maxPackets = options.maxPackets;
  if (live.seconds !== null) runOptions.seconds = live.seconds;
  try {
    const outcome = await run(inputs, runOptions, () => merged?.leftOut ?? []);
    return {
      ...outcome,
      failures: [...witnesses.failures, ...(merged?.failures ?? [])],
      kept: stateful?.failed() !== true,
    };
  } finally {
    view?.erase();
    messages.progress = null;
    await Promise.all(followers.map((follower) => follower.stop()));
    await merged?.close();
    await stateful?.stream.close();
  }
}
