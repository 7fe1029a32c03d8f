import { describe, expect, it } from "vitest";
import { type ExtractRun, extractFrom } from "../../src/analysis/extraction.ts";
import { Scanner } from "../../src/analysis/scanner.ts";
import type { Feed, Slice } from "../../src/feed/feed.ts";
import { Tracker } from "../../src/ike/tracker.ts";
import type { FrameRecord } from "../support/capture-files.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { Client, Stage } from "../support/session.ts";

function records(): FrameRecord[] {
  const stage = new Stage(1);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 30);
  return stage.sorted();
}

/** A feed whose frames come in two rounds, and that says how it was interrupted. */
class Played extends PlayedInputs implements Feed {
  readonly interrupted: number[] = [];
  override readonly times = [
    { first: { micros: 0, nanos: 0 }, last: { micros: 30_000_000, nanos: 0 } },
  ] as never;

  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    const all = records();
    for (const half of [all.slice(0, 5), all.slice(5)])
      yield (function* (played: Played) {
        for (const record of half) yield played.slice(record);
      })(this);
  }

  async interrupt(taken: (source: number) => { packets: number } | null): Promise<void> {
    this.interrupted.push(taken(0)?.packets ?? 0);
  }
}

async function extracted(options: Partial<ExtractRun> = {}) {
  const feed = new Played();
  const writes: string[] = [];
  const counts = await extractFrom(feed, { sensor: "tap", now: () => 0, ...options }, async (lines) => {
    // A slow output: what comes meanwhile waits, and stays in order.
    await new Promise((resolve) => setTimeout(resolve, 5));
    writes.push(lines);
  });
  const lines = writes
    .join("")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { feed, writes, counts, lines };
}

describe("message records of a feed", () => {
  it("are written once each, in the order of their packets, between a header and a trailer", async () => {
    const { writes, counts, lines, feed } = await extracted();
    expect(lines.map(({ type }) => type).filter((type) => type !== "esp")).toEqual([
      "header",
      ...Array(9).fill("ike"),
      "trailer",
    ]);
    const times = lines
      .slice(0, -1)
      .filter(({ type }) => type === "ike")
      .map(({ t }) => BigInt(t));
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)));
    expect(counts).toEqual({ packets: records().length, messages: 9, lines: lines.length });
    expect(writes.every((text) => text.endsWith("\n"))).toBe(true);
    expect(feed.interrupted).toEqual([]);
  });

  it("are those of so many packets, where no more were wanted, and the feed knows it", async () => {
    const { counts, lines, feed } = await extracted({ maxPackets: 4 });
    expect(counts).toMatchObject({ packets: 4, messages: 4 });
    expect(lines.at(-1)).toMatchObject({ type: "trailer", packets: 4 });
    expect(feed.interrupted).toEqual([4]);
  });

  it("are none where the reading was given up before", async () => {
    const feed = new Played();
    const written: string[] = [];
    const options = { sensor: "tap", now: () => 0, signal: AbortSignal.abort() };
    const counts = await extractFrom(feed, options, async (lines) => void written.push(lines));
    expect([counts.packets, written, feed.interrupted]).toEqual([0, [], [0]]);
  });

  it("end where nobody takes them", async () => {
    const feed = new Played();
    const refused = extractFrom(feed, { sensor: "tap", now: () => 0 }, () =>
      Promise.reject(new Error("disk full")),
    );
    await expect(refused).rejects.toThrow("disk full");
  });

  it("need not tell the feed that it was left", async () => {
    const feed = Object.defineProperty(new Played(), "interrupt", { value: undefined });
    const options = { sensor: "tap", now: () => 0, maxPackets: 4 };
    expect((await extractFrom(feed, options, async () => {})).packets).toBe(4);
  });

  it("are of other ports as well, where they are named", async () => {
    const { counts } = await extracted({ ports: [5_500] });
    expect(counts.messages).toBe(9);
  });
});

/** A feed of which nothing comes any more behind its frames, until it is stopped. */
class Standing extends Played {
  isStopped = false;
  stop: () => void = () => {};
  readonly #stopped = new Promise<void>((resolve) => {
    this.stop = () => {
      this.isStopped = true;
      resolve();
    };
  });

  override async *rounds(): AsyncGenerator<Iterable<Slice>> {
    yield* super.rounds();
    await this.#stopped;
  }
}

describe("where nothing comes for a while", () => {
  /** An extraction whose clock and whose looks at it are the test's. */
  function standing(write: (lines: string) => Promise<void>) {
    const feed = new Standing();
    const clock = { now: 1_000_000, look: () => {} };
    const { setInterval } = globalThis;
    globalThis.setInterval = ((look: () => void) => {
      clock.look = look;
    }) as never;
    const ended = extractFrom(feed, { sensor: "tap", now: () => clock.now }, write);
    globalThis.setInterval = setInterval;
    return { feed, clock, ended };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it("the last signs of life of a window are written when it is over", async () => {
    const signs: string[] = [];
    const { feed, clock, ended } = standing(async (lines) => {
      for (const line of lines.trimEnd().split("\n")) signs.push(JSON.parse(line).type);
    });
    await settled();
    const before = signs.length;
    const began = clock.now;
    // The last ones came five seconds after their window began.
    for (const [later, more] of [
      [4_000, []],
      [6_000, ["esp", "esp"]],
    ] as const) {
      clock.now = began + later;
      clock.look();
      await settled();
      expect(signs.slice(before)).toEqual(more);
    }
    feed.stop();
    await ended;
  });

  it("nothing more is read once nobody takes the lines", async () => {
    let isFull = false;
    const { feed, clock, ended } = standing(async () => {
      if (isFull) throw new Error("disk full");
    });
    const refused = expect(ended).rejects.toThrow("disk full");
    await settled();
    expect(feed.isStopped).toBe(false);
    isFull = true;
    clock.now += 6_000;
    clock.look();
    await settled();
    const { isStopped } = feed;
    feed.stop();
    await refused;
    expect(isStopped).toBe(true);
  });
});

describe("when each source begins", () => {
  const scanned = (rows: readonly (readonly [source: number, first: number, last: number])[]) => {
    const scanner = new Scanner(new Tracker({}));
    for (const [source, first, last] of rows)
      scanner.end({ clock: Float64Array.of(first, last), start: 0, end: 2, segment: 3, source } as Slice);
    return scanner;
  };

  it("is known of any set of sources, and of none", () => {
    const scanner = scanned([
      [1, 50, 60],
      [0, 70, 80],
      [1, 40, 90],
      [0, 75, 95],
      [2, 10, 99],
    ]);
    expect([0b001, 0b010, 0b011, 0b111].map((mask) => scanner.sourceStart(mask))).toEqual([70, 40, 40, 10]);
    expect(scanner.sourceStart(0)).toBeNaN();
    expect([scanner.firstAt, scanner.lastAt, scanner.lastSegment]).toEqual([50, 99, 3]);
  });

  it("is kept with a state, and so is when all began and ended", () => {
    const again = new Scanner(new Tracker({}));
    again.restore(structuredClone(scanned([[1, 50, 60]]).save()));
    expect([again.sourceStart(2), again.firstAt, again.lastAt, again.lastSegment]).toEqual([50, 50, 60, 3]);
  });

  it("is the first of those that share a bit", () => {
    expect(
      scanned([
        [40, 7, 8],
        [35, 5, 6],
      ]).sourceStart(2 ** 30),
    ).toBe(5);
  });
});
