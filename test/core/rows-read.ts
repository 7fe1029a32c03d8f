/** What a reader makes of a capture, as plain values. */

import { IterableSource } from "../../src/capture/byte-source.ts";
import { CaptureError } from "../../src/capture/source.ts";
import { openSource } from "../../src/feed/formats.ts";
import { SourceClock } from "../../src/feed/source-clock.ts";
import type { Memory } from "../../src/linear/memory.ts";
import { chunks } from "../support/sources.ts";

/** Every row, and what is said of the source. @param piece bytes that are at hand at a time */
export async function read(bytes: Uint8Array, piece: number, memory: Memory): Promise<unknown> {
  const rows: unknown[] = [];
  try {
    const source = new IterableSource(chunks(bytes, piece), { size: bytes.length });
    const capture = await openSource(source, "x", { chunk: 4_096, memory });
    const clock = new SourceClock(memory);
    for (let batch = await capture.next(); batch !== null; batch = await capture.next()) {
      if (batch.provenance !== "packet") throw new Error("no frames");
      const times = memory.column(Float64Array, batch.micros.length);
      const steps = [];
      for (let start = 0; start < batch.count; ) {
        start = clock.fill(batch, start, times);
        if (start < batch.count) steps.push([start, clock.restart(batch.micros[start])]);
      }
      for (let i = 0; i < batch.count; i += 1) {
        const { offsets, captured, original, linkTypes, interfaces, micros, nanos } = batch;
        const frame = Buffer.from(batch.bytes.subarray(offsets[i], offsets[i] + captured[i])).toString("hex");
        rows.push([
          frame,
          captured[i],
          original[i],
          linkTypes[i],
          interfaces[i],
          micros[i],
          nanos[i],
          times[i],
        ]);
      }
      rows.push(batch.count, steps, clock.save());
      memory.free(times);
    }
    await capture.close();
    return { rows, summary: capture.summary };
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return error.message;
  }
}
