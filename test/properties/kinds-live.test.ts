/**
 * Rule 6.16 on realistic troubles: each capture played packet by packet into an analysis that goes on, with its own
 * times, far faster than it was. What was told last is what the file says.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Bench } from "../simulator/bench.ts";
import { playLive } from "../support/played-live.ts";
import { standing, worstByFingerprint } from "../support/standing.ts";
import { partsOf } from "./cut.ts";

const root = process.env.IKE_CAPTURES;
const NANOS = 0xa1b23c4d;

const bench = new Bench();
afterAll(() => bench.close());

function framesOf(file: Buffer): { at: bigint; frame: Uint8Array }[] {
  const { header, records } = partsOf(file);
  const unit = header.readUInt32LE(0) === NANOS ? 1n : 1_000n;
  return records.map((record) => ({
    at: BigInt(record.readUInt32LE(0)) * 1_000_000_000n + BigInt(record.readUInt32LE(4)) * unit,
    frame: record.subarray(16),
  }));
}

if (root === undefined) {
  console.log("kinds of trouble are not played live: IKE_CAPTURES does not name a folder of captures");
  it.skip("kinds of trouble, played live", () => undefined);
} else {
  const folder = join(root, "kinds");
  const names = readdirSync(folder).filter((name) => name.endsWith(".pcap"));
  it.each(names)("%s ends in the verdict of the file", async (name) => {
    const file = readFileSync(join(folder, name));
    const { told } = playLive(framesOf(file));
    const lines = told.map(({ line }, i) => ("finding" in line ? { ...line, id: String(i) } : line));
    expect(standing(lines)).toEqual(worstByFingerprint((await bench.report([file])).findings));
  });
}
