/**
 * What forged packets make of the rules on SPIs, clear notifies and NAT-D. Whoever forges can send with any address and
 * under any cookies and SPIs that he saw, but has no keys: phase 1 of a client that does not exist never finishes.
 */

import { describe, expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { exchangeMessage, firstMessage, secondMessage } from "../simulator/phase-one.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { datagram, isakmp } from "../support/frames.ts";
import { Session, type Side, Stage, windowsVendorIds } from "../support/session.ts";

const GATEWAY = "192.0.2.1";
const HOLDER = "198.51.100.11";
const VICTIM = "198.51.100.12";
const FORGED = "203.0.113.66";
const NAT = "198.51.100.50";
const NO_PROPOSAL_CHOSEN = 14;
const INVALID_MESSAGE_ID = 9;

const read = (stage: Stage): Promise<Report> => reportOn([pcap(stage.sorted())]);
const accusing = ({ findings }: Report, contender: string) =>
  findings.filter((each) => each.contender.address === contender);

/** A client that has ID 1 and is online until second 60. */
const holder = (stage: Stage) =>
  new Session(stage, { address: HOLDER }).mainMode(0).quickMode(0.2, 1).esp(1, 60);
/** A client whose phase 1 finishes and that is never answered on ID 1. */
const refused = (stage: Stage) => new Session(stage, { address: VICTIM }).mainMode(9).unanswered(10, 1);
/** The gateway goes on to send, and the capture goes on. */
const bystander = (stage: Stage) =>
  new Session(stage, { address: "198.51.100.99" })
    .mainMode(5)
    .quickMode(5.2, 0x5eed1234)
    .esp(6, 100)
    .farewell(160);

/** A notify that nobody signed, under the cookies of a session. */
function notify({ initiatorCookie, responderCookie }: Session, type: number): Buffer {
  const body = Buffer.alloc(12);
  body.writeUInt16BE(12, 2);
  body.writeUInt32BE(1, 4);
  body.writeUInt8(1, 8);
  body.writeUInt16BE(type, 10);
  const flags = 0;
  return isakmp({
    initiatorCookie,
    responderCookie,
    exchange: 5,
    flags,
    messageId: type,
    nextPayload: 11,
    body,
  });
}

/** ESP of a client and of the gateway, sent again between the gateway and another address. */
function espCopied(stage: Stage, client: string, to: string): void {
  const octets = (address: string) => Buffer.from(address.split(".").map(Number));
  for (const { at, frame, what } of [...stage.records]) {
    if (what !== "esp") continue;
    const copy = Buffer.from(frame);
    for (const place of [26, 30])
      if (copy.subarray(place, place + 4).equals(octets(client))) octets(to).copy(copy, place);
    if (!copy.equals(frame)) stage.put(Number(at - stage.records[0].at) / 1e9 + 0.001, copy, "esp");
  }
}

describe("SPIs that were copied", () => {
  it("lift no quick mode of a client that never finished phase 1", async () => {
    const stage = new Stage(31);
    holder(stage);
    espCopied(stage, HOLDER, FORGED);
    new Session(stage, { address: FORGED }).unanswered(10, 1);
    bystander(stage);
    const accused = accusing(await read(stage), FORGED);
    expect(accused.map(({ verdict }) => verdict)).toEqual(["possible"]);
  });

  it("make no holder of a client that never finished phase 1", async () => {
    const stage = new Stage(32);
    new Session(stage, { address: HOLDER }).mainMode(0).quickMode(0.2, 0x7a31f00d).esp(1, 60);
    espCopied(stage, HOLDER, FORGED);
    new Session(stage, { address: FORGED }).unanswered(0.5, 1, []);
    refused(stage).farewell(22);
    bystander(stage);
    const accused = accusing(await read(stage), VICTIM);
    expect(accused.map(({ verdict }) => verdict)).not.toContain("rejected");
  });
});

it("SPIs that were copied do not hide a collision by an acceptance that never was", async () => {
  const stage = new Stage(39);
  holder(stage);
  espCopied(stage, HOLDER, FORGED);
  new Session(stage, { address: FORGED }).unanswered(0.5, 1, []);
  refused(stage).farewell(22);
  bystander(stage);
  const accused = accusing(await read(stage), VICTIM);
  expect(accused.map(({ verdict, holder: { address } }) => [verdict, address])).toEqual([
    ["rejected", HOLDER],
  ]);
});

describe("notifies in the clear", () => {
  it("that come from the client's own address say nothing of what the gateway did", async () => {
    const stage = new Stage(33);
    holder(stage);
    const session = refused(stage);
    session.send(10.5, "client", notify(session, NO_PROPOSAL_CHOSEN));
    session.farewell(22);
    bystander(stage);
    const [finding] = accusing(await read(stage), VICTIM);
    expect([finding.verdict, finding.attempts[0].outcome]).toEqual(["rejected", "unanswered"]);
  });

  it.each<Side>(["client", "responder"])("of the %s are no farewell, however many come", async (side) => {
    const stage = new Stage(34);
    const silent = new Session(stage, { address: HOLDER }).mainMode(0).quickMode(0.2, 1);
    for (const at of [5, 5.03, 5.06]) silent.send(at, side, notify(silent, NO_PROPOSAL_CHOSEN));
    refused(stage).farewell(22);
    bystander(stage);
    const [finding] = accusing(await read(stage), VICTIM);
    expect([finding.holder.address, finding.attempts[0].overlap]).toEqual([HOLDER, "probable"]);
  });

  it.each([
    ["a quick mode out of nowhere", (session: Session) => session],
    [
      "a phase 1 that the gateway never answered",
      (session: Session) => begin(session, 8, HOLDER, "never answered"),
    ],
  ])("do not show that phase 1 finished, after %s", async (_, before) => {
    const stage = new Stage(35);
    holder(stage);
    const session = before(new Session(stage, { address: FORGED })).unanswered(10, 1);
    for (const at of [10.01, 11.01]) session.send(at, "responder", notify(session, INVALID_MESSAGE_ID));
    bystander(stage);
    const accused = accusing(await read(stage), FORGED);
    expect(accused.map(({ verdict }) => verdict)).toEqual(["possible"]);
  });
});

const cookiesOf = ({ initiatorCookie, responderCookie }: Session) => ({
  initiator: Buffer.from(initiatorCookie, "hex"),
  responder: Buffer.from(responderCookie, "hex"),
});

/** The client's third message of a main mode, with real NAT-D hashes of an inside address. */
const third = (session: Session, inside: string) =>
  exchangeMessage(
    cookiesOf(session),
    "client",
    "asa",
    { remote: { address: GATEWAY, port: 500 }, own: { address: inside, port: 500 } },
    (length) => Buffer.alloc(length, 0x5a),
  );

/** Main mode from behind the NAT, on port 4500 from the fifth message on. */
function begin(
  session: Session,
  at: number,
  inside: string,
  answers: "answered" | "never answered" = "answered",
): Session {
  const cookies = cookiesOf(session);
  const answer = (later: number, message: Buffer) => {
    if (answers === "answered") session.send(at + later, "responder", message);
  };
  const ends = { remote: { address: NAT, port: 500 }, own: { address: GATEWAY, port: 500 } };
  session.send(at, "client", firstMessage(cookies, windowsVendorIds(9)));
  answer(0.02, secondMessage(cookies, "asa"));
  session.send(at + 0.04, "client", third(session, inside));
  answer(
    0.06,
    exchangeMessage(cookies, "responder", "asa", ends, (length) => Buffer.alloc(length, 0x33)),
  );
  session.float().send(at + 0.08, "client", session.encrypted(2, 0, 76));
  answer(0.1, session.encrypted(2, 0, 76));
  return session;
}

describe("NAT-D hashes that were chosen", () => {
  const behindNat = (stage: Stage, port: number) =>
    new Session(stage, { address: NAT, port500: port - 40_000, port4500: port });

  it("lift no quick mode of a client that never finished phase 1", async () => {
    const stage = new Stage(36);
    begin(behindNat(stage, 40_001), 0, "192.168.1.11").quickMode(0.2, 1).esp(1, 60);
    begin(behindNat(stage, 40_002), 9, "192.168.1.66", "never answered").unanswered(10, 1);
    bystander(stage);
    const accused = accusing(await read(stage), NAT);
    expect(accused.map(({ verdict }) => verdict)).toEqual(["possible"]);
  });

  it.each([
    ["before", -0.01],
    ["after", 0.01],
  ])("make no two of one client, in a message sent %s its own", async (_, later) => {
    const stage = new Stage(37);
    begin(behindNat(stage, 40_001), 0, "192.168.1.11").quickMode(0.2, 1).esp(1, 8).farewell(11);
    const again = behindNat(stage, 40_001);
    const forged = third(again, "192.168.1.66");
    stage.put(9.04 + later, datagram(`${NAT}:1`, `${GATEWAY}:500`, forged), "ikev1");
    begin(again, 9, "192.168.1.11").unanswered(10, 1).farewell(22);
    bystander(stage);
    const { findings } = await read(stage);
    expect(findings).toEqual([]);
  });

  it("do not hide a collision by naming the holder's inside address", async () => {
    const stage = new Stage(38);
    begin(behindNat(stage, 40_001), 0, "192.168.1.11").quickMode(0.2, 1).esp(1, 60);
    begin(behindNat(stage, 40_002), 9, "192.168.1.11").unanswered(10, 1).farewell(22);
    bystander(stage);
    const accused = accusing(await read(stage), NAT);
    expect(accused.map(({ verdict }) => verdict)).toEqual(["rejected"]);
  });
});
