import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { differences, soak } from "./month.ts";

const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-soak-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The month itself is `npm run soak`. */
it("hours of live capture with a flood, a clock step, a gap and a restart find what the file of them gives", async () => {
  const soaked = await soak({ hours: 6, path: join(folder, "capture.pcap") });
  expect(soaked.restarts).toBe(1);
  expect(soaked.counted).toBe(soaked.packets);
  expect(differences(soaked)).toEqual([]);
  expect(Object.values(soaked.file).filter((verdict) => verdict !== "tolerated").length).toBeGreaterThan(0);
  expect(soaked.warnings).toContain("clock-step");
  // What is gone is forgotten: an hour leaves no more behind than the first did, floods included.
  expect(soaked.ikeSas[5]).toBeLessThan(soaked.ikeSas[0] * 1.5 + 10);
}, 120_000);
