/** Contract 6.16: what a running capture keeps of IKE SAs that it dropped. */

import { describe, expect, it } from "vitest";
import { Remembered } from "../../src/ike/remembered.ts";
import type { Line } from "../../src/report/lines.ts";
import { playLive } from "../support/played-live.ts";
import { Session, Stage } from "../support/session.ts";

const A = "198.51.100.11";
const B = "198.51.100.12";
/** Seconds after which everything of the first minutes has been dropped. */
const LATER = 2_000;

const findingsOf = (told: readonly { line: Line }[]) =>
  told.flatMap(({ line }) =>
    line.type === "finding" || line.type === "finding-update" ? [line.finding] : [],
  );

/** The gateway is seen sending all the while. */
function bystander(stage: Stage): void {
  new Session(stage, { address: "198.51.100.99" })
    .mainMode(1)
    .quickMode(1.2, 0x5eed1234)
    .esp(2, LATER + 100, 60);
}

describe("a running capture that dropped the IKE SAs", () => {
  it("knows that the refused client was accepted once", () => {
    const stage = new Stage(50);
    bystander(stage);
    new Session(stage, { address: B }).mainMode(3).quickMode(3.2, 1).esp(4, 30).farewell(31);
    new Session(stage, { address: A })
      .mainMode(LATER)
      .quickMode(LATER + 0.2, 1)
      .esp(LATER + 1, LATER + 60);
    new Session(stage, { address: B })
      .mainMode(LATER + 10)
      .unanswered(LATER + 10.2, 1)
      .farewell(LATER + 20);
    const last = findingsOf(playLive(stage.sorted()).told).at(-1);
    expect(last).toMatchObject({ verdict: "rejected", severity: "high", contender: { address: B } });
    expect(last!.caveats).not.toContain("no-control");
  });

  it("knows that a client was refused on an ID that nobody held", () => {
    const stage = new Stage(51);
    bystander(stage);
    const other = new Session(stage, { address: "198.51.100.98" }).mainMode(2);
    other.quickMode(2.2, 0x4eed1234).esp(3, LATER + 100, 60);
    new Session(stage, { address: B }).mainMode(3).unanswered(3.2, 1).farewell(15);
    new Session(stage, { address: A })
      .mainMode(LATER)
      .quickMode(LATER + 0.2, 1)
      .esp(LATER + 1, LATER + 60);
    new Session(stage, { address: B })
      .mainMode(LATER + 10)
      .unanswered(LATER + 10.2, 1)
      .farewell(LATER + 20);
    const last = findingsOf(playLive(stage.sorted()).told).at(-1);
    expect(last).toMatchObject({ verdict: "possible", contender: { address: B } });
    expect(last!.caveats).toContain("other-cause");
  });

  it("knows that the gateway accepted an ID in use", () => {
    const stage = new Stage(52);
    bystander(stage);
    new Session(stage, { address: A }).mainMode(3).quickMode(3.2, 1).esp(4, 60).farewell(61);
    new Session(stage, { address: B }).mainMode(10).quickMode(10.2, 1).esp(11, 60).farewell(62);
    new Session(stage, { address: A })
      .mainMode(LATER)
      .quickMode(LATER + 0.2, 1)
      .esp(LATER + 1, LATER + 60);
    new Session(stage, { address: B })
      .mainMode(LATER + 10)
      .unanswered(LATER + 10.2, 1)
      .farewell(LATER + 20);
    const last = findingsOf(playLive(stage.sorted()).told).at(-1);
    expect(last).toMatchObject({ verdict: "possible", caveats: ["other-cause"] });
  });
});

describe("what is remembered", () => {
  const seen = (accepted: number[]) => ({ accepted, refused: [], refusedFreely: [] });

  it("are the latest 16 IDs of a client, each once", () => {
    const remembered = new Remembered();
    remembered.noteClient("a", seen([7, 1, 2]));
    remembered.noteClient("a", seen([1, ...Array.from({ length: 14 }, (_, i) => i + 20)]));
    expect(remembered.client("a")?.accepted).toEqual([2, 1, ...Array.from({ length: 14 }, (_, i) => i + 20)]);
  });

  it("are 10,000 clients, those dropped first that were not seen for longest", () => {
    const remembered = new Remembered();
    for (let i = 0; i < 10_000; i += 1) remembered.noteClient(String(i), seen([i]));
    remembered.noteClient("0", seen([5]));
    remembered.noteClient("one more", seen([1]));
    expect(remembered.client("0")?.accepted).toEqual([0, 5]);
    expect(remembered.client("1")).toBeNull();
    expect(remembered.evicted).toBe(1);
  });

  it("is the make that was named, whatever was seen later", () => {
    const remembered = new Remembered();
    remembered.noteResponder("a", { make: "other", acceptsInUse: false });
    remembered.noteResponder("a", { make: "unknown", acceptsInUse: true });
    remembered.noteResponder("a", { make: null, acceptsInUse: false });
    expect(remembered.responder("a")).toEqual({ make: "other", acceptsInUse: true });
  });

  it("goes through a state", () => {
    const remembered = new Remembered();
    remembered.noteClient("a", seen([3]));
    remembered.noteResponder("b", { make: "cisco", acceptsInUse: false });
    const restored = new Remembered();
    restored.restore(structuredClone(remembered.save()));
    expect([restored.client("a"), restored.responder("b")]).toEqual([
      remembered.client("a"),
      remembered.responder("b"),
    ]);
    expect(restored.isEmpty).toBe(false);
  });
});
