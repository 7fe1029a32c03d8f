/** Several inputs as one: what is read, what is left, and where the reading stands. Order is tested in capture/merge. */

import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../src/capture/byte-source.ts";
import { CaptureError } from "../../src/capture/source.ts";
import type { FeedInput, Reading, Slice, Taken } from "../../src/feed/feed.ts";
import { openInput } from "../../src/feed/formats.ts";
import { Sequencer } from "../../src/feed/sequencer.ts";
import { pcap, pcapng } from "../support/capture-files.ts";
import { openBytes } from "../support/sources.ts";

/** Packets of one byte at these microseconds. */
const framesAt = (times: readonly number[]) =>
  times.map((at, i) => ({ at: BigInt(at) * 1000n, frame: Buffer.from([i]) }));
const captureAt = (times: readonly number[]) => pcap(framesAt(times));

interface Made {
  times?: readonly number[];
  /** A pipe: read once, of no size. */
  once?: boolean;
  /** Fails to open, the first time or the second. */
  failsAt?: 1 | 2;
  expand?: FeedInput["expand"];
}

const abandoned: string[] = [];

function inputOf(name: string, { times = [], once = false, failsAt, expand }: Made): FeedInput {
  let opened = 0;
  const bytes = captureAt(times);
  return {
    name,
    once,
    open: async (reading) => {
      opened += 1;
      if (opened === failsAt) throw new CaptureError("unreadable", `cannot read ${name}`);
      const source = await openBytes(bytes, undefined, reading?.chunk ?? 64);
      source.summary.name = name;
      if (!once) Object.defineProperty(source, "size", { value: bytes.length });
      return source;
    },
    abandon: () => {
      abandoned.push(name);
    },
    ...(expand && { expand }),
  };
}

/** Reads rounds until so many rows were taken, and gives where each is from. */
async function take(feed: Sequencer, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const sources: number[] = [];
  for await (const round of feed.rounds()) {
    for (const { source, start, end } of round) {
      for (let i = start; i < end && sources.length < most; i += 1) sources.push(source);
      if (sources.length >= most) return sources;
    }
  }
  return sources;
}

const sequencerOf = (inputs: Record<string, Made>) =>
  new Sequencer(Object.entries(inputs).map(([name, made]) => inputOf(name, made)));

/** Bytes that are at hand, so many at a time, but for those that have to be waited for. */
function bytesAtHand(bytes: Uint8Array, size: number, waitAt: number): ByteSource {
  let position = 0;
  const read = (into: Uint8Array, at: number) => {
    const piece = bytes.subarray(position, position + Math.min(size, into.length - at));
    into.set(piece, at);
    position += piece.length;
    return piece.length;
  };
  return {
    size: bytes.length,
    position: () => position,
    read: async (into, at) => read(into, at),
    readNow: (into, at) => (position === waitAt ? null : read(into, at)),
    close: async () => {},
  };
}

describe("an input whose bytes are at hand", () => {
  it.each([
    ["pcap", pcap],
    ["pcapng", pcapng],
  ])("goes on in one round until one has to wait for them: %s", async (_, made) => {
    const bytes = made(framesAt(Array.from({ length: 100 }, (_, i) => i + 1)));
    const open = async (reading: Reading = {}) => {
      const source = bytesAtHand(bytes, 256, 1_024);
      const { capture } = await openInput(source, "a", { ...reading, chunk: 512 });
      return capture!;
    };
    const feed = new Sequencer([{ name: "a", once: false, open, abandon: () => {} }]);
    const rounds: number[] = [];
    for await (const round of { [Symbol.asyncIterator]: () => feed.rounds() }) {
      let rows = 0;
      for (const { start, end } of round) rows += end - start;
      rounds.push(rows);
    }
    expect(rounds.length).toBe(2);
    expect(rounds[0] + rounds[1]).toBe(100);
    expect(feed.summaries[0]).toMatchObject({ packets: 100, end: "clean" });
  });
});

describe("an input whose reading is ended while it waits for bytes", () => {
  it("is asked for them once, and said to be unfinished", async () => {
    const bytes = captureAt(Array.from({ length: 100 }, (_, i) => i + 1));
    let arrive: () => void = () => {};
    let reads = 0;
    const source = bytesAtHand(bytes, 256, 0);
    const read = source.read.bind(source);
    delete source.readNow;
    source.read = async (into, at) => {
      reads += 1;
      if (reads > 2) await new Promise<void>((resolve) => (arrive = resolve));
      return read(into, at);
    };
    const open = async () => (await openInput(source, "a", { chunk: 512 })).capture!;
    const feed = new Sequencer([{ name: "a", once: false, open, abandon: () => {} }]);
    const rounds = feed.rounds();
    let taken = 0;
    for (const last = { micros: 1, nanos: 0 }; ; ) {
      const waiting = rounds.next();
      await new Promise((resolve) => setImmediate(resolve));
      if (reads > 2) {
        const ended = feed.interrupt(() => ({ packets: taken, last }));
        arrive();
        await ended;
        await waiting;
        break;
      }
      for (const { start, end } of (await waiting).value as Iterable<Slice>) taken += end - start;
    }
    expect(reads).toBe(3);
    expect(taken).toBeGreaterThan(0);
    expect(feed.summaries[0]).toMatchObject({ packets: taken, end: "interrupted" });
  });
});

describe("several inputs", () => {
  it("are told of as they were read, without those that could not be", async () => {
    const feed = sequencerOf({ a: { times: [1, 3] }, bad: { failsAt: 1 }, b: { times: [2, 9] } });
    expect(await take(feed)).toEqual([0, 1, 0, 1]);
    expect(feed.summaries.map(({ name, packets }) => [name, packets])).toEqual([
      ["a", 2],
      ["b", 2],
    ]);
    expect(feed.times).toEqual([
      { first: { micros: 1, nanos: 0 }, last: { micros: 3, nanos: 0 }, sayNothing: false },
      { first: { micros: 2, nanos: 0 }, last: { micros: 9, nanos: 0 }, sayNothing: false },
    ]);
    expect(feed.failures.map(({ message }) => message)).toEqual(["cannot read bad"]);
    // A source is told by its place among those that were read, an input by that among all.
    expect(feed.inputOf).toEqual([0, 2]);
    expect(feed.clockOffsets).toEqual([]);
  });

  it.each<[string, Record<string, Made>, boolean]>([
    ["files", { a: { times: [1] }, b: { times: [2] } }, true],
    ["a file and one that could not be read", { a: { times: [1] }, b: { failsAt: 1 } }, true],
    ["a pipe", { a: { times: [1], once: true } }, false],
    ["a file and a pipe", { a: { times: [1] }, b: { times: [2], once: true } }, false],
  ])("can be read again where all are files: %s", async (_, inputs, wanted) => {
    const feed = sequencerOf(inputs);
    await take(feed);
    expect(feed.canBeReadAgain).toBe(wanted);
  });

  it("are as far as all of them were read, of as many bytes as are known", async () => {
    const files = sequencerOf({ a: { times: [1, 2] }, b: { times: [3] } });
    const size = captureAt([1, 2]).length + captureAt([3]).length;
    await take(files, 1);
    expect(files.progress()).toEqual({ bytes: captureAt([1, 2]).length, totalBytes: size, source: "a" });
    const whole = sequencerOf({ a: { times: [1, 2] }, b: { times: [3] } });
    await take(whole);
    expect(whole.progress()).toEqual({ bytes: size, totalBytes: size, source: "" });
    const pipe = sequencerOf({ a: { times: [1] }, b: { times: [2], once: true } });
    await take(pipe);
    expect(pipe.progress().totalBytes).toBeNull();
  });

  it("may be archives, which are replaced by what is in them", async () => {
    const inside = [inputOf("a.tar/1", { times: [2] }), inputOf("a.tar/2", { times: [1] })];
    const leftOut = [new CaptureError("unreadable", "a.tar/3 is cut off")];
    const feed = sequencerOf({
      "a.tar": { expand: async () => ({ inputs: inside, leftOut }) },
      b: { times: [3] },
      "c.zip": {
        expand: async () => {
          throw new CaptureError("unreadable", "c.zip has no directory");
        },
      },
    });
    expect(await take(feed)).toEqual([1, 0, 2]);
    expect(feed.inputs.map(({ name }) => name)).toEqual(["a.tar/1", "a.tar/2", "b"]);
    expect(feed.leftOut).toEqual(leftOut);
    expect(feed.failures.map(({ message }) => message)).toEqual(["c.zip has no directory"]);
  });

  it("pass on what is no fault of an input", async () => {
    const broken = new Error("out of memory");
    const expand = () => Promise.reject(broken);
    await expect(take(sequencerOf({ a: { expand } }))).rejects.toBe(broken);
  });
});

describe("a reading that was ended", () => {
  const taken =
    (...packets: (number | null)[]) =>
    (source: number): Taken | null => {
      const count = packets[source];
      return count === null ? null : { packets: count, last: { micros: count, nanos: 0 } };
    };

  it("says of each file how much of it was read, and nothing of those that were read to their end", async () => {
    const feed = sequencerOf({ a: { times: [1] }, b: { times: [2, 3, 4] }, c: { times: [9] } });
    await take(feed, 2);
    await feed.interrupt(taken(1, 1, null));
    expect(feed.summaries.map(({ name, end, packets }) => [name, end, packets])).toEqual([
      ["a", "clean", 1],
      ["b", "interrupted", 1],
      ["c", "interrupted", 0],
    ]);
    expect(feed.summaries[1].problem).toBe("b: the reading was ended after 1 packets, before the end.");
    expect(feed.times.map(({ first, last }) => [first?.micros ?? null, last?.micros ?? null])).toEqual([
      [1, 1],
      [2, 1],
      [null, null],
    ]);
    expect(feed.unopened).toEqual([]);
    await feed.close();
  });

  it("with the last packet of a file has read that file", async () => {
    const feed = sequencerOf({ a: { times: [1, 2] } });
    await take(feed, 2);
    await feed.interrupt(taken(2));
    expect(feed.summaries.map(({ end }) => end)).toEqual(["clean"]);
  });

  it("says nothing of a pipe, which may have had no more", async () => {
    const feed = sequencerOf({ a: { times: [1, 2, 3], once: true } });
    await take(feed, 1);
    await feed.interrupt(taken(1));
    expect(feed.summaries.map(({ end }) => end)).toEqual(["clean"]);
  });

  it("before it began names the files that were not opened, and gives up pipes that are waited for", async () => {
    abandoned.length = 0;
    const feed = sequencerOf({ a: { times: [1] }, b: { times: [2], once: true }, c: {} });
    await feed.interrupt(taken());
    expect(feed.unopened).toEqual(["a", "c"]);
    await feed.close();
    expect(abandoned).toEqual(["a", "b", "c"]);
  });

  it("of a file that was gone when its turn came has that one's fault", async () => {
    const feed = sequencerOf({ a: { times: [1] }, b: { times: [2], failsAt: 2 } });
    expect(await take(feed)).toEqual([0]);
    await feed.interrupt(taken(1, 0));
    expect(feed.summaries[1]).toMatchObject({ end: "corrupt", packets: 0, problem: "cannot read b." });
  });
});

describe("a single input", () => {
  it("goes on with its clock and its segments where another one was", async () => {
    const first = sequencerOf({ a: { times: [9_000_000, 1_000_000], once: true } });
    await take(first);
    const saved = first.save();
    expect(saved).toMatchObject({
      segment: 1,
      latest: 1_000_000,
      first: { micros: 9_000_000 },
      last: { micros: 1_000_000 },
    });
    const second = sequencerOf({ a: { times: [1_000_000], once: true } });
    second.restore(saved);
    expect(second.save()).toEqual(saved);
    const clocks: number[] = [];
    for await (const round of second.rounds())
      for (const { clock, start, segment } of round) clocks.push(clock[start], segment);
    // Half a microsecond behind what came before, in the same segment.
    expect(clocks).toEqual([1_000_000.5, 1]);
    expect(second.clockSteps.count).toBe(1);
    expect(second.save().first).toEqual({ micros: 9_000_000, nanos: 0 });
  });
});
