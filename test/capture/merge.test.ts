import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaptureError, type CaptureSource } from "../../src/capture/source.ts";
import { Sequencer } from "../../src/feed/sequencer.ts";
import { pcap } from "../support/capture-files.ts";
import { inputsOf, openBytes } from "../support/sources.ts";

/** A capture of one byte per record, at these times in microseconds. */
function captureAt(times: readonly number[]): Buffer {
  return pcap(times.map((at, i) => ({ at: BigInt(at) * 1000n, frame: Buffer.from([i]) })));
}

function merged(captures: readonly Buffer[]): Sequencer {
  const open = async (name: string, chunk = 64): Promise<CaptureSource> => {
    const source = await openBytes(captures[Number(name)], undefined, chunk);
    // As files have it: a size, so that they are peeked at and opened again.
    Object.defineProperty(source, "size", { value: captures[Number(name)].length });
    return source;
  };
  return new Sequencer(
    inputsOf(
      captures.map((_, i) => String(i)),
      open,
    ),
  );
}

async function records(
  capture: Sequencer,
): Promise<{ source: number; record: number; clock: number; segment: number }[]> {
  const found = [];
  for await (const round of capture.rounds()) {
    for (const { source, batch, clock, start, end, segment } of round) {
      if (batch.provenance !== "packet") throw new Error("frames were asked for");
      expect(end).toBeGreaterThan(start);
      for (let i = start; i < end; i += 1) {
        found.push({ source, record: batch.bytes[batch.offsets[i]], clock: clock[i], segment });
      }
    }
  }
  await capture.close();
  return found;
}

/** Equal times half a microsecond apart, so that records keep their order. */
function strictly(times: readonly number[]): number[] {
  let latest = Number.NEGATIVE_INFINITY;
  return times.map((at) => {
    latest = at > latest ? at : latest + 0.5;
    return latest;
  });
}

describe("merging", () => {
  it("is a sort of all records by time, ties in the order of the sources", async () => {
    const times = fc.array(fc.nat(50), { maxLength: 40 }).map((list) => list.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(fc.array(times, { minLength: 1, maxLength: 5 }), async (lists) => {
        const found = await records(merged(lists.map(captureAt)));
        const wanted = lists
          .flatMap((list, source) =>
            strictly(list).map((clock, record) => ({ source, record, clock, segment: 0 })),
          )
          .sort((a, b) => a.clock - b.clock || a.source - b.source || a.record - b.record);
        expect(found).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the order of each source and levels steps back of up to a second", async () => {
    const found = await records(
      merged([captureAt([5_000_000, 4_100_000, 5_500_000]), captureAt([4_500_000, 5_200_000])]),
    );
    expect(found.map(({ source, record, clock }) => [source, record, clock])).toEqual([
      [1, 0, 4_500_000],
      [0, 0, 5_000_000],
      [0, 1, 5_000_000.5],
      [1, 1, 5_200_000],
      [0, 2, 5_500_000],
    ]);
  });

  it("begins a segment where a clock steps back by more than a second, and says where", async () => {
    const capture = merged([captureAt([9_000_000, 10_000_000, 3_000_000, 3_500_000])]);
    const found = await records(capture);
    expect(found.map(({ clock, segment }) => [clock, segment])).toEqual([
      [9_000_000, 0],
      [10_000_000, 0],
      [3_000_000, 1],
      [3_500_000, 1],
    ]);
    expect(capture.clockSteps).toEqual({ count: 1, first: [{ source: 0, frame: 3, backMicros: 7_000_000 }] });
  });

  it("opens the files of a ring one after the other", async () => {
    let open = 0;
    let most = 0;
    const files = Array.from({ length: 200 }, (_, i) => captureAt([i * 1000, i * 1000 + 500]));
    const capture = new Sequencer(
      inputsOf(
        files.map((_, i) => String(i)),
        async (name) => {
          const source = await openBytes(files[Number(name)]);
          Object.defineProperty(source, "size", { value: files[Number(name)].length });
          open += 1;
          most = Math.max(most, open);
          const close = source.close.bind(source);
          source.close = async () => {
            open -= 1;
            await close();
          };
          return source;
        },
      ),
    );
    expect((await records(capture)).length).toBe(400);
    expect(most).toBeLessThanOrEqual(2);
    expect(open).toBe(0);
  });

  it("keeps what it has when a file is gone before its turn", async () => {
    const files = [captureAt([1, 2]), captureAt([3, 4]), captureAt([5])];
    const opened = new Set<string>();
    const capture = new Sequencer(
      inputsOf(["0", "1", "2"], async (name) => {
        if (name === "1" && opened.has(name))
          throw new CaptureError("unreadable", "cannot read 1: the file is missing");
        opened.add(name);
        const source = await openBytes(files[Number(name)]);
        Object.defineProperty(source, "size", { value: files[Number(name)].length });
        return source;
      }),
    );
    expect((await records(capture)).map(({ source, record }) => [source, record])).toEqual([
      [0, 0],
      [0, 1],
      [2, 0],
    ]);
    expect(capture.summaries.map(({ packets, end, problem }) => [packets, end, problem])).toEqual([
      [2, "clean", null],
      [0, "corrupt", "cannot read 1: the file is missing."],
      [1, "clean", null],
    ]);
  });

  it("goes on with the others when an input cannot be read", async () => {
    const files = [captureAt([1]), captureAt([2])];
    const capture = new Sequencer(
      inputsOf(["0", "bad", "1"], async (name) => {
        if (name === "bad") throw new CaptureError("empty", "bad is empty");
        return openBytes(files[Number(name)]);
      }),
    );
    expect((await records(capture)).map(({ source, clock }) => [source, clock])).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(capture.failures).toMatchObject([{ message: "bad is empty" }]);
    expect(capture.summaries.length).toBe(2);
  });
});
