import { describe, expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { playLive } from "../support/played-live.ts";
import { Session, Stage } from "../support/session.ts";

const [FIRST, SECOND] = ["192.0.2.1", "192.0.2.2"];

describe("a gateway with two addresses (3.7)", () => {
  const stage = new Stage(60);
  // One IKE SA that goes on at the other address of the gateway.
  const roaming = new Session(stage, { address: "198.51.100.10" }).mainMode(0).quickMode(0.2, 5);
  const { initiatorCookie, responderCookie } = roaming;
  const moved = new Session(stage, { address: "198.51.100.10", responder: SECOND });
  Object.assign(moved, { initiatorCookie, responderCookie }).quickMode(5, 6);
  new Session(stage, { address: "198.51.100.11" }).mainMode(10).quickMode(10.2, 1).esp(11, 90);
  new Session(stage, { address: "198.51.100.12", responder: SECOND }).mainMode(20).unanswered(20.2, 1);
  const capture = pcap(stage.sorted());

  it("is one responder, and its clients share their IDs", async () => {
    const { responders, findings } = await reportOn([capture]);
    expect(responders.map(({ address, aliases }) => [address, aliases])).toEqual([[FIRST, [SECOND]]]);
    expect(findings.map(({ holder, contender }) => [holder.address, contender.address])).toEqual([
      ["198.51.100.11", "198.51.100.12"],
    ]);
  });

  it("is two where each share of the addresses is judged apart", async () => {
    const { responders, findings } = await reportOn([capture], { partition: { index: 1, count: 1 } });
    expect(responders.map(({ address }) => address).sort()).toEqual([FIRST, SECOND]);
    expect(findings).toEqual([]);
  });
});

describe("an attempt that goes on (6.16)", () => {
  it.each<[string, readonly number[], number]>([
    ["is told two seconds after it began", [], 2],
    ["is told at its first copy", [1], 1],
  ])("%s", (_, again, seconds) => {
    const stage = new Stage(61);
    new Session(stage, { address: "198.51.100.11" }).mainMode(0).quickMode(0.2, 1).esp(1, 40);
    new Session(stage, { address: "198.51.100.12" }).mainMode(10).unanswered(10.2, 1, again);
    const { told } = playLive(stage.sorted());
    const findings = told.filter(({ line }) => line.type === "finding");
    expect(findings).toHaveLength(1);
    expect(Math.abs(findings[0].at - 10.2 - seconds)).toBeLessThan(0.2);
  });
});
