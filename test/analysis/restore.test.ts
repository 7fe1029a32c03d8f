import { deserialize, serialize } from "node:v8";
import { describe, expect, it } from "vitest";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import { lineSchema } from "../../src/report/lines.ts";
import type { FrameRecord } from "../support/capture-files.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { Client, Stage } from "../support/session.ts";

/** One that is connected, one that is kept out and comes again, and one that nobody explains. */
function records(): FrameRecord[] {
  const stage = new Stage(1);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 90);
  const second = new Client(stage, { address: "198.51.100.12" });
  second.connect(10).unanswered(10.2).farewell(20);
  second.connect(50).unanswered(50.2).farewell(60);
  new Client(stage, { address: "198.51.100.13" }, [9]).connect(70).unanswered(70.2).farewell(80);
  return stage.sorted();
}

/** Reads frames in parts, each by an analysis of its own that goes on where the one before was; ticks after each part. */
function played(parts: readonly (readonly FrameRecord[])[]) {
  const inputs = new PlayedInputs();
  let now = 0;
  let saved: Buffer | null = null;
  const told: string[] = [];
  let analysis = new LiveAnalysis(inputs, { now: () => now });
  for (const part of parts) {
    if (saved !== null) {
      analysis = new LiveAnalysis(inputs, { now: () => now });
      analysis.restore(deserialize(saved), now);
    }
    for (const record of part) {
      now = Number(record.at - all[0].at) / 1e6;
      analysis.decoder.decode(inputs.slice(record));
    }
    for (const line of analysis.pause(now)) {
      expect(lineSchema.safeParse(line).error).toBeUndefined();
      told.push(line.type);
    }
    saved = serialize(analysis.save());
  }
  const { lines, report } = analysis.finish(now);
  told.push(...lines.map(({ type }) => type));
  return { told, report, analysis };
}
const all = records();

describe("an analysis that goes on where another one was", () => {
  const whole = played([all]);

  it("tells a finding, and of a client that was refused and nobody explains", () => {
    expect(whole.told.toSorted()).toEqual(["finding", "warning"]);
  });

  it("has a report whenever it is asked, and knows three clients and a gateway", () => {
    expect(whole.analysis.report()).toEqual(whole.report);
    expect(whole.analysis.hosts).toBe(4);
  });

  it.each([1, 7, 30, 45, 60])("has the report of the whole, cut after every %i frames", (size) => {
    const parts = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
      all.slice(i * size, (i + 1) * size),
    );
    const { report, told, analysis } = played(parts);
    expect(report).toEqual(whole.report);
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(["rejected"]);
    // What was told once is not told again by who goes on.
    expect(told.filter((type) => type === "finding")).toHaveLength(1);
    expect(told.filter((type) => type === "warning")).toHaveLength(
      whole.told.filter((type) => type === "warning").length,
    );
    expect([analysis.packets, analysis.lastAt]).toEqual([all.length, whole.analysis.lastAt]);
    expect(analysis.counts).toEqual(whole.analysis.counts);
  });
});

it("an analysis of nothing has nothing to tell", () => {
  const analysis = new LiveAnalysis(new PlayedInputs());
  const nothing = [analysis.timelines(), analysis.gatewayFindings, analysis.presence(0)];
  expect(nothing).toEqual([[], [], []]);
  expect([analysis.evidencePlan, analysis.time(0), analysis.packets]).toEqual([null, null, 0]);
  expect([analysis.lastAt, analysis.scannedAt]).toEqual([Number.NaN, Number.NaN]);
  expect(analysis.tick(0)).toEqual([]);
});

it("how long a judgement took is told in seconds", () => {
  let clock = 0;
  // A quarter of a second passes whenever it is looked at.
  const now = () => {
    clock += 250;
    return clock;
  };
  const analysis = new LiveAnalysis(new PlayedInputs(), { now });
  expect(analysis.judgementSeconds).toBe(0);
  analysis.pause(0);
  expect(analysis.judgementSeconds).toBe(0.25);
});
