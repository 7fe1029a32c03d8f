import { expect, test } from "vitest";
import { LiveAnalysis } from "../src/analysis/analysis.ts";
import { PlayedInputs } from "./support/played-live.ts";
import { Client, Stage } from "./support/session.ts";

const HOURS = 3;
const CLIENTS = 12;

/** One simulated hour: clients that come, collide, and go again, and some that vanish without a farewell. */
function hour(number: number): Stage {
  const stage = new Stage(1000 + number);
  for (let i = 0; i < CLIENTS; i += 1) {
    const address = `198.51.100.${i + 1}`;
    for (let at = i * 3; at < 3500; at += 300) {
      const session = new Client(stage, { address }).connect(at);
      if (i % 3 === 0) session.unanswered(at + 0.2);
      else session.quickMode(at + 0.2).esp(at + 1, at + 120, 30);
      if (i % 5 !== 0) session.farewell(at + 125);
    }
  }
  return stage;
}

test("hours of clients that come and go leave no more behind than the first hour did", () => {
  const inputs = new PlayedInputs();
  let packetAt = 0;
  const analysis = new LiveAnalysis(inputs, { compactHostsAt: 64, now: () => packetAt });
  const collect = (globalThis as { gc?: () => void }).gc;
  const sizes: number[] = [];
  let lines = 0;
  let now = 0;
  for (let number = 0; number < HOURS; number += 1) {
    const shift = BigInt(number) * 3_600_000_000_000n;
    const records = hour(number).sorted();
    const began = records[0].at;
    for (const record of records) {
      const at = number * 3_600_000 + Number(record.at - began) / 1e6;
      for (; now + 1000 <= at; now += 1000) lines += analysis.tick(now + 1000).length;
      packetAt = at;
      analysis.decoder.decode(inputs.slice({ ...record, at: record.at + shift }));
    }
    sizes.push(analysis.tally.ikeSas);
    collect?.();
    if (collect !== undefined) {
      const heap = (process.memoryUsage().heapUsed / 1e6).toFixed(1);
      console.log(
        `after hour ${number + 1}: ${analysis.tally.ikeSas} IKE SAs, ${lines} lines, heap ${heap} MB`,
      );
    }
  }
  expect(lines).toBeGreaterThan(100);
  expect(analysis.tally.evicted).toBe(0);
  expect(analysis.tally.closed.ikeSas).toBeGreaterThan(300);
  expect(sizes.at(-1)).toBeLessThan(sizes[0] * 1.5);
});
