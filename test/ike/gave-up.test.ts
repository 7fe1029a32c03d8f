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
