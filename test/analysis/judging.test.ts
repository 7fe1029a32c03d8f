/** What a judgement takes into account beside the packets: a gateway's log, times that say nothing, parts of the work. */

import { describe, expect, it } from "vitest";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import type { LiveOptions, Witnesses } from "../../src/analysis/live-options.ts";
import type { Report } from "../../src/report/model.ts";
import { WitnessBook } from "../../src/witnesses/book.ts";
import type { FrameRecord } from "../support/capture-files.ts";
import { datagram } from "../support/frames.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { Client, START, Stage } from "../support/session.ts";

const [A, B] = ["198.51.100.11", "198.51.100.12"];

/** A client that is connected, and one that is refused for a minute. */
function played(): FrameRecord[] {
  const stage = new Stage(1);
  new Client(stage, { address: A }).connect(0).quickMode(0.2).esp(1, 60);
  new Client(stage, { address: B }).connect(10).unanswered(10.2);
  return stage.sorted();
}

function reportOf(
  records: readonly FrameRecord[],
  options: LiveOptions = {},
  inputs = new PlayedInputs(),
): Report {
  const analysis = new LiveAnalysis(inputs, options);
  for (const record of records) analysis.decoder.decode(inputs.slice(record));
  return analysis.report();
}

const verdicts = ({ findings }: Report) => findings.map(({ verdict }) => verdict);

/** What a gateway that is an ASA wrote; times are minutes and seconds behind eight. */
function logOf(rows: readonly (readonly [at: string, id: string, text: string])[]): Witnesses {
  const book = new WitnessBook();
  const log = book.open("asa.log", Number(START / 1_000n) + 86_400e6);
  for (const [at, id, text] of rows) log.take(`Mar 02 2026 08:${at}: %ASA-5-${id}: ${text}`);
  return { book, opener: null, notes: [] };
}
const BEGUN = [
  ["00:00", "713119", `IP = ${A}, PHASE 1 COMPLETED`],
  ["00:10", "713119", `IP = ${B}, PHASE 1 COMPLETED`],
] as const;
const ACCEPTED = ["00:00", "713120", `IP = ${A}, PHASE 2 COMPLETED (msgid=00000001)`] as const;

describe("a gateway's log beside the packets", () => {
  it("explains a refusal by another cause", () => {
    const policy = `Crypto Map Policy not found for Src:${B}, Dst: 192.0.2.1!`;
    const other = ["00:10", "713061", `IP = ${B}, Tunnel rejected: ${policy}`] as const;
    const silent = reportOf(played(), { witnesses: logOf([...BEGUN, ACCEPTED]) });
    expect(verdicts(silent)).toEqual(["rejected"]);
    // No keys were given.
    expect(silent.warnings.map(({ code }) => code)).toEqual([]);
    expect(verdicts(reportOf(played(), { witnesses: logOf([...BEGUN, ACCEPTED, other]) }))).toEqual([
      "possible",
    ]);
  });

  it("tells of an acceptance that the capture lost: the ID was held", () => {
    const stage = new Stage(1);
    new Client(stage, { address: A }).connect(0).unanswered(0.2, 1, []);
    new Client(stage, { address: B }).connect(10).unanswered(10.2).farewell(40);
    expect(verdicts(reportOf(stage.sorted()))).toEqual([]);
    const witnesses = logOf([...BEGUN, ACCEPTED]);
    expect(verdicts(reportOf(stage.sorted(), { witnesses }))).toEqual(["rejected"]);
  });

  it("is not asked alone about what the capture shows: the ID was another one", () => {
    const stage = new Stage(1);
    new Client(stage, { address: A }).connect(0).quickMode(0.2).esp(1, 60).farewell(60);
    new Client(stage, { address: B }).connect(10).unanswered(10.2, 9).farewell(40);
    new Client(stage, { address: B }).connect(70).quickMode(70.2, 1);
    const witnesses = logOf([
      BEGUN[0],
      ACCEPTED,
      BEGUN[1],
      ["00:11", "713201", `IP = ${B}, Duplicate Phase 2 packet detected.  No last packet to transmit.`],
      ["00:40", "713259", `IP = ${B}, Session is being torn down. Reason: Lost Service`],
      ["01:00", "713259", `IP = ${A}, Session is being torn down. Reason: Lost Service`],
      ["01:10", "713119", `IP = ${B}, PHASE 1 COMPLETED`],
      ["01:11", "713120", `IP = ${B}, PHASE 2 COMPLETED (msgid=00000001)`],
    ]);
    expect(verdicts(reportOf([], { witnesses }))).toEqual(["rejected"]);
    expect(verdicts(reportOf(stage.sorted(), { witnesses }))).toEqual([]);
  });
});

it("times that say nothing accuse nobody", () => {
  const inputs = new PlayedInputs();
  Object.assign(inputs.times[0], { sayNothing: true });
  expect(verdicts(reportOf(played(), {}, inputs))).toEqual(["possible"]);
});

it("two addresses that answer within one IKE SA are one gateway", () => {
  const stage = new Stage(1);
  const session = new Client(stage, { address: A }).connect(0).quickMode(0.2);
  for (const from of ["client", "responder"] as const) {
    const [ours, theirs] = [`${A}:500`, "192.0.2.2:500"];
    const frame = (message: Buffer) =>
      from === "client" ? datagram(ours, theirs, message) : datagram(theirs, ours, message);
    stage.put(from === "client" ? 1 : 1.1, frame(session.encrypted(32, 7, 332)), "quick-mode");
  }
  // Another one that knows the second address alone.
  new Client(stage, { address: B, responder: "192.0.2.2" }).connect(20).quickMode(20.2);
  expect(reportOf(stage.sorted()).responders.map(({ address }) => address)).toEqual(["192.0.2.1"]);
});
