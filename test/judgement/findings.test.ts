import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage } from "../support/session.ts";

const HOLDER = { address: "198.51.100.11" };
const CONTENDER = { address: "198.51.100.12" };

it("a finding of a pair has its attempts in the order of time, whatever their IDs (6.10)", async () => {
  const stage = new Stage(50);
  new Session(stage, HOLDER).mainMode(0).quickMode(0.2, 1).quickMode(1.2, 2).esp(2, 200);
  for (const [at, id] of [
    [10, 1],
    [30, 2],
    [60, 1],
  ])
    new Session(stage, CONTENDER)
      .mainMode(at)
      .unanswered(at + 0.2, id)
      .farewell(at + 12);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings).toHaveLength(1);
  expect(findings[0].holder.address).toBe(HOLDER.address);
  expect(findings[0].attempts.map(({ messageId }) => Number(messageId))).toEqual([1, 2, 1]);
});

it("who is tolerated on one ID and gets in on another was not kept out: nothing is noted of that (6.8)", async () => {
  const stage = new Stage(51);
  new Session(stage, HOLDER).mainMode(0).quickMode(0.2, 1).esp(2, 200);
  new Session(stage, CONTENDER).mainMode(10).quickMode(10.2, 1).quickMode(10.3, 2).esp(11, 200);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings.map(({ verdict }) => verdict)).toEqual(["tolerated"]);
  expect(findings[0].notes).not.toContain("in-by-another-id");
});
