import { describe, expect, it } from "vitest";
import { type LiveRun, type RunOptions, run } from "../../src/analysis/run.ts";
import { CaptureError } from "../../src/capture/source.ts";
import type { Feed, LiveStatus, Slice } from "../../src/feed/feed.ts";
import type { Line } from "../../src/report/lines.ts";
import type { CaptureMetrics } from "../../src/report/metrics.ts";
import type { FrameRecord } from "../support/capture-files.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { Client, Stage } from "../support/session.ts";

/** A client in a tunnel, and one whose first copy of an unanswered quick mode is the last frame. */
function untilFirstCopy(): FrameRecord[] {
  const stage = new Stage(1);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 11);
  new Client(stage, { address: "198.51.100.12" }).connect(10).unanswered(10.2);
  const records = stage.sorted();
  return records.filter(({ at }) => at - records[0].at < 11_500_000_000n);
}

const STATUS: LiveStatus = {
  sources: [{ name: "eth0", state: "capturing", packets: 7 }],
  interruptions: 1,
  times: "kernel",
  dropped: { kernel: 0, queue: 0 },
};

/** An interface whose frames are all there at once; it ends when `over` is resolved. */
class Played extends PlayedInputs implements Feed {
  readonly calls: string[] = [];
  readonly status?: LiveStatus;
  end: () => void = () => {};
  readonly #records: readonly FrameRecord[];
  readonly #over = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  constructor(records: readonly FrameRecord[], status?: LiveStatus) {
    super();
    this.#records = records;
    if (status !== undefined) this.status = status;
  }

  async *rounds(): AsyncGenerator<Iterable<Slice>> {
    yield this.#slices(0, 10);
    yield this.#slices(10);
    await this.#over;
  }

  *#slices(from: number, to?: number): Generator<Slice> {
    for (const record of this.#records.slice(from, to)) yield this.slice(record);
  }

  async interrupt(taken: (source: number) => { packets: number } | null): Promise<void> {
    this.calls.push(`interrupted after ${taken(0)?.packets}`);
  }

  refresh(): void {
    this.calls.push("refreshed");
  }
}

const STEP_MS = 2_500;
const TICKS = 9;

/** What is said, with the milliseconds at which it is: each tick is 2.5 s later than the one before. */
async function watched(feed: Played, more: Partial<LiveRun> = {}) {
  let clock = 0;
  let ticks = 0;
  const said: string[] = [];
  const metrics: CaptureMetrics[] = [];
  const metricsAt: number[] = [];
  const word = (line: Line) => {
    if (line.type === "finding" || line.type === "finding-update") return line.finding.verdict;
    return line.type === "warning" ? line.code : line.type;
  };
  const outcome = await run(feed, {
    now: () => clock,
    live: {
      statsEvery: 10,
      onLines: (lines, _, isLast) => {
        for (const line of lines) said.push(`${clock}${isLast ? " last" : ""} ${word(line)}`);
      },
      onMetrics: (each) => {
        metrics.push(each);
        metricsAt.push(clock);
      },
      onTick: () => {
        ticks += 1;
        if (ticks === TICKS) feed.end();
        // Behind this tick.
        queueMicrotask(() => {
          clock += STEP_MS;
        });
      },
      ...more,
    },
  });
  return { outcome, said, metrics, metricsAt };
}

describe("an interface that is listened to", () => {
  it("is judged while it goes on, and says at its own times what it has to say", async () => {
    const feed = new Played(untilFirstCopy(), STATUS);
    const { outcome, said, metrics, metricsAt } = await watched(feed);
    expect(said.filter((each) => !/ stats$/.test(each))).toEqual([
      "0 predicted",
      "0 capture-interrupted",
      // Behind the fifth second without an answer.
      "7500 rejected",
    ]);
    expect(said.filter((each) => / stats$/.test(each))).toEqual(["10000 stats", "20000 stats"]);
    expect(feed.calls).toEqual(Array(4).fill("refreshed"));
    // At once, after a quarter of a minute, and at the end.
    expect(metricsAt).toEqual([0, 15_000, 22_500]);
    expect(metrics.at(-1)?.gateways).toMatchObject([{ findings: { rejected: 1 } }]);
    expect(outcome.report.live).toMatchObject({ times: "kernel", interruptions: 1 });
    expect(outcome.report.findings.map(({ verdict }) => verdict)).toEqual(["rejected"]);
    expect([outcome.end, outcome.packets]).toEqual(["ended", untilFirstCopy().length]);
    expect(outcome.timelines()).toHaveLength(1);
    expect(outcome.plan).not.toBeNull();
  });

  it("says nothing of counts where nobody wants them", async () => {
    const { said } = await watched(new Played(untilFirstCopy(), STATUS), { statsEvery: 0 });
    expect(said.filter((each) => / stats$/.test(each))).toEqual([]);
  });
});

describe("an input that goes on", () => {
  it("says nothing where there is nothing to say", async () => {
    const feed = new Played(untilFirstCopy(), { ...STATUS, interruptions: 0 });
    const sizes: number[] = [];
    await run(feed, {
      now: () => 0,
      live: { onLines: (lines) => void sizes.push(lines.length), onMetrics: () => feed.end() },
    });
    // The finding; at the end it is what it was.
    expect(sizes).toEqual([1]);
  });

  it("says as the last what is told at its end, warnings as well", async () => {
    const feed = new Played(untilFirstCopy(), STATUS);
    const told: string[] = [];
    feed.end();
    const onLines: LiveRun["onLines"] = (lines, _, isLast) => {
      for (const { type } of lines) told.push(`${type} ${isLast}`);
    };
    await run(feed, { now: () => 0, live: { onLines } });
    expect(told).toEqual(["warning true", "finding true"]);
  });

  it("need not have anything that could be brought up to date", async () => {
    const feed = Object.defineProperty(new Played(untilFirstCopy(), STATUS), "refresh", { value: undefined });
    let clock = 0;
    const metricsAt: number[] = [];
    const onMetrics = () => {
      metricsAt.push(clock);
      if (clock > 0) feed.end();
      clock += 20_000;
    };
    await run(feed, { now: () => clock, live: { onMetrics } });
    expect(metricsAt.slice(0, 2)).toEqual([0, 20_000]);
  });

  it("stands still without a clock: what an hour of waiting would settle is open", async () => {
    const feed = new Played(untilFirstCopy());
    feed.end();
    const { report } = await run(feed, { live: { keeper: { begin: () => {}, end: async () => {} } } });
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(["predicted"]);
  });
});

describe("a pipe", () => {
  it("that brings a file is judged at its end, by the file's own clock", async () => {
    const feed = new Played(untilFirstCopy());
    let clock = 0;
    const said: string[] = [];
    const isLive: boolean[] = [];
    const onTick = (_: unknown, live: boolean) => {
      isLive.push(live);
      // All packets came at the first look, and the pipe ends before another.
      clock = 60_000;
      feed.end();
    };
    const onLines = (lines: readonly Line[], _: unknown, isLast: boolean) => {
      for (const line of lines) said.push(`${isLast} ${line.type}`);
    };
    const { report } = await run(feed, { now: () => clock, live: { onLines, onTick } });
    expect(isLive[0]).toBe(false);
    expect(said).toEqual(["true finding"]);
    // The capture ends a second after the first try: what an hour of waiting would settle is open.
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(["predicted"]);
    expect(report.live).toBeUndefined();
    expect(feed.calls).toEqual([]);
  });
});

describe("a part of a stream", () => {
  it("is judged where it ends, before its keeper is told so, and its report is told to nobody", async () => {
    const feed = new Played(untilFirstCopy());
    const order: string[] = [];
    feed.end();
    const { report } = await run(feed, {
      now: () => 0,
      live: {
        keeper: {
          begin: () => {
            order.push("begin");
          },
          end: async () => {
            order.push("end");
          },
        },
        onLines: (lines) => {
          for (const line of lines) order.push(line.type);
        },
        linesDropped: () => 3,
      },
    });
    expect(order).toEqual(["begin", "warning", "finding", "end"]);
    expect(report.live?.dropped.output).toBe(3);
  });

  it("goes by the clock that goes on: a minute later the answer is missing, which its report alone says", async () => {
    const feed = new Played(untilFirstCopy());
    let clock = 0;
    const lines: string[] = [];
    feed.end();
    const { report } = await run(feed, {
      now: () => clock,
      live: {
        keeper: {
          begin: () => {},
          end: async () => {
            clock = 60_000;
          },
        },
        onLines: (told) => void lines.push(...told.map(({ type }) => type)),
      },
    });
    expect(lines).toEqual(["finding"]);
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(["rejected"]);
  });
});

describe("a file", () => {
  const file = async (options: RunOptions) => {
    const feed = new Played(untilFirstCopy());
    let rounds = 0;
    const onRound = () => {
      rounds += 1;
      if (rounds === 2) feed.end();
    };
    const outcome = await run(feed, { ...options, onRound });
    return { ...outcome, feed, rounds };
  };

  it("is judged once, behind its last round", async () => {
    const { report, end, rounds, feed } = await file({});
    expect([end, rounds, feed.calls]).toEqual(["ended", 2, []]);
    expect(report.findings).toHaveLength(1);
  });

  it("says what could not be read beside it, where there is such", async () => {
    const codes = async (unreadable?: Parameters<typeof run>[2]) => {
      const feed = new Played(untilFirstCopy());
      feed.end();
      return (await run(feed, {}, unreadable)).report.warnings.map(({ code }) => code);
    };
    expect(await codes()).not.toContain("unreadable");
    expect(await codes(() => [new CaptureError("unreadable", "b.pcap: no such file")])).toContain(
      "unreadable",
    );
  });

  it("need not know that it was left", async () => {
    const feed = Object.defineProperty(new Played(untilFirstCopy()), "interrupt", { value: undefined });
    const { end, packets } = await run(feed, { maxPackets: 3 });
    expect([end, packets]).toEqual(["limit", 3]);
  });

  it("of which so many packets were wanted says where it was left", async () => {
    const { end, packets, feed } = await file({ maxPackets: 3 });
    expect([end, packets, feed.calls]).toEqual(["limit", 3, ["interrupted after 3"]]);
  });

  it("that was read for so long, too", async () => {
    const feed = new Played(untilFirstCopy());
    const { end, packets } = await run(feed, { seconds: 0.05 });
    expect([end, packets]).toEqual(["stopped", untilFirstCopy().length]);
    expect(feed.calls).toEqual([`interrupted after ${packets}`]);
  });

  it("that was given up before it began has nothing", async () => {
    const { end, packets, report, timelines, plan } = await file({ signal: AbortSignal.abort() });
    expect([end, packets, report.findings, timelines()]).toEqual(["stopped", 0, [], []]);
    expect(plan?.() ?? null).toBeNull();
  });
});
