import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { CaptureError } from "../src/capture/source.ts";
import type { Report } from "../src/index.ts";
import { accountedFor, reportOn } from "./support/analyzed.ts";
import { random32 } from "./support/random.ts";

const folder = new URL("../samples/", import.meta.url);
/** A sample of each format. */
const FORMATS = ["two-windows-clients.pcap", "retransmission-and-echo.pcapng"];
const samples = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name));

/** A report on the bytes, or the error that says why there is none; anything else fails the test. */
async function outcome(bytes: Uint8Array): Promise<Report | CaptureError> {
  try {
    return await reportOn([bytes]);
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}

describe("whatever becomes of a capture, there is a report or a CaptureError", () => {
  let validate: (report: Report) => unknown;
  beforeAll(async () => {
    const { reportSchema } = await import("../src/report/model.ts");
    validate = (report) => reportSchema.parse(report);
  });

  it.each(samples)("%s cut off", async (name) => {
    const bytes = readFileSync(new URL(name, folder));
    const next = random32(bytes.length);
    // The beginning is that of every other capture of its format: each length there is tried of two, which have most.
    const first = FORMATS.includes(name) ? Array(200).keys() : [];
    const lengths = [...first, ...Array.from({ length: 16 }, () => next() % bytes.length)];
    for (const length of lengths) {
      const result = await outcome(bytes.subarray(0, length));
      if (result instanceof CaptureError) expect(length).toBeLessThan(24);
      else expect(accountedFor(result)).toBe(result.capture.packets);
    }
  });

  it.each(samples)("%s with flipped bytes", async (name) => {
    const bytes = readFileSync(new URL(name, folder));
    const next = random32(bytes.length + 1);
    for (let round = 0; round < 16; round += 1) {
      const damaged = Buffer.from(bytes);
      for (let flips = next() % 20; flips >= 0; flips -= 1) damaged[next() % damaged.length] = next() & 0xff;
      const result = await outcome(damaged);
      if (result instanceof CaptureError) continue;
      expect(accountedFor(result)).toBe(result.capture.packets);
      validate(result);
    }
  });
});
