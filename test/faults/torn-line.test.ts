/** Files of lines whose last line is torn. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { dropTornLine, endTornLine } from "../../src/node/torn-line.ts";

const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-torn-"));
const path = join(folder, "lines");
afterAll(() => rmSync(folder, { recursive: true }));

/** More than is read at a time. */
const LONG = "x".repeat(200_000);

it.each([
  ["nothing", "", "", ""],
  ["whole lines", "a\nb\n", "a\nb\n", "a\nb\n"],
  ["half a line behind a whole one", "a\nb", "a\n", "a\nb\n"],
  ["half a line alone", "b", "", "b\n"],
  ["a long half of a line", `a\n${LONG}`, "a\n", `a\n${LONG}\n`],
  ["a long half of a line alone", LONG, "", `${LONG}\n`],
])("of %s: the torn line is dropped, or ended", (_, before, dropped, ended) => {
  writeFileSync(path, before);
  dropTornLine(path);
  expect(readFileSync(path, "utf8")).toBe(dropped);
  writeFileSync(path, before);
  endTornLine(path);
  expect(readFileSync(path, "utf8")).toBe(ended);
});

it.each(["/dev/null", join(folder, "missing"), folder])("%s, which is not a file, stays as it is", (name) => {
  expect(() => dropTornLine(name)).not.toThrow();
  expect(() => endTornLine(name)).not.toThrow();
});
