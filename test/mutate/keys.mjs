/** Names and numbers of mutants that stay the same from run to run. */

import { createHash } from "node:crypto";

/** `file line:column-line:column mutator replacement`, lines and columns from 0 as Stryker's API has them. */
export function keyOf(file, { location: { start, end }, mutatorName, replacement }) {
  return `${file} ${start.line}:${start.column}-${end.line}:${end.column} ${mutatorName} ${replacement}`;
}

/** Path of a source in the repository, wherever the copy lies that was mutated. */
export const sourceOf = (path) => path.replaceAll("\\", "/").replace(/^.*\/src\//, "src/");

/** Why a mutant was not tried that is not in the sample. */
export const NOT_DRAWN = "not drawn";

/** The `count` keys that this seed draws, whatever their order. */
export function drawn(keys, count, seed) {
  const lot = (key) => createHash("sha256").update(`${seed} ${key}`).digest("hex");
  return keys
    .map((key) => [lot(key), key])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, count)
    .map(([, key]) => key);
}
