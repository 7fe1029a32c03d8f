import { expect, test } from "vitest";
import { playLive } from "../support/played-live.ts";
import { Client, Stage } from "../support/session.ts";

/** Offsets in a frame of Ethernet, IPv4 and UDP. */
const SOURCE_ADDRESS = 14 + 12;
const INITIATOR_COOKIE = 14 + 20 + 8;

test("addresses of strangers are forgotten, and those of clients keep their findings and numbers", () => {
  const stage = new Stage(51);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).deleteEsp(3000);
  new Client(stage, { address: "198.51.100.12" }).connect(10).unanswered(10.2).deleteEsp(3000);
  const records = stage.sorted();
  // Strangers send one first message each, day and night, and are never heard of again.
  const strangers = new Stage(52);
  new Client(strangers, { address: "10.0.0.0" }).connect(20);
  const [first] = strangers.records;
  for (let i = 0; i < 1000; i += 1) {
    const frame = Buffer.from(first.frame);
    frame.writeUInt32BE(0x0a000000 + i, SOURCE_ADDRESS);
    frame.writeUInt32BE(i, INITIATOR_COOKIE);
    records.push({ ...first, frame, at: first.at + BigInt(i) * 3_000_000_000n });
  }
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
