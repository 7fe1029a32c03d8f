import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, START, Stage } from "../support/session.ts";

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

it("a holder that is only concluded stands beside the others that may hold the ID (6.2, 6.9)", async () => {
  const stage = new Stage(52);
  const unseen = "198.51.100.13";
  // Both dialled in before the capture; of one only its ESP is in it, the other was first accepted on ID 2.
  new Session(stage, { address: unseen }).mainMode(-90).quickMode(-89.8, 1).esp(-80, 200);
  new Session(stage, HOLDER)
    .mainMode(-60)
    .unanswered(-59.8, 1)
    .quickMode(-40, 2)
    .quickMode(20, 3)
    .esp(-39, 200);
  new Session(stage, CONTENDER).mainMode(40).unanswered(40.2, 1).farewell(52);
  const late = stage.sorted().filter(({ at }) => at >= START);
  const { findings } = await reportOn([pcap(late)]);
  expect(findings).toHaveLength(1);
  expect(findings[0].caveats).toContain("implied-claim");
  expect(findings[0].holder.address).toBe(HOLDER.address);
  expect(findings[0].holder.candidates).toEqual([{ address: unseen, port: null }]);
});

it("what became of an ID that was seen is not concluded from a later one (6.2)", async () => {
  const stage = new Stage(53);
  // The capture lost the first try of ID 1, which was sent before that of ID 2.
  new Session(stage, HOLDER).mainMode(0).quickMode(0.2, 2).unanswered(1.2, 1).esp(2, 200);
  new Session(stage, CONTENDER).mainMode(40).unanswered(40.2, 1).farewell(52);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings.filter(({ holder }) => holder.address !== null)).toEqual([]);
});

it("ESP that an earlier quick mode still lacks is not that of a later one (4)", async () => {
  const stage = new Stage(54);
  new Session(stage, HOLDER).mainMode(0).quickMode(0.2, 1).quickMode(20, 2).quickMode(40, 3).esp(1, 200);
  // Accepted on ID 2 seven seconds before, of which the ESP comes only after the refused try.
  const contender = new Session(stage, CONTENDER).mainMode(50).quickMode(50.2, 4).quickMode(53, 2);
  contender.unanswered(60, 3).esp(60.5, 64);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  const outcomes = findings.flatMap(({ attempts }) =>
    attempts.filter(({ messageId }) => Number(messageId) === 3).map(({ outcome }) => outcome),
  );
  expect(outcomes).toEqual(["unanswered"]);
});

it("who was refused while the ID was held, and got in on it once it was free, proves it (6.8, 6.10)", async () => {
  const stage = new Stage(55);
  new Session(stage, HOLDER).mainMode(0).quickMode(0.2, 1).esp(2, 60).farewell(61);
  new Session(stage, CONTENDER).mainMode(10).unanswered(10.2, 1).farewell(22);
  new Session(stage, CONTENDER).mainMode(80).quickMode(80.2, 1).esp(81, 120);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings.map(({ verdict, severity }) => [verdict, severity])).toEqual([["rejected", "high"]]);
  expect(findings[0].notes).toContain("accepted-when-free");
  expect(findings[0].notes).not.toContain("in-by-another-id");
});

it("who is tolerated on one ID and gets in on another was not kept out: nothing is noted of that (6.8)", async () => {
  const stage = new Stage(51);
  new Session(stage, HOLDER).mainMode(0).quickMode(0.2, 1).esp(2, 200);
  new Session(stage, CONTENDER).mainMode(10).quickMode(10.2, 1).quickMode(10.3, 2).esp(11, 200);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings.map(({ verdict }) => verdict)).toEqual(["tolerated"]);
  expect(findings[0].notes).not.toContain("in-by-another-id");
});
