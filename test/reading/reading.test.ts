/** The program against a plain reading of the contract, on every sample. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { differences } from "./compare.ts";
import { type Result, readContract } from "./reading.ts";

const folder = fileURLToPath(new URL("../../samples", import.meta.url));
const names = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name));

/** What the contract says of a sample, which needs to be asked only once. */
const asked = new Map<string, Result>();

it.each(names)(
  "%s: every attempt, its verdict, holder, outcome and overlap are what the contract says",
  async (name) => {
    const paths = [join(folder, name)];
    const { report } = await analyze(paths);
    const reading = asked.get(name) ?? (await readContract(paths));
    asked.set(name, reading);
    expect(differences(reading, report)).toEqual([]);
  },
);
