/** Plays frames into an analysis that goes on, as fast as it can: time is simulated, every tick of it. */

import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import type { LiveOptions } from "../../src/analysis/live-options.ts";
import { BatchBuffer } from "../../src/capture/batch-buffer.ts";
import type { Inputs, Slice } from "../../src/feed/feed.ts";
import { SourceClock } from "../../src/feed/source-clock.ts";
import type { Line } from "../../src/report/lines.ts";
import type { Report } from "../../src/report/model.ts";
import type { FrameRecord } from "./capture-files.ts";

export interface Told {
  /** Seconds after the first frame at which the line was told. */
  at: number;
  line: Line;
}

const TICK_MS = 100;

/** One interface that frames come from, one by one. */
export class PlayedInputs implements Inputs {
  readonly summaries: Inputs["summaries"] = [
    {
      name: "played",
      format: "live",
      linkTypes: [1],
      packets: 0,
      bytes: 0,
      timeDigits: 6,
      untimed: 0,
      end: "clean",
      problem: null,
    },
  ];
  readonly times = [{ first: null, last: null }];
  readonly clockSteps = { count: 0, first: [] };
  readonly #clock = new SourceClock();
  readonly #batch = new BatchBuffer();
  readonly #times = new Float64Array(1);
  #segment = 0;

  slice({ at, frame }: FrameRecord): Slice {
    const batch = this.#batch;
    batch.begin(frame);
    batch.count = 1;
    batch.offsets[0] = 0;
    batch.captured[0] = frame.length;
    batch.original[0] = frame.length;
    batch.linkTypes[0] = 1;
    batch.micros[0] = Number(at / 1000n);
    if (this.#clock.fill(batch, 0, this.#times) === 0) {
      this.#clock.restart(batch.micros[0]);
      this.#segment += 1;
      this.#clock.fill(batch, 0, this.#times);
    }
    return { source: 0, batch, clock: this.#times, start: 0, end: 1, segment: this.#segment };
  }
}

/** Frames in, each at its time, and ticks until `rest` seconds after the last; what was told, and the report. */
export function playLive(
  records: readonly FrameRecord[],
  rest = 10,
  options: LiveOptions & {
    /** Called at each tick with what it told, as a view is. @param now milliseconds */
    watch?: (analysis: LiveAnalysis, now: number, lines: readonly Line[]) => void;
  } = {},
): { told: Told[]; report: Report; analysis: LiveAnalysis } {
  const inputs = new PlayedInputs();
  let now = 0;
  const analysis = new LiveAnalysis(inputs, { ...options, now: () => now });
  const told: Told[] = [];
  const began = records[0].at;
  const tickUntil = (end: number) => {
    while (now + TICK_MS <= end) {
      now += TICK_MS;
      const lines = analysis.tick(now);
      for (const line of lines) told.push({ at: now / 1000, line });
      options.watch?.(analysis, now, lines);
    }
  };
  for (const record of records) {
    const at = Number(record.at - began) / 1e6;
    tickUntil(at);
    const ticked = now;
    now = at;
    analysis.decoder.decode(inputs.slice(record));
    now = ticked;
  }
  tickUntil(now + rest * 1000);
  const { lines, report } = analysis.finish(now);
  for (const line of lines) told.push({ at: now / 1000, line });
  return { told, report, analysis };
}
