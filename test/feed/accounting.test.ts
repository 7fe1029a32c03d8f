/** Every packet of all samples together is a message or skipped for one reason, and counted with its source. */

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { accountedFor } from "../support/analyzed.ts";

const folder = fileURLToPath(new URL("../../samples/", import.meta.url));
const captures = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name));

it("all of them together, and a part of them", async () => {
  const names = captures.map((name) => `${folder}${name}`);
  const { report } = await analyze(names);
  expect(accountedFor(report)).toBe(report.capture.packets);
  const part = await analyze(names, { maxPackets: 100 });
  expect(part.report.capture.packets).toBe(100);
  expect(accountedFor(part.report)).toBe(100);
  const bySource = part.report.capture.sources.reduce((sum, { packets }) => sum + packets, 0);
  expect(bySource).toBe(100);
});
