/** Contract 3.1 where the capture begins late: a gateway that renews phase 1 stays the responder. */

import { expect, it } from "vitest";
import { renewal, secondMessage } from "../simulator/phase-one.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Session, Stage } from "../support/session.ts";

const HOLDER = "198.51.100.11";
const RENEWED = "198.51.100.12";

it("the renewed SA's client is refused, though its older SA is first seen after the renewal", async () => {
  const stage = new Stage(61);
  new Session(stage, { address: HOLDER }).mainMode(0).quickMode(0.2, 1).esp(1, 100);
  const behindNat = () => new Session(stage, { address: RENEWED, port500: 1101, port4500: 41_001 }).float();
  const [older, newer] = [behindNat(), behindNat()];
  const cookies = {
    initiator: Buffer.from(newer.initiatorCookie, "hex"),
    responder: Buffer.from(newer.responderCookie, "hex"),
  };
  newer.send(10, "responder", renewal(cookies, "asa"));
  newer.send(10.02, "client", secondMessage(cookies, "nameless"));
  newer.send(10.08, "responder", newer.encrypted(2, 0, 76));
  newer.send(10.1, "client", newer.encrypted(2, 0, 76));
  older.send(10.2, "responder", older.encrypted(5, 77, 92));
  newer.unanswered(12, 1).farewell(30);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings.map(({ holder, contender }) => [holder.address, contender.address])).toEqual([
    [HOLDER, RENEWED],
  ]);
});
