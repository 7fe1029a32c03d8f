/** A folder of more files than a call may have arguments. */

import type { Dirent } from "node:fs";
import { expect, it, vi } from "vitest";
import { expandInputs } from "../../src/node/inputs.ts";

const COUNT = 150_000;
const ROOT = process.cwd();
const entry = (name: string, isFolder: boolean) => ({ name, isDirectory: () => isFolder }) as Dirent;
vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  readdir: async (folder: string) =>
    folder === ROOT
      ? [entry("not-there", true)]
      : Array.from({ length: COUNT }, (_, i) => entry(`${i}.pcap`, false)),
}));

it("is looked through with --recursive, file by file", async () => {
  const { names, failures, leftOut } = await expandInputs([ROOT], { recursive: true });
  expect([names.length, failures.length, leftOut.length]).toEqual([0, 1, COUNT]);
});
