import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage } from "../support/session.ts";

it("a new SA from another port of the NAT does not free the ID of a client that went silent", async () => {
  const stage = new Stage(9);
  const behindNat = (n: number) => ({ address: "198.51.100.250", port500: 1100 + n, port4500: 41_000 + n });
  // It vanishes without a farewell: the gateway goes on holding its ID.
  new Session(stage, behindNat(1)).mainMode(0).quickMode(0.2, 1).esp(1, 40, 3);
  const contender = { address: "198.51.100.12" };
  new Session(stage, contender).mainMode(20).unanswered(20.2, 1).farewell(32);
  // Its neighbour, or itself on a new port: refused by the ghost all the same.
  new Session(stage, behindNat(2)).mainMode(60).unanswered(60.2, 1).farewell(72);
  new Session(stage, contender).mainMode(80).unanswered(80.2, 1).farewell(92);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  const accused = findings.filter((finding) => finding.contender.address === contender.address);
  expect(accused.map(({ verdict, caveats }) => [verdict, caveats.includes("other-cause")])).toEqual([
    ["rejected", false],
  ]);
});

it("an SA ends with the first acceptance of those that came after it, in whatever order they were accepted (6.6)", async () => {
  const stage = new Stage(10);
  const client = { address: "198.51.100.11" };
  new Session(stage, client).mainMode(0).quickMode(0.2, 7);
  new Session(stage, client).mainMode(10).quickMode(60, 2);
  new Session(stage, client).mainMode(20).quickMode(30, 1);
  new Session(stage, { address: "198.51.100.12" }).mainMode(40).unanswered(45, 7).farewell(56);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings.filter(({ holder }) => holder.address === client.address)).toEqual([]);
});
