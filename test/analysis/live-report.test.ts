import { describe, expect, it } from "vitest";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import { captureMetrics, statsLine, statusWarnings, withLive } from "../../src/analysis/live-report.ts";
import type { Feed, LiveStatus } from "../../src/feed/feed.ts";
import { lineSchema } from "../../src/report/lines.ts";
import { PlayedInputs, playLive } from "../support/played-live.ts";
import { Client, Stage } from "../support/session.ts";

/** A holder and a client that was kept out, in a capture of seventy seconds. */
function played() {
  const stage = new Stage(1);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 60);
  new Client(stage, { address: "198.51.100.12" }).connect(10).unanswered(10.2);
  return { ...playLive(stage.sorted()), frames: stage.sorted().length };
}
const { analysis, report, frames } = played();

function feedOf(status?: Partial<LiveStatus>): Feed {
  const inputs = new PlayedInputs();
  const whole: LiveStatus = {
    sources: [{ name: "eth0", state: "waiting", packets: 7 }],
    interruptions: 0,
    times: "kernel",
    dropped: { kernel: 0, queue: 0 },
    ...status,
  };
  return Object.assign(inputs, {
    rounds: () => expect.unreachable(),
    ...(status !== undefined && { status: whole }),
  }) as unknown as Feed;
}

/** An analysis that has let go of so much. */
const closing = (ikeSas: number, rejected: number, evicted = 0, possible = 1) =>
  Object.defineProperties(Object.create(analysis), {
    tally: {
      value: {
        ...analysis.tally,
        evicted,
        closed: { ikeSas, findings: { rejected, predicted: 0, possible, tolerated: 0 } },
      },
    },
    time: { value: () => "now" },
  }) as typeof analysis;

describe("the line of counts", () => {
  it("has how long the program has run, what came and what was lost on the way", () => {
    const { sources, ...line } = statsLine(feedOf(), analysis, 65_499, 5_000, 3);
    expect(lineSchema.safeParse({ ...line, sources }).error).toBeUndefined();
    expect(analysis.tally).toMatchObject({ responders: 1, clients: 2, ikeSas: 2 });
    const { packets, messages, quickModeMessages } = analysis.counts;
    expect(packets).toBe(frames);
    expect(line).toMatchObject({
      type: "stats",
      uptimeSeconds: 60,
      packets,
      messages,
      quickModeMessages,
      ...analysis.tally,
      dropped: { kernel: null, queue: 0, output: 3 },
    });
    expect(sources).toEqual([{ name: "played", state: "capturing", packets: 0 }]);
  });

  it("has the interfaces as they are, and what the kernel dropped, where that is known", () => {
    const line = statsLine(feedOf({ dropped: { kernel: 5, queue: 2 } }), analysis, 0, 0, 0);
    expect(line.sources).toEqual([{ name: "eth0", state: "waiting", packets: 7 }]);
    expect(line.dropped).toEqual({ kernel: 5, queue: 2, output: 0 });
  });

  it("is what a monitoring system gets, with the time of the last packet in seconds", () => {
    const stats = statsLine(feedOf(), analysis, 0, 0, 0);
    const metrics = captureMetrics(stats, analysis);
    expect(metrics).toEqual({
      stats,
      gateways: analysis.gatewayFindings,
      lastPacketAt: analysis.lastAt / 1e6,
      judgementSeconds: analysis.judgementSeconds,
    });
    expect(new Date(metrics.lastPacketAt! * 1_000).getUTCFullYear()).toBeGreaterThan(2_000);
    expect(metrics.gateways).toMatchObject([{ findings: { rejected: 1, predicted: 0 } }]);
    expect(captureMetrics(stats, new LiveAnalysis(new PlayedInputs())).lastPacketAt).toBeNull();
  });
});

describe("warnings of a capture that goes on", () => {
  const codes = (feed: Feed, of = analysis, linesDropped = 0) =>
    statusWarnings(
      feed,
      of,
      () => linesDropped,
    )(0).map((line) => (line.type === "warning" ? line.code : line.type));

  it("are lines by the schema", () => {
    const [line] = statusWarnings(feedOf({ interruptions: 1 }), analysis, () => 0)(0);
    expect(lineSchema.safeParse(line).error).toBeUndefined();
  });

  it.each<[string, string[], Partial<LiveStatus>, number, number]>([
    ["none where nothing is wrong", [], {}, 0, 0],
    ["the kernel dropped packets", ["packets-dropped"], { dropped: { kernel: 1, queue: 0 } }, 0, 0],
    ["so did the queue", ["packets-dropped"], { dropped: { kernel: null, queue: 1 } }, 0, 0],
    ["the capture broke off", ["capture-interrupted"], { interruptions: 1 }, 0, 0],
    ["nobody took lines", ["lines-dropped"], {}, 1, 0],
    ["the table was full", ["evicted"], {}, 0, 1],
  ])("%s", (_, wanted, status, linesDropped, evicted) => {
    expect(codes(feedOf(status), closing(0, 0, evicted), linesDropped)).toEqual(wanted);
  });

  it("say how much and how often", () => {
    const said = (status: Partial<LiveStatus>) =>
      statusWarnings(
        feedOf(status),
        analysis,
        () => 0,
      )(0).map((line) => ("message" in line ? line.message : ""));
    expect(said({ dropped: { kernel: 4, queue: 9 } })[0]).toMatch(
      /^4 packets .* by the kernel and 9 on their way/,
    );
    expect(said({ interruptions: 1 })[0]).toMatch(/ broke off once:/);
    expect(said({ interruptions: 2 })[0]).toMatch(/ broke off 2 times:/);
  });

  it("come again when they say more, and every five seconds at most", () => {
    const status: Partial<LiveStatus> = { interruptions: 1 };
    const feed = feedOf(status);
    const ask = statusWarnings(feed, closing(0, 0), () => 0);
    const at = (now: number, interruptions: number) => {
      feed.status!.interruptions = interruptions;
      return ask(now).map((line) => ("message" in line ? `${line.at} ${line.message.slice(0, 27)}` : ""));
    };
    expect(at(0, 1)).toEqual(["now The capture broke off once:"]);
    expect(at(10_000, 1)).toEqual([]);
    expect(at(10_100, 2)).toEqual(["now The capture broke off 2 tim"]);
    expect(at(15_099, 3)).toEqual([]);
    expect(at(15_100, 3)).toEqual(["now The capture broke off 3 tim"]);
  });
});

describe("the report of a capture that went on", () => {
  it("is that of a file where a pipe brought one", () => {
    expect(withLive(report, feedOf(), closing(0, 0), 0)).toBe(report);
  });

  it.each([
    ["interfaces were listened to", feedOf({}), closing(0, 0), 0],
    ["sessions ended while it ran", feedOf(), closing(1, 0), 0],
    ["lines of output were dropped", feedOf(), closing(0, 0), 1],
  ])("has a part of its own where %s", (_, feed, of, linesDropped) => {
    const { live } = withLive(report, feed, of, linesDropped);
    expect(live).toEqual({
      times: feed.status?.times ?? "as-written",
      interruptions: 0,
      dropped: { kernel: feed.status === undefined ? null : 0, queue: 0, output: linesDropped },
      closed: of.tally.closed,
    });
  });

  it("says how many findings are no longer listed, of all verdicts, and nothing twice", () => {
    const added = (of: typeof analysis) =>
      withLive(report, feedOf({ interruptions: 2 }), of, 0).warnings.slice(report.warnings.length);
    expect(added(closing(3, 2, 1))).toEqual([
      { code: "capture-interrupted", message: expect.stringMatching(/2 times/) },
      { code: "findings-closed", message: expect.stringMatching(/^3 findings were told/) },
    ]);
    expect(added(closing(3, 0, 0, 0)).map(({ code }) => code)).toEqual(["capture-interrupted"]);
  });
});
