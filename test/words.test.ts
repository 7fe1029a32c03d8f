/** English that a native reader would stumble over, and that was written here before. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = [
  "README.md",
  ...readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|md)$/.test(name))
    .map((name) => `src/${name}`),
];

it.each([
  ["'is not a capture', never 'is no capture'", /\bis no [a-z]/],
  [
    "'are not records', never 'are no records'",
    /\bare no (?!longer\b|further\b|more\b|others\b|frames\b)[a-z]/,
  ],
  ["'cannot be expected'", /does not let expect/],
  ["'is not waited for any longer'", /no more of it is waited/],
  ["'without end'", /goes on for ever/],
])("%s", (_, wrong) => {
  const found = files.flatMap((file) =>
    readFileSync(`${root}${file}`, "utf8")
      .split("\n")
      .flatMap((line, i) => (wrong.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
