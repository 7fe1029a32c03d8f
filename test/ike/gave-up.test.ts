import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage } from "../support/session.ts";

it("a client that goes away minutes later did not miss the answer that the tap lost", async () => {
  const stage = new Stage(10);
  new Session(stage, { address: "198.51.100.11" }).mainMode(0).quickMode(0.2, 1).quickMode(50, 2).esp(1, 400);
  const rekeying = new Session(stage, { address: "198.51.100.12" }).mainMode(60).quickMode(60.2, 0x7001);
  // Of this quick mode the tap saw the first message alone; the session went on.
  rekeying.send(100, "client", rekeying.encrypted(32, 2, 332));
  rekeying.quickMode(160, 0x7002).esp(61, 300);
  rekeying.farewell(300);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings.map(({ verdict, attempts }) => [verdict, attempts[0].outcome])).toEqual([
    ["possible", "unproven"],
  ]);
});

it("a client with a tunnel that leaves soon, without having repeated itself, may have been answered", async () => {
  const stage = new Stage(11);
  new Session(stage, { address: "198.51.100.11" }).mainMode(0).quickMode(0.2, 1).quickMode(50, 2).esp(1, 400);
  const unproven = { verdict: "possible", attempts: [{ outcome: "unproven" }] };
  const rekeying = new Session(stage, { address: "198.51.100.12" }).mainMode(60).quickMode(60.2, 0x7001);
  rekeying.send(100, "client", rekeying.encrypted(32, 2, 332));
  rekeying.farewell(114);
  // The responder's Informational, and a Delete at once: refused.
  const leaving = new Session(stage, { address: "198.51.100.14" }).mainMode(60);
  leaving.send(60.2, "client", leaving.encrypted(32, 2, 332));
  leaving.send(60.22, "responder", leaving.encrypted(5, 0x5001, 76));
  leaving.farewell(60.24);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  const of = (address: string) => findings.filter(({ contender }) => contender.address === address);
  expect(of("198.51.100.12")).toMatchObject([unproven]);
  expect(of("198.51.100.14")).toMatchObject([{ verdict: "rejected", attempts: [{ outcome: "refused" }] }]);
});
