/**
 * A test runner of Stryker's: bundles the chosen tests with the instrumented sources once, loads the bundle once, and
 * calls its tests again for each mutant. Vitest's own runner loads every module anew for each mutant, which costs many
 * times what these tests do.
 */

import { existsSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { determineHitLimitReached, toMutantRunResult } from "@stryker-mutator/api/test-runner";
import { build } from "esbuild";
import { SLOW, sourcesOf, suiteOf } from "./rooms.mjs";

const BUNDLE = "build/mutate-suite.mjs";

/** Bundles the suite, each module knowing the place of its own source. */
async function bundle(files, sources) {
  const vitest = fileURLToPath(new URL("suite.mjs", import.meta.url));
  // What sources do when they are loaded belongs to no test; what a file of tests does then belongs to its tests.
  const loaded = sources.map((file) => `await import("./${file}");`);
  const imports = files.map((file) => `begin(${JSON.stringify(file)});\nawait import("./${file}");`);
  await build({
    stdin: {
      contents: [
        'import { begin, hooks, tests } from "vitest";',
        ...loaded,
        ...imports,
        'begin("");',
        "export { hooks, tests };",
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

/** As `suite.mjs` names what a file does while it is loaded. */
const loadOf = (file) => `load ${file}`;

/** Milliseconds of each test, the slowest first. */
const timesOf = (tests) =>
  [...tests]
    .sort((a, b) => b.timeSpentMs - a.timeSpentMs)
    .map(({ id, timeSpentMs }) => `${timeSpentMs.toFixed(0)} ${id}\n`)
    .join("");

class InProcessRunner {
  #tests = [];
  #hooks = { before: [], after: [] };
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
    console.log = () => {};
    await this.#load();
    this.#order = this.#tests.map(({ id }) => id);
    // What a mutant leaves behind unhandled belongs to no test.
    process.on("unhandledRejection", () => {});
  }

  /** Loads the tests anew: rows of tables are often made when a file is loaded, and a mutant must be in them. */
  async #load() {
    await this.dispose();
    this.#ready.clear();
    this.#loads += 1;
    const { tests, hooks } = await import(`${pathToFileURL(resolve(BUNDLE)).href}?${this.#loads}`);
    this.#hooks = hooks;
    this.#tests = tests.filter(({ name }) => !SLOW.test(name));
  }

  async #prepare(file) {
    if (this.#ready.has(file)) return;
    this.#ready.add(file);
    for (const hook of this.#hooks.before) if (hook.file === file) await hook.run();
  }

  async #call(test) {
    const began = performance.now();
    const { id, name } = test;
    const fileName = relative(".", test.fileName);
    const result = (more) => ({ id, name, fileName, timeSpentMs: performance.now() - began, ...more });
    try {
      await this.#prepare(test.fileName);
      await test.run();
      return result({ status: 0 });
    } catch (error) {
      return result({ status: 1, failureMessage: failureOf(error) });
    }
  }

  async dryRun() {
    const tests = [];
    for (const test of this.#tests) {
      this.#space.currentTestId = test.id;
      tests.push(await this.#call(test));
    }
    this.#space.currentTestId = undefined;
    // Cheap ones first: what calls one function notices most of what is changed in it.
    const took = new Map(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs]));
    this.#order.sort((a, b) => took.get(a) - took.get(b));
    if (process.env.MUTATE_TIMES !== undefined) writeFileSync(process.env.MUTATE_TIMES, timesOf(tests));
    return { status: "complete", tests, mutantCoverage: this.#coverage() };
  }

  /** What was passed while a file of tests was loaded counts for each of its tests. */
  #coverage() {
    const { mutantCoverage } = this.#space;
    if (mutantCoverage === undefined) return undefined;
    const { perTest } = mutantCoverage;
    for (const { id, fileName } of this.#tests) {
      perTest[id] = { ...perTest[loadOf(fileName)], ...perTest[id] };
    }
    for (const { fileName } of this.#tests) delete perTest[loadOf(fileName)];
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
    try {
      await this.#load();
    } catch (error) {
      const [id] = wanted;
      return [{ id, name: id, timeSpentMs: 0, status: 1, failureMessage: failureOf(error) }];
    }
    const byId = new Map(this.#tests.map((test) => [test.id, test]));
    const filter = new Set(wanted);
    const results = [];
    for (const id of this.#order.filter((each) => filter.has(each))) {
      const test = byId.get(id);
      const gone = { id, name: id, timeSpentMs: 0, status: 1, failureMessage: "its row is gone" };
      const result = test === undefined ? gone : await this.#call(test);
      results.push(result);
      if (result.status !== 1) continue;
      // Mutants stand beside each other: what noticed this one may notice the next.
      this.#order = [id, ...this.#order.filter((each) => each !== id)];
      if (!disableBail) break;
    }
    return results;
  }

  async dispose() {
    for (const { file, run } of this.#hooks.after) if (this.#ready.has(file)) await run();
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessRunner)];
