import { describe, expect, it } from "vitest";
import { LiveAnalysis } from "../src/analysis/analysis.ts";
import { lineSchema } from "../src/report/lines.ts";
import { PlayedInputs, playLive, type Told } from "./support/played-live.ts";
import { Client, START, Stage } from "./support/session.ts";

const FIRST = { address: "198.51.100.11" };
const SECOND = { address: "198.51.100.12" };

/** Lines about findings in short: when, type, verdict, severity. */
function history(told: readonly Told[]): string[] {
  return told.flatMap(({ line }) =>
    line.type === "finding" || line.type === "finding-update"
      ? [`${line.type} ${"withdrawn" in line && line.withdrawn ? "withdrawn " : ""}${line.finding.verdict}`]
      : [],
  );
}

/** Seconds after the contender's first quick mode. */
function toldAt(told: readonly Told[], verdict: string, attemptAt: number): number {
  const found = told.find(
    ({ line }) =>
      (line.type === "finding" || line.type === "finding-update") && line.finding.verdict === verdict,
  );
  return (found?.at ?? Number.NaN) - attemptAt;
}

function holderConnected(stage: Stage): void {
  new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 60);
}

describe("when a finding is told", () => {
  it("predicted at the first retransmission, rejected within 1 s of the fifth second, and nothing else", () => {
    const stage = new Stage(1);
    holderConnected(stage);
    new Client(stage, SECOND).connect(10).unanswered(10.2);
    const { told } = playLive(stage.sorted());
    expect(history(told)).toEqual(["finding predicted", "finding-update rejected"]);
    expect(toldAt(told, "predicted", 10.2)).toBeGreaterThanOrEqual(1);
    expect(toldAt(told, "predicted", 10.2)).toBeLessThan(2);
    expect(toldAt(told, "rejected", 10.2)).toBeGreaterThan(5);
    expect(toldAt(told, "rejected", 10.2)).toBeLessThan(6);
    for (const { line } of told) expect(lineSchema.safeParse(line).error).toBeUndefined();
  });

  it("predicted after 2 s without an answer where the client does not repeat itself", () => {
    const stage = new Stage(2);
    holderConnected(stage);
    new Client(stage, SECOND).connect(10).unanswered(10.2, 1, []);
    const { told } = playLive(stage.sorted());
    expect(history(told)[0]).toBe("finding predicted");
    expect(toldAt(told, "predicted", 10.2)).toBeGreaterThan(2);
    expect(toldAt(told, "predicted", 10.2)).toBeLessThan(3);
  });

  it("predicted after 2 s also where the quick mode is the last that is heard", () => {
    const stage = new Stage(2);
    new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 5);
    new Client(stage, SECOND).connect(8).unanswered(10.2, 1, []);
    const { told } = playLive(stage.sorted());
    expect(history(told)[0]).toBe("finding predicted");
    expect(toldAt(told, "predicted", 10.2)).toBeGreaterThan(2);
    expect(toldAt(told, "predicted", 10.2)).toBeLessThan(2.5);
  });

  it("not yet at the end of a part that may bring the answer, and at the end of all", () => {
    const stage = new Stage(2);
    holderConnected(stage);
    new Client(stage, SECOND).connect(10).unanswered(10.2, 1, []);
    const upToIt = stage.sorted().filter(({ at }) => at - START <= 10_200_000_000n);
    const { analysis } = playLive(upToIt.slice(0, -1), 0);
    analysis.decoder.decode(new PlayedInputs().slice(upToIt.at(-1)!));
    const now = 10_200;
    expect(analysis.pause(now)).toEqual([]);
    expect(analysis.finish(now).lines.map(({ type }) => type)).toEqual(["finding"]);
  });

  it("when it is settled also where IKE SAs were let go of meanwhile", () => {
    const stage = new Stage(1);
    holderConnected(stage);
    new Client(stage, SECOND).connect(50).unanswered(59.95);
    expect(history(playLive(stage.sorted()).told)).toEqual(["finding predicted", "finding-update rejected"]);
  });

  it("nothing where every quick mode is answered at once and the IDs differ", () => {
    const stage = new Stage(3);
    holderConnected(stage);
    new Client(stage, SECOND, [0x51a3_7c01, 0x9922_0d17]).connect(10).quickMode(10.2).quickMode(20);
    expect(playLive(stage.sorted()).told).toEqual([]);
  });

  it("tolerated alone where the same ID is answered within 2 s and not repeated", () => {
    const stage = new Stage(4);
    holderConnected(stage);
    new Client(stage, SECOND).connect(10).quickMode(10.2).esp(11, 60);
    expect(history(playLive(stage.sorted()).told)).toEqual(["finding tolerated"]);
  });

  it("a prediction that an answer refutes is withdrawn when the holder may have gone before", () => {
    const stage = new Stage(5);
    // The holder is not heard of after its quick mode.
    new Client(stage, FIRST).connect(0).quickMode(0.2);
    const second = new Client(stage, SECOND).connect(10);
    const message = second.encrypted(32, 1, 332);
    for (const later of [0, 1]) second.send(10.2 + later, "client", message);
    second.send(13, "responder", second.encrypted(32, 1, 172));
    second.send(13.1, "client", second.encrypted(32, 1, 60));
    expect(history(playLive(stage.sorted()).told)).toEqual([
      "finding predicted",
      "finding-update withdrawn predicted",
    ]);
  });

  it("what was told and the report at the end agree", () => {
    const stage = new Stage(6);
    holderConnected(stage);
    new Client(stage, SECOND).connect(10).unanswered(10.2);
    const { told, report } = playLive(stage.sorted());
    const last = told.map(({ line }) => line).findLast((line) => line.type === "finding-update");
    expect(report.findings.map(({ fingerprint, verdict }) => [fingerprint, verdict])).toEqual([
      [last?.finding.fingerprint, "rejected"],
    ]);
  });
});

describe("memory", () => {
  it("IKE SAs that said farewell are let go of, with their findings, and counted", () => {
    const stage = new Stage(7);
    new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 60).farewell(61);
    new Client(stage, SECOND).connect(10).unanswered(10.2).farewell(20);
    const { told, report, analysis } = playLive(stage.sorted(), 1200);
    expect(analysis.tally).toMatchObject({
      ikeSas: 0,
      closed: { ikeSas: 2, findings: { rejected: 1, predicted: 0, possible: 0, tolerated: 0 } },
    });
    expect(report.findings).toEqual([]);
    // Letting go of it is no news about it.
    expect(history(told).at(-1)).toBe("finding-update rejected");
  });

  it("they are let go of while others go on, too", () => {
    const stage = new Stage(7);
    new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 60).farewell(61);
    new Client(stage, SECOND, [9]).connect(10).quickMode(10.2).esp(11, 900);
    const held: number[] = [];
    const { analysis } = playLive(stage.sorted(), 0, {
      watch: ({ tally }, now) => {
        if (now === 110_000) held.push(tally.ikeSas);
      },
    });
    // They are looked for once a minute.
    expect(held).toEqual([2]);
    expect(analysis.tally).toMatchObject({ ikeSas: 1, closed: { ikeSas: 1 } });
  });

  it("so they are behind a clock that was set back by an hour", () => {
    const stage = new Stage(7);
    new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 10).farewell(11);
    new Client(stage, SECOND, [9]).connect(20).quickMode(20.2).esp(21, 31_000, 590);
    let now = 0;
    const inputs = new PlayedInputs();
    const analysis = new LiveAnalysis(inputs, { now: () => now });
    for (const record of stage.sorted()) {
      now = Number(record.at - START) / 1e6;
      const back = now > 30_000 ? 3_600_000_000_000n : 0n;
      analysis.decoder.decode(inputs.slice({ ...record, at: record.at - back }));
      analysis.tick(now);
    }
    // Eight hours and twenty minutes later: nobody knows when it was heard by the clock that goes on.
    expect(analysis.tally).toMatchObject({ ikeSas: 1, closed: { ikeSas: 1 } });
  });

  it("what a quick mode waits for is noted though IKE SAs were let go of meanwhile", () => {
    const stage = new Stage(1);
    // The gateway is heard at 116 s, and at 121 s again.
    new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 150);
    new Client(stage, SECOND).connect(10).unanswered(119.95, 1, []);
    const { told } = playLive(stage.sorted());
    expect(history(told)[0]).toBe("finding predicted");
  });

  it("a client that is still connected is kept, however long it is silent within its lifetime", () => {
    const stage = new Stage(8);
    new Client(stage, FIRST).connect(0).quickMode(0.2);
    const { analysis } = playLive(stage.sorted(), 7200);
    expect(analysis.tally).toMatchObject({ ikeSas: 1, closed: { ikeSas: 0 } });
  });

  it("beyond --max-sas the longest silent goes, is counted, and is not told as refuted", () => {
    const stage = new Stage(9);
    new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 12);
    new Client(stage, SECOND).connect(10).unanswered(10.2);
    for (let i = 0; i < 40; i += 1) {
      new Client(stage, { address: `203.0.113.${i + 1}` })
        .connect(30 + i)
        .quickMode(30.2 + i, 0x7000_0000 + i);
    }
    const { told, analysis } = playLive(stage.sorted(), 10, { maxSas: 16 });
    expect(analysis.tally.ikeSas).toBeLessThanOrEqual(16);
    expect(analysis.tally.evicted).toBeGreaterThanOrEqual(42 - 16);
    expect(history(told).filter((each) => each.includes("withdrawn"))).toEqual([]);
  });

  it("a responder that shared an ID once is not accused after that was forgotten", () => {
    const stage = new Stage(10);
    new Client(stage, FIRST).connect(0).quickMode(0.2).esp(1, 60).farewell(61);
    new Client(stage, SECOND).connect(10).quickMode(10.2).esp(11, 50).farewell(55);
    const later = 3600;
    new Client(stage, FIRST)
      .connect(later)
      .quickMode(later + 0.2)
      .esp(later + 1, later + 60);
    new Client(stage, SECOND).connect(later + 10).unanswered(later + 10.2);
    const { told, analysis } = playLive(stage.sorted());
    expect(analysis.tally.closed.findings.tolerated).toBe(1);
    expect(history(told)).not.toContain("finding-update rejected");
  });
});
