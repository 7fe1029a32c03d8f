/**
 * Tries mutants of a room: `npm run mutate -- judgement`, `-- wire --sample 100`, `-- ike --again` (those alone that were
 * not noticed last time), `-- ike --rest` (those that were not tried last time), `-- judgement/claims.ts`, `-- --since main --minutes 5` (those in lines that a change touched, as
 * many as fit). Keeps nothing in the repository.
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const SIGNALS = ["SIGINT", "SIGTERM"];
const NOTICED = new Set(["Killed", "Timeout", "RuntimeError"]);

/** When to end, by the clock of this process. */
const began = performance.now();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string" },
    seed: { type: "string" },
    again: { type: "boolean" },
    rest: { type: "boolean" },
    since: { type: "string" },
    minutes: { type: "string" },
  },
});

let deadline = began + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;

/** Lines that were changed since a commit, from 0, by file; of files that are in a room. */
function changedSince(ref) {
  const git = ["diff", "--unified=0", "--no-color", "--no-ext-diff", "--diff-filter=d", ref, "--", "src"];
  const { status, stdout, stderr } = spawnSync("git", git, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr.trim());
  const changed = new Map();
  let lines = new Set();
  for (const line of stdout.split("\n")) {
    const name = /^\+\+\+ b\/(src\/([^/]+)\/.*\.ts)$/.exec(line);
    if (name !== null) {
      lines = new Set();
      if (ROOMS[name[2]] !== undefined) changed.set(name[1], lines);
    }
    const [, from, count = "1"] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    for (let i = 0; from !== undefined && i < Number(count); i += 1) lines.add(Number(from) - 1 + i);
  }
  return changed;
}

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

/** Runs Stryker until it ends or its time is over. */
async function stryker(env) {
  const program = join(root, "node_modules/@stryker-mutator/core/bin/stryker.js");
  const child = spawn(process.execPath, [program, "run", "test/mutate/stryker.config.mjs"], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
    // A group of its own: the processes that run the tests have to end with it.
    detached: true,
  });
  const end = () => process.kill(-child.pid, "SIGKILL");
  process.once("exit", end);
  const interrupted = () => {
    deadline = 0;
    end();
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  const left = deadline - performance.now();
  const timer = left < Number.POSITIVE_INFINITY ? setTimeout(end, Math.max(1, left)) : undefined;
  const [status] = await once(child, "exit");
  clearTimeout(timer);
  process.off("exit", end);
  for (const signal of SIGNALS) process.off(signal, interrupted);
  if (status === 0) return;
  rmSync(join(cache, "sandbox"), { recursive: true, force: true });
  const why = status === null ? "its time was over" : `it ended with status ${status}`;
  console.error(`Stryker: ${why}; what it had tried by then counts`);
}

/** Runs Stryker on these files and gives what became of the chosen mutants. */
async function tried(room, chosen) {
  const files = [...new Set(chosen.map((key) => key.split(" ")[0]))];
  const list = join(cache, "chosen.json");
  writeFileSync(list, JSON.stringify(chosen));
  const results = join(cache, "results.txt");
  writeFileSync(results, "");
  await stryker({
    MUTATE_ROOM: room,
    MUTATE_FILES: JSON.stringify(files),
    MUTATE_CHOSEN: list,
    MUTATE_CACHE: cache,
    MUTATE_RESULTS: results,
  });
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
  if (outcomes.length === 0) return console.log(`${room}: none of ${total} mutants tried`);
  const counted = outcomes.filter(([, status]) => status !== "Ignored" && status !== "CompileError");
  const missed = counted.filter(([, status]) => !NOTICED.has(status));
  for (const [key, status] of missed) console.log(`${status}: ${shown(key)}`);
  const score = ((counted.length - missed.length) / counted.length) * 100;
  console.log(`${room}: ${score.toFixed(1)} % of ${counted.length} mutants noticed (${total} in all)`);
}

/** Tries what a change touched, room by room, as many as fit: `--sample` of each room at most. */
async function since(ref) {
  const changed = changedSince(ref);
  const rooms = new Set([...changed.keys()].map((file) => file.split("/")[1]));
  for (const room of rooms) {
    const keys = await mutantsOf([...changed.keys()].filter((file) => file.startsWith(`src/${room}/`)));
    const touched = keys.filter((key) => {
      const [, file, line] = /^(\S+) (\d+):/.exec(key);
      return changed.get(file).has(Number(line));
    });
    const chosen = drawn(touched, Number(values.sample ?? touched.length), values.seed ?? SEED);
    if (chosen.length === 0) console.log(`${room}: nothing that can be mutated was changed`);
    else if (performance.now() >= deadline) console.log(`${room}: no time left for ${chosen.length} mutants`);
    else print(room, await tried(room, chosen), touched.length);
  }
}

/** Of a sample, those to be tried now; what is not of the sample, or no more in its line, is forgotten. */
function chosenOf(sample, before) {
  if (values.again) return [...before].filter(([, status]) => !NOTICED.has(status)).map(([key]) => key);
  const drawn = new Set(sample);
  for (const key of before.keys()) if (!drawn.has(key)) before.delete(key);
  return sample.filter((key) => !before.has(key));
}

async function rooms() {
  for (const wanted of positionals.length > 0 ? positionals : Object.keys(ROOMS)) {
    if (performance.now() >= deadline) return;
    const [room, name] = wanted.split("/");
    if (ROOMS[room] === undefined) throw new Error(`${room} is none of ${Object.keys(ROOMS).join(", ")}`);
    const files = (await sourcesOf(root, room)).filter(
      (file) => name === undefined || file.endsWith(`/${name}`),
    );
    const keys = await mutantsOf(files);
    const count = Number(values.sample ?? ROOMS[room].sample ?? keys.length);
    const sample = drawn(keys, count, values.seed ?? SEED);
    const kept = join(cache, `${wanted.replace("/", "-")}.json`);
    const goesOn = values.again || values.rest;
    const before = new Map(goesOn && existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : []);
    const chosen = chosenOf(sample, before);
    for (const [key, status] of chosen.length > 0 ? await tried(room, chosen) : []) before.set(key, status);
    writeFileSync(kept, JSON.stringify([...before]));
    print(wanted, [...before], keys.length);
  }
}

mkdirSync(cache, { recursive: true });
await (values.since === undefined ? rooms() : since(values.since));
