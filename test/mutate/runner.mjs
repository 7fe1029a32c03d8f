/**
 * A test runner of Stryker's: bundles the chosen tests with the instrumented sources once, and loads of it, for each mutant,
 * the files whose tests reach it, one after the other until one fails. Vitest's own runner starts a worker and transforms
 * every module, which costs many times what these tests do.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { determineHitLimitReached, toMutantRunResult } from "@stryker-mutator/api/test-runner";
import { build } from "esbuild";
import { SLOW, sourcesOf, suiteOf } from "./rooms.mjs";

const BUNDLE = "build/mutate-suite.mjs";
const ORDER = "build/mutate-order.json";

/** Bundles the suite, each module knowing the place of its own source. */
async function bundle(files, sources) {
  const vitest = fileURLToPath(new URL("suite.mjs", import.meta.url));
  // What sources do when they are loaded belongs to no test; what a file of tests does then belongs to its tests.
  const loaded = sources.map((file) => `await import("./${file}");`);
  const loads = files.map((file) => `${JSON.stringify(file)}: () => import("./${file}"),`);
  await build({
    stdin: {
      contents: [
        'import { begin, hooks, tests } from "vitest";',
        ...loaded,
        `export const loads = {${loads.join("\n")}};`,
        "export { begin, hooks, tests };",
      ].join("\n"),
      resolveDir: process.cwd(),
      loader: "js",
    },
    absWorkingDir: process.cwd(),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    outfile: BUNDLE,
    logLevel: "error",
    packages: "external",
    plugins: [
      {
        name: "mutate",
        setup({ onLoad, onResolve }) {
          onResolve({ filter: /^vitest$/ }, () => ({ path: vitest }));
          onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
            contents: (await readFile(path, "utf8")).replaceAll(
              "import.meta.url",
              JSON.stringify(pathToFileURL(path).href),
            ),
            loader: "ts",
          }));
        },
      },
    ],
  });
}

const failureOf = (error) => (error instanceof Error ? `${error.message}` : String(error));

/** The file of a test, by its name: paths have no blanks. */
const fileOf = (id) => id.split(" ", 1)[0];

/** As `suite.mjs` names what a file does while it is loaded. */
const loadOf = (file) => `load ${file}`;

/** Milliseconds of each test, the slowest first. */
const timesOf = (tests) =>
  [...tests]
    .sort((a, b) => b.timeSpentMs - a.timeSpentMs)
    .map(({ id, timeSpentMs }) => `${timeSpentMs.toFixed(0)} ${id}\n`)
    .join("");

class InProcessRunner {
  /** The bundle, loaded anew for each mutant, and what of it was loaded: tests by their names. */
  #suite = null;
  #tests = new Map();
  #ready = new Set();
  /** Names of tests, in the order in which they are called. */
  #order = [];
  #loads = 0;
  #space;

  constructor() {
    globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
    this.#space = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE];
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    process.env.TZ = "UTC";
    // After a mutant that never ended the process is a new one, and the bundle still there.
    const room = process.env.MUTATE_ROOM;
    if (!existsSync(BUNDLE)) await bundle(await suiteOf(process.cwd()), await sourcesOf(process.cwd(), room));
    if (existsSync(ORDER)) this.#order = JSON.parse(readFileSync(ORDER, "utf8"));
    console.log = () => {};
    // What a mutant leaves behind unhandled belongs to no test.
    process.on("unhandledRejection", () => {});
  }

  /** Loads sources anew, and no tests yet: rows of tables are often made when a file is loaded, and a mutant must be in them. */
  async #begin() {
    await this.dispose();
    this.#ready.clear();
    this.#tests.clear();
    this.#loads += 1;
    this.#suite = await import(`${pathToFileURL(resolve(BUNDLE)).href}?${this.#loads}`);
  }

  /** Loads a file of tests, unless it is loaded. */
  async #prepare(file) {
    if (this.#ready.has(file)) return;
    this.#ready.add(file);
    const { begin, hooks, loads, tests } = this.#suite;
    const known = tests.length;
    begin(file);
    await loads[file]();
    for (const test of tests.slice(known)) if (!SLOW.test(test.name)) this.#tests.set(test.id, test);
    for (const hook of hooks.before) if (hook.file === file) await hook.run();
    begin("");
  }

  async #call(test) {
    const began = performance.now();
    const { id, name } = test;
    const fileName = relative(".", test.fileName);
    const result = (more) => ({ id, name, fileName, timeSpentMs: performance.now() - began, ...more });
    try {
      await test.run();
      return result({ status: 0 });
    } catch (error) {
      return result({ status: 1, failureMessage: failureOf(error) });
    }
  }

  async dryRun() {
    await this.#begin();
    const results = [];
    const took = new Map();
    for (const file of Object.keys(this.#suite.loads)) {
      const began = performance.now();
      await this.#prepare(file);
      for (const test of this.#tests.values()) {
        if (test.fileName !== file) continue;
        this.#space.currentTestId = test.id;
        results.push(await this.#call(test));
      }
      this.#space.currentTestId = undefined;
      took.set(file, performance.now() - began);
    }
    // Cheap files first: what calls one function notices most of what is changed in it.
    results.sort((a, b) => a.timeSpentMs - b.timeSpentMs);
    this.#order = results.map(({ id }) => id);
    this.#order.sort((a, b) => took.get(fileOf(a)) - took.get(fileOf(b)));
    writeFileSync(ORDER, JSON.stringify(this.#order));
    if (process.env.MUTATE_TIMES !== undefined) writeFileSync(process.env.MUTATE_TIMES, timesOf(results));
    return { status: "complete", tests: results, mutantCoverage: this.#coverage() };
  }

  /** What was passed while a file of tests was loaded counts for each of its tests. */
  #coverage() {
    const { mutantCoverage } = this.#space;
    if (mutantCoverage === undefined) return undefined;
    const { perTest } = mutantCoverage;
    for (const id of this.#order) perTest[id] = { ...perTest[loadOf(fileOf(id))], ...perTest[id] };
    for (const id of this.#order) delete perTest[loadOf(fileOf(id))];
    return mutantCoverage;
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    this.#space.hitCount = hitLimit === undefined ? undefined : 0;
    this.#space.hitLimit = hitLimit;
    this.#space.activeMutant = activeMutant.id;
    const results = await this.#callAll(testFilter ?? this.#order, disableBail);
    this.#space.activeMutant = undefined;
    const overrun = determineHitLimitReached(this.#space.hitCount, hitLimit);
    return toMutantRunResult(overrun ?? { status: "complete", tests: results });
  }

  async #callAll(wanted, disableBail) {
    const filter = new Set(wanted);
    const results = [];
    for (const id of this.#order.filter((each) => filter.has(each))) {
      const result = await this.#callById(id, results.length === 0);
      results.push(result);
      if (result.status !== 1) continue;
      // Mutants stand beside each other: what noticed this one may notice the next.
      this.#order = [id, ...this.#order.filter((each) => each !== id)];
      if (!disableBail) break;
    }
    return results;
  }

  async #callById(id, isFirst) {
    const failed = (failureMessage) => ({ id, name: id, timeSpentMs: 0, status: 1, failureMessage });
    try {
      if (isFirst) await this.#begin();
      await this.#prepare(fileOf(id));
    } catch (error) {
      return failed(failureOf(error));
    }
    const test = this.#tests.get(id);
    return test === undefined ? failed("its row is gone") : this.#call(test);
  }

  async dispose() {
    for (const { file, run } of this.#suite?.hooks.after ?? []) if (this.#ready.has(file)) await run();
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessRunner)];
