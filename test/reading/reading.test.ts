/** The program against a plain reading of the contract, on every sample. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { differences } from "./compare.ts";
import { readContract } from "./reading.ts";

const folder = fileURLToPath(new URL("../../samples", import.meta.url));
const names = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name));

it.each(names)(
  "%s: every attempt, its verdict, holder, outcome and overlap are what the contract says",
  async (name) => {
    const paths = [join(folder, name)];
    const { report } = await analyze(paths);
    expect(differences(await readContract(paths), report)).toEqual([]);
  },
);
