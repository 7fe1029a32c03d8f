/**
 * Tries mutants of a room: `npm run mutate -- judgement`, `-- wire --sample 100`, `-- ike --again` (those alone that were
 * not noticed last time), `-- judgement/claims.ts`. Keeps nothing in the repository.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { drawn, keyOf } from "./keys.mjs";
import { text } from "./plugins.mjs";
import { ROOMS, sourcesOf } from "./rooms.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = process.env.MUTATE_CACHE ?? join(tmpdir(), "ike-dupcheck-mutate");
const SEED = 1;
const NOTICED = new Set(["Killed", "Timeout", "RuntimeError"]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: "string" }, seed: { type: "string" }, again: { type: "boolean" } },
});

/** All mutants of these files, by key, but for text and types. */
async function mutantsOf(files) {
  const quiet = Object.fromEntries(
    ["trace", "debug", "info", "warn", "error", "fatal"].map((level) => [level, () => {}]),
  );
  quiet.isDebugEnabled = () => false;
  const sources = files.map((name) => ({
    name,
    mutate: true,
    content: readFileSync(join(root, name), "utf8"),
  }));
  const options = { plugins: null, excludedMutations: [], ignorers: [text] };
  const { mutants } = await new Instrumenter(quiet).instrument(sources, options);
  return mutants.filter(({ status }) => status !== "Ignored").map((each) => keyOf(each.fileName, each));
}

/** Runs Stryker on these files and gives what became of the chosen mutants. */
function tried(room, chosen) {
  const files = [...new Set(chosen.map((key) => key.split(" ")[0]))];
  const list = join(cache, "chosen.json");
  writeFileSync(list, JSON.stringify(chosen));
  const results = join(cache, "results.txt");
  writeFileSync(results, "");
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/@stryker-mutator/core/bin/stryker.js"),
      "run",
      "test/mutate/stryker.config.mjs",
    ],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        MUTATE_ROOM: room,
        MUTATE_FILES: JSON.stringify(files),
        MUTATE_CHOSEN: list,
        MUTATE_CACHE: cache,
        MUTATE_RESULTS: results,
      },
    },
  );
  if (status !== 0) console.error(`Stryker ended with status ${status}: what it had tried by then counts`);
  const wanted = new Set(chosen);
  const lines = readFileSync(results, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line)).filter(([key]) => wanted.has(key));
}

/** The line of the source that a mutant is in, and what it makes of it. */
function shown(key) {
  const [, file, line, from, rest] = /^(\S+) (\d+):(\d+)-\S+ (.*)$/s.exec(key);
  const text = readFileSync(join(root, file), "utf8").split("\n")[Number(line)];
  return `${file}:${Number(line) + 1}:${Number(from) + 1} ${rest.replace(/\s+/g, " ").slice(0, 100)}\n    ${text?.trim()}`;
}

function print(room, outcomes, total) {
  const counted = outcomes.filter(([, status]) => status !== "Ignored" && status !== "CompileError");
  const missed = counted.filter(([, status]) => !NOTICED.has(status));
  for (const [key, status] of missed) console.log(`${status}: ${shown(key)}`);
  const score = ((counted.length - missed.length) / counted.length) * 100;
  console.log(`${room}: ${score.toFixed(1)} % of ${counted.length} mutants noticed (${total} in all)`);
}

mkdirSync(cache, { recursive: true });
for (const wanted of positionals.length > 0 ? positionals : Object.keys(ROOMS)) {
  const [room, name] = wanted.split("/");
  if (ROOMS[room] === undefined) throw new Error(`${room} is none of ${Object.keys(ROOMS).join(", ")}`);
  const files = (await sourcesOf(root, room)).filter(
    (file) => name === undefined || file.endsWith(`/${name}`),
  );
  const keys = await mutantsOf(files);
  const count = Number(values.sample ?? ROOMS[room].sample ?? keys.length);
  let chosen = drawn(keys, count, values.seed ?? SEED);
  const kept = join(cache, `${wanted.replace("/", "-")}.json`);
  const before = new Map(values.again && existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : []);
  if (values.again) chosen = [...before].filter(([, status]) => !NOTICED.has(status)).map(([key]) => key);
  for (const [key, status] of chosen.length > 0 ? tried(room, chosen) : []) before.set(key, status);
  writeFileSync(kept, JSON.stringify([...before]));
  print(wanted, [...before], keys.length);
}
