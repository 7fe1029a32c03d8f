/** Contract 6.8, 6.9: refused on an ID that another client has just given up, never said goodbye with, or got meanwhile. */

import { describe, expect, it } from "vitest";
import { formerHolderOf } from "../../src/judgement/former-holder.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { at, clientSaMade, lifespanMade, moment, saMade, sessionMade } from "../support/facts-made.ts";
import { Session, Stage } from "../support/session.ts";

const HOLDER = "198.51.100.11";
const REFUSED = "198.51.100.12";

/** Another client, so that the gateway is seen sending, and its warnings can be told from those of `REFUSED`. */
const bystander = (stage: Stage) =>
  new Session(stage, { address: "198.51.100.99" }).mainMode(0).quickMode(0.2, 0x5eed1234).esp(1, 300, 10);

async function warned(stage: Stage): Promise<string> {
  const { findings, warnings } = await reportOn([pcap(stage.sorted())]);
  expect(findings).toEqual([]);
  const [{ code, message }] = warnings;
  expect(code).toBe("refused-without-holder");
  expect(message).toContain(`1 try of ${REFUSED}`);
  return message;
}

it("names who said goodbye just before, and claims no other cause", async () => {
  const stage = new Stage(41);
  bystander(stage);
  new Session(stage, { address: HOLDER }).mainMode(1).quickMode(1.2, 1).esp(2, 40).farewell(45);
  new Session(stage, { address: REFUSED }).mainMode(47).unanswered(47.5, 1).farewell(60);
  const message = await warned(stage);
  expect(message).toContain(`${HOLDER} held it until 2.5 s before: the responder may have freed it late.`);
  expect(message).not.toContain("another cause");
});

it("names who came back with another session, having left the first without a goodbye", async () => {
  const stage = new Stage(42);
  bystander(stage);
  new Session(stage, { address: HOLDER })
    .mainMode(1)
    .quickMode(1.2, 1)
    .quickMode(5, 2)
    .quickMode(6, 3)
    .esp(7, 40);
  new Session(stage, { address: HOLDER }).mainMode(60).quickMode(60.2, 1).esp(61, 200, 10);
  const late = new Session(stage, { address: REFUSED }).mainMode(150);
  late.quickMode(150.2, 2).unanswered(160, 3).farewell(180);
  expect(await warned(stage)).toContain(`An earlier session of ${HOLDER} had it and never said goodbye`);
});

describe("two that dial in one moment", () => {
  /** The holder's quick mode begins `later` seconds after that of the one who is refused. */
  const dialled = (stage: Stage, later: number) => {
    bystander(stage);
    const refused = new Session(stage, { address: REFUSED }).mainMode(1);
    const holder = new Session(stage, { address: HOLDER }).mainMode(1.1).quickMode(2 + later, 1);
    holder.esp(8, 200, 10);
    return refused;
  };

  it.each([0.005, 0.6])("the one that was accepted %s s later may have been first", async (later) => {
    const stage = new Stage(44);
    dialled(stage, later).unanswered(2, 1).farewell(20);
    const message = await warned(stage);
    expect(message).toContain(`${HOLDER} dialled at the same moment and got it`);
    expect(message).not.toContain("another cause");
  });

  it("not where the other was refused before, or had asked twice", async () => {
    const [told, asked] = [new Stage(45), new Stage(46)];
    dialled(told, 0.6).refused(2, 1).farewell(20);
    dialled(asked, 1.5).unanswered(2, 1).farewell(20);
    for (const stage of [told, asked]) expect(await warned(stage)).toContain("another cause");
  });

  it("that is no sign of another cause for what is refused later", async () => {
    const stage = new Stage(47);
    dialled(stage, 0.005).unanswered(2, 1).farewell(20);
    new Session(stage, { address: REFUSED }).mainMode(40).unanswered(41, 1).farewell(60);
    const { findings } = await reportOn([pcap(stage.sorted())]);
    expect(findings.map(({ verdict, caveats }) => [verdict, caveats])).toEqual([
      ["rejected", ["no-control"]],
    ]);
  });
});

it("names nobody who left more than a minute before", async () => {
  const stage = new Stage(43);
  bystander(stage);
  new Session(stage, { address: HOLDER }).mainMode(1).quickMode(1.2, 1).esp(2, 40).farewell(45);
  new Session(stage, { address: REFUSED }).mainMode(130).unanswered(130.5, 1).farewell(150);
  expect(await warned(stage)).toContain("none of them holds it: another cause");
});

describe("whose session the responder deleted after it had begun to renew phase 1", () => {
  /** The second session of a client, begun by `client`; the first was deleted by `by` some seconds after that began. */
  const former = (
    begunBy: 0 | 1,
    deleted: number,
    by: "client" | "responder" = "responder",
    seen: { firstAt?: number; begunBefore?: boolean } = {},
  ) => {
    const said = { any: moment(deleted), client: null, responder: null, [by]: moment(deleted) };
    const { firstAt = -90, begunBefore = false } = seen;
    const older = sessionMade({ sa: saMade({ firstAt: at(firstAt) }), begunBefore });
    const newer = sessionMade({ sa: saMade({ firstAt: at(0), phase1Seen: true }), client: begunBy });
    const client = { index: 0, responder: 0, host: 7, port: 500, sessions: [older, newer] };
    const clientSa = clientSaMade({
      session: older,
      client,
      lifespan: lifespanMade({ farewells: said, replaced: moment(2) }),
    });
    return formerHolderOf({ clientSa } as never, moment(100))?.how ?? null;
  };

  it("may hold its IDs on", () => {
    expect(former(1, 0.2)).toBe("left-behind");
  });

  it("nor where the Delete is the first of it that the capture shows", () => {
    expect(former(1, 0.2, "responder", { firstAt: 0.2, begunBefore: true })).toBe("left-behind");
    expect(former(1, 0.2, "responder", { firstAt: 0.2 })).toBe(null);
  });

  it("not where the client began anew, or left itself, or the session had ended before", () => {
    expect([former(0, 0.2), former(1, 0.2, "client"), former(1, -0.2)]).toEqual([null, null, null]);
  });
});
