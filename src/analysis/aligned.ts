/** Runs an analysis over several files and, where the clocks of those who captured them differ, once more without that. */

import type { CaptureError } from "../capture/source.ts";
import { ClockComparison } from "../feed/clock-comparison.ts";
import type { FeedInput } from "../feed/feed.ts";
import { Sequencer } from "../feed/sequencer.ts";
import { shifted } from "../feed/shifted.ts";
import type { LiveAnalysis } from "./analysis.ts";
import { type Outcome, type RunOptions, run } from "./run.ts";

export interface AlignedOptions extends Omit<RunOptions, "onRound"> {
  onRound?: (feed: Sequencer, analysis: LiveAnalysis) => void;
}

export interface AlignedOutcome extends Outcome {
  /** What was read, and is to be closed. */
  feed: Sequencer;
  /** By input of the feed: what was added to its times, microseconds. */
  shifts: readonly number[];
}

/** @param unreadable inputs that could not be read at all, beside those of the feed */
export async function runAligned(
  inputs: readonly FeedInput[],
  options: AlignedOptions,
  unreadable: (feed: Sequencer) => readonly CaptureError[],
): Promise<AlignedOutcome> {
  const isSeveral = inputs.length > 1 || inputs.some(({ expand }) => expand !== undefined);
  const comparison = isSeveral ? new ClockComparison() : null;
  const sinks = comparison === null ? [] : [comparison];
  const first = Sequencer.over(inputs);
  first.offsets = () => comparison?.offsets(first.summaries.map(({ name }) => name)) ?? [];
  const outcome = await runOnce(first, { ...options, sinks }, unreadable);
  const offsets = first.clockOffsets;
  const known = offsets.filter(({ isEstablished }) => isEstablished);
  const shifts = first.inputs.map(() => 0);
  if (known.length === 0 || !first.canBeReadAgain || outcome.end === "stopped") {
    return { ...outcome, feed: first, shifts };
  }
  const { inputOf } = first;
  for (const { source, micros } of known) shifts[inputOf[source]] = Math.round(micros);
  await first.close();
  const inOrder = first.inputs.map((input, i) => shifted(input, shifts[i]));
  const second = Sequencer.over(inOrder);
  second.offsets = () => offsets.map((offset) => ({ ...offset, isApplied: known.includes(offset) }));
  return { ...(await runOnce(second, options, unreadable)), feed: second, shifts };
}

function runOnce(
  feed: Sequencer,
  { onRound, ...options }: AlignedOptions,
  unreadable: (feed: Sequencer) => readonly CaptureError[],
): Promise<Outcome> {
  const told = {
    ...options,
    memory: feed.memory,
    ...(onRound && { onRound: (analysis: LiveAnalysis) => onRound(feed, analysis) }),
  };
  return run(feed, told, () => unreadable(feed));
}
