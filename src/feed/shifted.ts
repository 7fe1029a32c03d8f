/** An input whose clock is known to be off, with its times put right. */

import type { CaptureSource } from "../capture/source.ts";
import type { FeedInput, Reading } from "./feed.ts";

/** @param micros to be added to each time, whole microseconds */
export function shifted(input: FeedInput, micros: number): FeedInput {
  if (micros === 0) return input;
  const open = async (reading?: Reading) => shiftedSource(await input.open(reading), micros);
  const { name, size, once } = input;
  return { name, size, once, open, abandon: () => input.abandon() };
}

function shiftedSource(source: CaptureSource, shift: number): CaptureSource {
  return {
    get summary() {
      return source.summary;
    },
    get size() {
      return source.size;
    },
    position: () => source.position(),
    next: async () => {
      const batch = await source.next();
      // A batch is filled anew by each `next`, so its times are ours until then.
      if (batch !== null) for (let i = 0; i < batch.count; i += 1) batch.micros[i] += shift;
      return batch;
    },
    close: () => source.close(),
  };
}
