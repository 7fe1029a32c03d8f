import { expect, test, vi } from "vitest";
import { Tracker } from "../../src/ike/tracker.ts";
import { reportOn } from "../support/analyzed.ts";
import { type FrameRecord, pcap } from "../support/capture-files.ts";
import { playLive } from "../support/played-live.ts";
import { Client, Stage } from "../support/session.ts";

/** Offsets in a frame of Ethernet, IPv4 and UDP. */
const SOURCE_ADDRESS = 14 + 12;
const INITIATOR_COOKIE = 14 + 20 + 8;

const SECOND = 1_000_000_000n;

/** Each sends one first message and is never heard of again. */
function strangers(count: number, begin: bigint, every: bigint): FrameRecord[] {
  const stage = new Stage(52);
  new Client(stage, { address: "10.0.0.0" }).connect(0);
  const [first] = stage.records;
  return Array.from({ length: count }, (_, i) => {
    const frame = Buffer.from(first.frame);
    frame.writeUInt32BE(0x0a000000 + i, SOURCE_ADDRESS);
    frame.writeUInt32BE(i, INITIATOR_COOKIE);
    return { ...first, frame, at: first.at + begin * SECOND + BigInt(i) * every };
  });
}

test("addresses of strangers are forgotten, and those of clients keep their findings and numbers", () => {
  const stage = new Stage(51);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).deleteEsp(3000);
  new Client(stage, { address: "198.51.100.12" }).connect(10).unanswered(10.2).deleteEsp(3000);
  const records = stage.sorted();
  // Day and night, from before the clients come, so that their numbers change.
  records.push(...strangers(1000, -900n, 3_000_000_000n));
  records.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const { report, analysis } = playLive(records, 1000, { responders: ["192.0.2.1"], compactHostsAt: 64 });
  expect(analysis.tally).toMatchObject({ clients: 2, evicted: 0 });
  expect(analysis.tally.closed.ikeSas).toBeGreaterThan(900);
  // At no time are there more than those of the last eleven minutes, and as many again.
  expect(analysis.hosts).toBeLessThan(500);
  expect(report.findings).toMatchObject([
    {
      verdict: "rejected",
      responder: "192.0.2.1",
      holder: { address: "198.51.100.11" },
      contender: { address: "198.51.100.12" },
    },
  ]);
});

test("a file full of strangers' first messages holds few addresses, and the same findings", async () => {
  const stage = new Stage(53);
  new Client(stage, { address: "198.51.100.11" }).connect(2).quickMode(2.2).esp(3, 190);
  new Client(stage, { address: "198.51.100.12" }).connect(150).unanswered(150.2).deleteEsp(165);
  const records = [...stage.sorted(), ...strangers(200_000, 0n, 1_000_000n)];
  records.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  let most = 0;
  const { boundHosts } = Tracker.prototype;
  const spy = vi.spyOn(Tracker.prototype, "boundHosts").mockImplementation(function (
    this: Tracker,
    reserved,
  ) {
    most = Math.max(most, this.hosts.size);
    boundHosts.call(this, reserved);
  });
  const { findings, capture } = await reportOn([pcap(records)], { maxSas: 40_000 });
  spy.mockRestore();
  expect(capture.messages.ikev1).toBeGreaterThan(200_000);
  // Twice the 40,000 IKE SAs that are held, twice that before it pays to look, and what one batch brings.
  expect(most).toBeLessThan(180_000);
  expect(findings).toMatchObject([
    {
      verdict: "rejected",
      responder: "192.0.2.1",
      holder: { address: "198.51.100.11" },
      contender: { address: "198.51.100.12" },
    },
  ]);
});
