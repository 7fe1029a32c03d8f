import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage } from "../support/session.ts";

/** With 74 bytes of a frame, the header is all there is of a message on the NAT-T port over Ethernet and IPv4. */
it("the answer whose header equals its request's is no retransmission where only headers were captured", async () => {
  const stage = new Stage(8);
  const peer = (n: number) => ({ address: `198.51.100.${n}`, port500: 1100 + n, port4500: 41_000 + n });
  new Session(stage, peer(11)).mainMode(0).quickMode(0.2, 1).esp(1, 60);
  new Session(stage, peer(12)).mainMode(9).unanswered(10, 1).farewell(22);
  const { findings } = await reportOn([pcap(stage.sorted(), { snaplen: 74 })]);
  expect(findings.map(({ verdict, attempts }) => [verdict, attempts[0].outcome])).toEqual([
    ["rejected", "unanswered"],
  ]);
});
