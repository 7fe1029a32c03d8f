import { describe, expect, it } from "vitest";
import type { ClientPresence } from "../../src/report/presence.ts";
import { playLive } from "../support/played-live.ts";
import { Client, type Session, START, Stage } from "../support/session.ts";

const CLIENT = "198.51.100.12";
/** Seconds of silence behind the last frame. */
const REST = 10;

/** What is said of one client at a gateway some seconds after the last frame, with seconds since the beginning. */
function presenceOf(play: (connect: (at: number) => Session, stage: Stage) => void, rest = REST) {
  const stage = new Stage(1);
  const client = new Client(stage, { address: CLIENT });
  play((at) => client.connect(at), stage);
  const records = stage.sorted();
  const { analysis } = playLive(records, rest);
  const now = Number(records[records.length - 1].at - records[0].at) / 1e6 + rest * 1_000;
  const [gateway] = analysis.presence(now);
  expect(gateway.gateway).toBe("192.0.2.1");
  const found = gateway.clients.find(({ name }) => name.startsWith(CLIENT))!;
  const second = (micros: number) => Math.round((micros - Number(START) / 1_000) / 100_000) / 10;
  return { ...found, since: second(found.since), lastAt: second(found.lastAt), make: gateway.make };
}

describe("a client at a gateway is", () => {
  it.each<[string, (connect: (at: number) => Session, stage: Stage) => void, Partial<ClientPresence>]>([
    [
      "connected since its first quick mode",
      (connect) => connect(1).quickMode(2).esp(3, 60),
      { state: "connected", since: 2 },
    ],
    [
      "connected since its last one",
      (connect) => {
        connect(1).quickMode(2).esp(3, 30).quickMode(40).esp(41, 60);
      },
      { state: "connected", since: 40, tries: 0 },
    ],
    [
      "left since its last sign, where it said farewell",
      (connect) => connect(1).quickMode(2).esp(3, 28).farewell(30),
      { state: "left", since: 30 },
    ],
    [
      "kept out since its first try in vain",
      (connect) => connect(1).unanswered(2),
      { state: "kept out", since: 2, tries: 1 },
    ],
    [
      "kept out, as often as it has tried",
      (connect) => {
        connect(1).unanswered(2).farewell(12);
        connect(20).unanswered(21).farewell(31);
      },
      { state: "kept out", since: 2, tries: 2 },
    ],
    [
      "kept out since its first try, whichever of two IKE SAs it was on",
      (connect) => {
        const first = connect(1);
        connect(10).unanswered(20);
        first.unanswered(40);
      },
      { state: "kept out", since: 20, tries: 2 },
    ],
    [
      "kept out since it was connected last",
      (connect) => {
        connect(1).unanswered(2).farewell(12);
        connect(20).quickMode(21).esp(22, 40).farewell(41);
        connect(50).unanswered(51);
      },
      { state: "kept out", since: 51, tries: 1 },
    ],
    [
      "connected, whatever it tried in vain before",
      (connect) => {
        connect(1).unanswered(2).farewell(12);
        connect(20).quickMode(21).esp(22, 60);
      },
      { state: "connected", since: 21, tries: 0 },
    ],
    [
      "dialling since its phase 1 while nothing is known",
      (connect) => connect(1),
      { state: "dialling", since: 1, tries: 0 },
    ],
    [
      "left where it said farewell without a quick mode",
      (connect) => connect(1).farewell(5),
      { state: "left", since: 5 },
    ],
  ])("%s", (_, play, wanted) => {
    expect(presenceOf((connect, stage) => play(connect, stage))).toMatchObject(wanted);
  });

  it("heard of last by whichever of its IKE SAs was heard last", () => {
    const play = (connect: (at: number) => Session) => {
      connect(1).quickMode(2).esp(3, 30);
      connect(40).quickMode(41).esp(42, 60);
    };
    expect(presenceOf(play)).toMatchObject({ state: "connected", lastAt: 57 });
  });

  it("dialling while its quick mode is not decided, and kept out once it is", () => {
    const dial = (connect: (at: number) => Session) => connect(1).unanswered(2, 1, []);
    expect(presenceOf(dial, 1)).toMatchObject({ state: "dialling", tries: 0 });
  });

  it("connected until the lifetime of its phase 1 is over", () => {
    const play = (connect: (at: number) => Session) => connect(1).quickMode(2).esp(3, 10);
    expect(presenceOf(play)).toMatchObject({ state: "connected", lastAt: 8 });
  });

  it("at a gateway of the make that phase 1 names", () => {
    expect(presenceOf((connect) => connect(1).quickMode(2))).toMatchObject({
      make: expect.stringMatching(/Cisco/),
    });
  });
});
