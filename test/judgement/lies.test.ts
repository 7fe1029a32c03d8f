import { describe, expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { datagram, isakmp } from "../support/frames.ts";
import { Session, Stage } from "../support/session.ts";

/** What somebody who can send packets with any sender address makes of honest traffic. */
const GATEWAY = "192.0.2.1";
const HOLDER = "198.51.100.11";
const VICTIM = "198.51.100.12";
const LIAR = "203.0.113.66";

/** A connected client with traffic until second 60, on which the lies are built. */
function connected(stage: Stage, address = HOLDER, at = 0, id = 1): Session {
  const session = new Session(stage, { address }).mainMode(at);
  return session.quickMode(at + 0.2, id).esp(at + 1, at + 60);
}

/** The IKE frames that a client sent, once more from another address; payload from the 42nd byte on. */
function replayed(stage: Stage, victim: string, later: number): void {
  const source = Buffer.from(victim.split(".").map(Number)).readUInt32BE();
  for (const { at, frame, what } of [...stage.records]) {
    if (what === "esp" || Buffer.from(frame).readUInt32BE(26) !== source) continue;
    const seconds = Number(at - stage.records[0].at) / 1e9 + later;
    stage.put(seconds, datagram(`${LIAR}:500`, `${GATEWAY}:500`, frame.subarray(42)), what ?? "ikev1");
  }
}

const read = (stage: Stage, keep: (frame: Buffer) => boolean = () => true): Promise<Report> =>
  reportOn([pcap(stage.sorted().filter(({ frame }) => keep(Buffer.from(frame))))]);
const fromClients = (frame: Buffer) => frame.readUInt32BE(26) !== 0xc0000201;
/** Later traffic of a bystander: the capture goes on, and the gateway is seen sending. */
const bystander = (stage: Stage) => connected(stage, "198.51.100.99", 5, 0x5eed1234).farewell(100);

describe("forged refusals", () => {
  const notify = (session: Session, type: number) => {
    const body = Buffer.alloc(12);
    body.writeUInt16BE(12, 2);
    body.writeUInt32BE(1, 4);
    body.writeUInt8(1, 8);
    body.writeUInt16BE(type, 10);
    return isakmp({
      initiatorCookie: session.initiatorCookie,
      responderCookie: session.responderCookie,
      exchange: 5,
      flags: 0,
      messageId: 0x1234,
      nextPayload: 11,
      body,
    });
  };
  const refused = (stage: Stage) => new Session(stage, { address: VICTIM }).mainMode(9).unanswered(10, 1);

  it("a notify in the clear from an address that the client never spoke to says nothing", async () => {
    const stage = new Stage(20);
    connected(stage);
    const session = refused(stage).farewell(22);
    stage.put(10.5, datagram(`${LIAR}:500`, `${VICTIM}:500`, notify(session, 14)), "ikev1");
    bystander(stage);
    const { findings } = await read(stage);
    expect(findings.map(({ verdict, attempts }) => [verdict, attempts[0].outcome])).toEqual([
      ["rejected", "unanswered"],
    ]);
  });

  it("a notify in the clear from the gateway's address weakens a verdict and ends no session", async () => {
    const stage = new Stage(21);
    const holder = connected(stage);
    stage.put(8, datagram(`${GATEWAY}:500`, `${HOLDER}:500`, notify(holder, 14)), "ikev1");
    const session = refused(stage);
    stage.put(10.5, datagram(`${GATEWAY}:500`, `${VICTIM}:500`, notify(session, 14)), "ikev1");
    session.farewell(22);
    bystander(stage);
    const { findings } = await read(stage);
    const [{ verdict, caveats, attempts }] = findings;
    expect([verdict, attempts[0].overlap, caveats.includes("other-cause")]).toEqual([
      "possible",
      "certain",
      true,
    ]);
  });

  it("a notify in the clear shows no gateway to know a session that it no longer answers", async () => {
    const stage = new Stage(23);
    const holder = connected(stage);
    for (let at = 65; at < 120; at += 5) holder.espOnce(at, "client");
    for (const at of [70, 90, 110]) {
      // INVALID-COOKIE.
      stage.put(at, datagram(`${GATEWAY}:500`, `${HOLDER}:500`, notify(holder, 4)), "ikev1");
    }
    connected(stage, "198.51.100.99", 5, 0x5eed1234).esp(61, 200);
    new Session(stage, { address: VICTIM }).mainMode(99).unanswered(100, 1).farewell(130);
    const { findings } = await read(stage);
    expect(findings.map(({ verdict, attempts }) => [verdict, attempts[0].overlap])).toEqual([
      ["possible", "unknown"],
    ]);
  });

  it("SPIs that were copied to another address move no session", async () => {
    const stage = new Stage(22);
    connected(stage);
    refused(stage).farewell(22);
    for (const { at, frame, what } of [...stage.records]) {
      if (what !== "esp" || Buffer.from(frame).readUInt32BE(26) !== 0xc633640b) continue;
      const copy = Buffer.from(frame);
      Buffer.from(LIAR.split(".").map(Number)).copy(copy, 26);
      stage.put(Number(at - stage.records[0].at) / 1e9 + 0.001, copy, "esp");
    }
    bystander(stage);
    const { findings } = await read(stage);
    expect(findings.map(({ verdict, holder }) => [verdict, holder.address])).toEqual([["rejected", HOLDER]]);
  });
});

describe("forged clients", () => {
  it.each([
    ["seen with both directions", () => true],
    ["seen with the clients' direction alone", fromClients],
  ])("a quick mode out of nowhere, %s, is possible at most", async (_, keep) => {
    const stage = new Stage(1);
    connected(stage);
    new Session(stage, { address: VICTIM }).unanswered(10, 1, []);
    bystander(stage);
    const { findings } = await read(stage, keep);
    const accused = findings.filter(({ contender }) => contender.address === VICTIM);
    expect(accused.map(({ verdict }) => verdict)).toEqual(["possible"]);
    expect(accused[0].caveats).toContain("one-way");
  });

  it("a client that was captured through phase 1 in its own direction alone is predicted, as ever", async () => {
    const stage = new Stage(2);
    connected(stage);
    new Session(stage, { address: VICTIM }).mainMode(9).unanswered(10, 1).farewell(22);
    const { findings } = await read(stage, fromClients);
    expect(findings.map(({ verdict, caveats }) => [verdict, caveats.includes("one-sided")])).toEqual([
      ["predicted", true],
    ]);
  });

  it("a quick mode under copied cookies from elsewhere does not make its owner a refused client", async () => {
    const stage = new Stage(3);
    connected(stage);
    const victim = new Session(stage, { address: VICTIM }).mainMode(9).quickMode(10, 0x7a31f00d);
    const forged = victim.encrypted(32, 1, 332);
    for (const at of [20, 21, 23]) {
      stage.put(at, datagram(`${LIAR}:500`, `${GATEWAY}:500`, forged), "quick-mode");
    }
    victim.esp(11, 60);
    const { findings } = await read(stage);
    expect(findings.map(({ verdict }) => verdict)).not.toContain("rejected");
    expect(findings.map(({ contender }) => contender.address)).not.toContain(LIAR);
  });
});

describe("copies of what a client sent, from another address", () => {
  it.each([
    ["at once", 0.004],
    ["later", 20],
  ])("%s make no second client and no finding", async (_, later) => {
    const stage = new Stage(4);
    connected(stage);
    replayed(stage, HOLDER, later);
    const { clients, findings } = await read(stage);
    expect(clients.map(({ address }) => address)).toEqual([HOLDER]);
    expect(findings).toEqual([]);
  });

  it("do not merge two clients into one, which would hide their collision", async () => {
    const stage = new Stage(5);
    connected(stage);
    replayed(stage, HOLDER, 0.004);
    new Session(stage, { address: LIAR }).mainMode(9).unanswered(10, 1).farewell(22);
    const { findings } = await read(stage);
    expect(
      findings.map(({ verdict, holder, contender }) => [verdict, holder.address, contender.address]),
    ).toEqual([["rejected", HOLDER, LIAR]]);
  });

  it("do not prove that a client missed its answer", async () => {
    const stage = new Stage(6);
    connected(stage);
    // The capture lacks the answer and what follows; nothing shows that the client lacked it too.
    const contender = new Session(stage, { address: VICTIM }).mainMode(9);
    const first = contender.encrypted(32, 1, 332);
    contender.send(10, "client", first);
    for (const at of [11, 12, 15]) {
      stage.put(at, datagram(`${LIAR}:500`, `${GATEWAY}:500`, first), "quick-mode");
    }
    bystander(stage);
    const { findings } = await read(stage);
    const accused = findings.filter(({ contender: { address } }) => address === VICTIM);
    expect(accused.map(({ verdict }) => verdict)).toEqual(["possible"]);
  });

  it("do not show that a holder still lives", async () => {
    const stage = new Stage(7);
    new Session(stage, { address: HOLDER }).mainMode(0).quickMode(0.2, 1);
    new Session(stage, { address: VICTIM }).mainMode(9).unanswered(10, 1).farewell(22);
    replayed(stage, HOLDER, 40);
    bystander(stage);
    const { findings } = await read(stage);
    const overlaps = findings
      .filter(({ holder }) => holder.address === HOLDER)
      .flatMap(({ attempts }) => attempts.map(({ overlap }) => overlap));
    expect(overlaps).not.toEqual([]);
    expect(overlaps).not.toContain("certain");
  });
});
