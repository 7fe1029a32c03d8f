import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roomStep } from "../../src/report/advice/room.ts";
import type { Report } from "../../src/report/model.ts";
import { benchCapture } from "../bench/captures.ts";
import { reportOn } from "../support/analyzed.ts";
import { report } from "../support/reports.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-test-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

test("who follows the advice has all IKE SAs in the report", async () => {
  // Nine messages a client, every client an IKE SA of its own.
  const capture = readFileSync(benchCapture(folder, "ike", 1));
  const narrow = await reportOn([capture], { maxSas: 100 });
  const [step] = narrow.nextSteps.filter(({ text }) => text.includes("too many clients"));
  const room = Number(/--max-sas (\d+),/.exec(step.text)?.[1]);
  const wide = await reportOn([capture], { maxSas: room });
  const sessions = Math.ceil(wide.capture.messages.ikev1 / 9);
  expect(wide.summary.ikeSas).toBe(sessions);
  expect(narrow.summary.ikeSas).toBeLessThanOrEqual(100);
  expect(room).toBeGreaterThanOrEqual(sessions);
  expect(wide.capture.evicted.ikeSas).toBe(0);
  expect(wide.nextSteps.some(({ text }) => text.includes("too many clients"))).toBe(false);
});

const full = (ikeSas: number, more: Partial<Report> = {}) =>
  report({
    summary: { ...report().summary, ikeSas: 100_000 },
    capture: { ...report().capture, evicted: { ikeSas } },
    ...more,
  });
const live = { dropped: { kernel: null, queue: 0 } } as unknown as NonNullable<Report["live"]>;

test.each<[string, Report, RegExp]>([
  ["tells how much memory the room takes", full(10_001), /--max-sas 120000, .* takes some 360 MB of memory/],
  ["has no number for a capture that goes on", full(10_001, { live }), /^Give it more room \(--max-sas\):/],
  ["asks for less where there is no such room", full(900_001), /^Analyse a shorter time, or one gateway/],
  ["asks for less where another table was full", full(0), /^Analyse a shorter time, or one gateway/],
])("the step %s", (_, value, expected) => {
  expect(roomStep(value)).toMatch(expected);
});
