import { expect, it } from "vitest";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Client, Session, Stage } from "../support/session.ts";

it("a client that is answered after the holder left was not accepted on an ID in use", async () => {
  const stage = new Stage(12);
  const holder = new Session(stage, { address: "198.51.100.11" }).mainMode(0).quickMode(0.2, 1).esp(1, 60);
  // Refused while the holder is there: the finding that must not lose its weight.
  new Client(stage, { address: "198.51.100.12" }).connect(10).unanswered(10.2).deleteEsp(25);
  // First asked while the holder is there, silently refused, and answered on the third try, when it has left.
  holder.farewell(61);
  const patient = new Session(stage, { address: "198.51.100.13" }).mainMode(59);
  const first = patient.encrypted(32, 1, 332);
  for (const at of [60.2, 61.2, 62.2]) patient.send(at, "client", first);
  patient.send(62.22, "responder", patient.encrypted(32, 1, 172));
  patient.send(62.24, "client", patient.encrypted(32, 1, 60));
  patient.esp(63, 100);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings).toMatchObject([{ verdict: "rejected", contender: { address: "198.51.100.12" } }]);
  expect(findings).toHaveLength(1);
  expect(findings[0].caveats).not.toContain("other-cause");
});

it.each([
  ["the same port", 41_002],
  // A client that is one by 3.3 behind another port is its own control (6.8).
  ["another port, where the older session was seen to be silent", 41_003],
])("behind a NAT, an acceptance from %s", async (_, later) => {
  const stage = new Stage(13);
  new Session(stage, { address: "198.51.100.11" }).mainMode(0).quickMode(0.2, 1).esp(1, 60).farewell(61);
  const address = "198.51.100.12";
  new Client(stage, { address, port500: 1102, port4500: 41_002 }).connect(10).unanswered(10.2).deleteEsp(25);
  new Client(stage, { address, port500: 1102, port4500: later }).connect(70).quickMode(70.2).esp(71, 90);
  const { findings } = await reportOn([pcap(stage.sorted())]);
  expect(findings).toMatchObject([{ verdict: "rejected", contender: { address } }]);
  expect(findings[0].caveats.includes("no-control")).toBe(false);
  expect(findings[0].notes.includes("accepted-when-free")).toBe(true);
});
