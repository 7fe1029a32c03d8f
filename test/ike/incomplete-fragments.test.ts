/** Fragment sets of which a piece is missing: their outer headers are copies of the client's first message, or an answer. */

import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { isakmp } from "../support/frames.ts";
import { Session, type Side, Stage } from "../support/session.ts";

/** One piece of two, behind a header that names the quick mode (MS-IKEE 2.2.3); the other one is missing. */
function piece(session: Session, stage: Stage, messageId: number): Buffer {
  const body = stage.bytes(400);
  const header = Buffer.from([0, 0, (8 + body.length) >> 8, (8 + body.length) & 0xff, 0, 1, 1, 0]);
  return isakmp({
    initiatorCookie: session.initiatorCookie,
    responderCookie: session.responderCookie,
    exchange: 32,
    messageId,
    nextPayload: 132,
    body: Buffer.concat([header, body]),
  });
}

async function attempts(from: Side, at: readonly number[]) {
  const stage = new Stage(4);
  const peer = (n: number) => ({ address: `198.51.100.${n}`, port500: 1100 + n, port4500: 41_000 + n });
  new Session(stage, peer(11)).mainMode(0).quickMode(0.2, 1).esp(1, 120);
  const second = new Session(stage, peer(12)).mainMode(30).unanswered(30.2, 1, [1]);
  const fragment = piece(second, stage, 1);
  for (const each of at) second.send(each, from, fragment);
  second.farewell(65);
  new Session(stage, peer(13)).mainMode(70).quickMode(70.2, 7).esp(71, 120);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  return findings
    .filter(({ contender }) => contender.address === peer(12).address)
    .flatMap((finding) => finding.attempts.map(({ outcome, retransmissions }) => [outcome, retransmissions]));
}

it("of the client: copies of its first message, and no third one that only an answer allows", async () => {
  expect(await attempts("client", [33.2, 37.2, 45.2])).toEqual([["unanswered", 4]]);
});

it("of the responder: an answer", async () => {
  const found = await attempts("responder", [31.5]);
  expect(found.every(([outcome]) => outcome === "answered")).toBe(true);
});
