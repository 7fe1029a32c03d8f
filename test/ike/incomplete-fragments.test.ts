/** Fragment sets of which a piece is missing: their outer headers are copies of the client's first message, or an answer. */

import { expect, it } from "vitest";
import { Exchange, UNUSABLE_AFTER } from "../../src/ike/exchange.ts";
import { closeFragments } from "../../src/ike/incomplete-fragments.ts";
import { notePiece, outerHeader } from "../../src/ike/outer-headers.ts";
import { IkeSa } from "../../src/ike/sa.ts";
import { SECOND } from "../../src/judgement/moment.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { isakmp } from "../support/frames.ts";
import { messageMade } from "../support/message-made.ts";
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

interface Fragments {
  side?: 0 | 1;
  messageId?: number;
  at: number;
  segment?: number;
  again?: readonly number[];
}

/** An IKE SA with one quick mode, ID 1, of side 0 at second 10. */
function saWith(...fragments: readonly Fragments[]) {
  const sa = new IkeSa(0, messageMade());
  const exchange = new Exchange(messageMade({ at: 10, messageId: 1 }), 0);
  sa.addExchange(exchange);
  const bytes = Uint8Array.of(...new Array(34).fill(0), 1);
  sa.outers = new Map();
  fragments.forEach(({ side = 0, messageId = 1, at, segment = 0, again = [] }, i) => {
    const outer = outerHeader(messageMade({ bytes, messageId, at, segment, frame: at }), side);
    for (const each of again)
      notePiece(outer, messageMade({ bytes, messageId, at: each, segment, frame: each }));
    sa.outers!.set(`${i}`, outer);
  });
  return { sa, exchange };
}
const closed = (...fragments: readonly Fragments[]) => {
  const made = saWith(...fragments);
  closeFragments(made.sa, 1_000 * SECOND);
  return made;
};

it("of a quick mode that is not known: its first message, in the order of time", () => {
  const { sa } = closed(
    { messageId: 2, at: 12, again: [13, 15] },
    { messageId: 3, at: 4 },
    { messageId: 4, at: 1, segment: 1 },
  );
  expect(sa.exchanges.map(({ messageId, retransmissions }) => [messageId, retransmissions])).toEqual([
    [3, 0],
    [1, 0],
    [2, 2],
    [4, 0],
  ]);
  expect(sa.exchanges[2]).toMatchObject({
    lastRetransmissionAt: 15 * SECOND,
    lastRetransmission: { frame: 15 },
  });
  expect(sa.exchanges[0].lastRetransmissionAt).toBeNaN();
  expect(sa.outers).toBeNull();
});

it("of one that is known: copies of its first message, or its answer, unless there was one", () => {
  const { exchange } = closed({ at: 12 }, { at: 14, again: [16] });
  expect(exchange).toMatchObject({
    retransmissions: 3,
    copiesAfterReply: 0,
    lastRetransmissionAt: 16 * SECOND,
  });
  const back = closed({ side: 1, at: 12 }, { side: 1, at: 14 });
  expect(back.exchange).toMatchObject({ retransmissions: 0, replyAt: 12 * SECOND });
  // An earlier set of fragments does not put back the last copy.
  expect(closed({ at: 16 }, { at: 12 }).exchange.lastRetransmissionAt).toBe(16 * SECOND);
});

it("copies so soon after the answer do not say that it was of no use", () => {
  const copies = (micros: number) => {
    const { sa, exchange } = saWith({ at: 12, again: [13] });
    exchange.replyAt = 12 * SECOND - micros;
    closeFragments(sa, 1_000 * SECOND);
    return exchange.copiesAfterReply;
  };
  expect([copies(UNUSABLE_AFTER), copies(UNUSABLE_AFTER + 1)]).toEqual([0, 2]);
});

it("sets that may still be completed are left", () => {
  const { sa, exchange } = saWith({ at: 12 }, { at: 14 });
  closeFragments(sa, 14 * SECOND);
  expect([exchange.retransmissions, [...sa.outers!.keys()]]).toEqual([1, ["1"]]);
});
