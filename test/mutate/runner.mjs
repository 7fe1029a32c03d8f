/**
 * A test runner of Stryker's: the instrumented sources are bundled and loaded once, and for each mutant the tests that reach
 * it are made and called, one file after the other until one fails. Vitest's own runner starts a worker and loads every
 * module for each mutant, which costs many times what these tests do.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { determineHitLimitReached, toMutantRunResult } from "@stryker-mutator/api/test-runner";
import { build } from "esbuild";
import { keyOf, NOT_DRAWN, sourceOf } from "./keys.mjs";
import { SLOW, sourcesOf, suiteOf } from "./rooms.mjs";

const require = createRequire(import.meta.url);
const BUNDLE = "build/mutate-suite.mjs";
const TESTS = "build/mutate-tests";
const ORDER = "build/mutate-order.json";

/** Every module knows the place of its own source. */
const placed = ({ onLoad }) =>
  onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
    contents: (await readFile(path, "utf8")).replaceAll(
      "import.meta.url",
      JSON.stringify(pathToFileURL(path).href),
    ),
    loader: "ts",
  }));

const common = () => ({
  absWorkingDir: process.cwd(),
  bundle: true,
  platform: "node",
  target: "node20.19",
  logLevel: "error",
  packages: "external",
});

/** Files of tests, each alone; gives the paths of the modules that they ask for. */
async function compileTests(files) {
  const asked = new Set();
  const setup = (hooks) => {
    placed(hooks);
    hooks.onResolve({ filter: /^\./ }, ({ path, importer, kind }) => {
      if (kind === "entry-point") return undefined;
      const module = resolve(dirname(importer), path);
      asked.add(module);
      return { path: module, external: true };
    });
  };
  await build({
    ...common(),
    entryPoints: files.map((file) => `./${file}`),
    format: "cjs",
    outdir: TESTS,
    outbase: ".",
    plugins: [{ name: "mutate", setup }],
  });
  return asked;
}

/** What stays loaded from mutant to mutant: sources and what tests share, as one bundle. */
async function compileModules(modules) {
  const vitest = fileURLToPath(new URL("suite.mjs", import.meta.url));
  const paths = [...modules];
  const setup = (hooks) => {
    placed(hooks);
    hooks.onResolve({ filter: /^vitest$/ }, () => ({ path: vitest }));
  };
  await build({
    ...common(),
    stdin: {
      contents: [
        'import * as vitest from "vitest";',
        ...paths.map((path, i) => `import * as m${i} from ${JSON.stringify(path)};`),
        "export const modules = { vitest,",
        ...paths.map((path, i) => `${JSON.stringify(path)}: m${i},`),
        "};",
      ].join("\n"),
      resolveDir: process.cwd(),
      loader: "js",
    },
    format: "esm",
    outfile: BUNDLE,
    plugins: [{ name: "mutate", setup }],
  });
}

async function compile(files, sources) {
  const asked = await compileTests(files);
  await compileModules(new Set([...sources.map((file) => resolve(file)), ...asked]));
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
  /** Modules by path, loaded once; a mutant is switched on in them. */
  #modules = {};
  #scripts = new Map();
  /** Of the present mutant: files whose tests were made, tests by their names, and what is to be done after a file. */
  #made = new Set();
  #tests = new Map();
  #after = [];
  /** Names of tests, in the order in which they are called. */
  #order = [];
  #loads = 0;
  #space;
  /** Keys of the mutants to try. Stryker would ask a checker, and let another process run tests once that has answered. */
  #chosen = new Set(JSON.parse(readFileSync(process.env.MUTATE_CHOSEN, "utf8")));

  constructor() {
    globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
    this.#space = globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE];
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    process.env.TZ = "UTC";
    // Other programs (tshark, xz) take seconds for each mutant: tests that ask them are left out.
    process.env.PATH = "";
    // After a mutant that never ended the process is a new one, and the bundle still there.
    const room = process.env.MUTATE_ROOM;
    if (!existsSync(BUNDLE)) {
      await compile(await suiteOf(process.cwd()), await sourcesOf(process.cwd(), room));
    }
    if (existsSync(ORDER)) this.#order = JSON.parse(readFileSync(ORDER, "utf8"));
    console.log = () => {};
    await this.#load();
    // What a mutant leaves behind unhandled belongs to no test.
    process.on("unhandledRejection", () => {});
  }

  /** Loads all modules anew. */
  async #load() {
    this.#loads += 1;
    this.#modules = (await import(`${pathToFileURL(resolve(BUNDLE)).href}?${this.#loads}`)).modules;
  }

  /** Makes the tests of a file, once for each mutant: rows of tables are often made then, and a mutant must be in them. */
  async #make(file) {
    if (this.#made.has(file)) return;
    this.#made.add(file);
    const { begin, taken } = this.#modules.vitest;
    begin(file);
    this.#scriptOf(file)((name) => this.#modules[name] ?? require(name), { exports: {} }, {});
    const { tests, before, after } = taken();
    for (const test of tests) if (!SLOW.test(test.name)) this.#tests.set(test.id, test);
    this.#after.push(...after);
    for (const run of before) await run();
    begin("");
  }

  #scriptOf(file) {
    const known = this.#scripts.get(file);
    if (known !== undefined) return known;
    const text = readFileSync(join(TESTS, file.replace(/\.ts$/, ".js")), "utf8");
    const script = new Script(`(function (require, module, exports) {${text}\n})`, { filename: file });
    const made = script.runInThisContext();
    this.#scripts.set(file, made);
    return made;
  }

  /** The mutant is over. */
  async #leave() {
    for (const run of this.#after) await run();
    this.#after = [];
    this.#made.clear();
    this.#tests.clear();
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
    let results = [];
    const took = new Map();
    for (const file of await suiteOf(process.cwd())) {
      const began = performance.now();
      try {
        await this.#make(file);
      } catch (error) {
        this.#modules.vitest.taken();
        console.error(`left out: ${file}: ${failureOf(error)}`);
      }
      for (const test of this.#tests.values()) {
        if (test.fileName !== file) continue;
        this.#space.currentTestId = test.id;
        results.push(await this.#call(test));
      }
      this.#space.currentTestId = undefined;
      took.set(file, performance.now() - began);
    }
    await this.#leave();
    const failed = results.filter(({ status }) => status !== 0);
    for (const { id, failureMessage } of failed) console.error(`left out: ${id}: ${failureMessage}`);
    results = results.filter(({ status }) => status === 0);
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
    if (!this.#chosen.has(keyOf(sourceOf(activeMutant.fileName), activeMutant)))
      return { status: "error", errorMessage: NOT_DRAWN };
    const wanted = new Set(testFilter ?? this.#order);
    const attempt = async () => {
      this.#space.hitCount = hitLimit === undefined ? undefined : 0;
      this.#space.hitLimit = hitLimit;
      this.#space.activeMutant = activeMutant.id;
      const tests = await this.#callAll(wanted, disableBail);
      const overrun = determineHitLimitReached(this.#space.hitCount, hitLimit);
      this.#space.activeMutant = undefined;
      this.#space.hitCount = undefined;
      await this.#leave();
      return overrun ?? { status: "complete", tests };
    };
    const result = await attempt();
    // What was left in a module before must not pass for what this mutant does, nor hide what it would have done.
    if (await this.#isSound(result)) return toMutantRunResult(result);
    await this.#load();
    return toMutantRunResult(await attempt());
  }

  /** Whether a test failed with a mutant and passes without it. */
  async #isSound({ status, tests = [] }) {
    const failed = tests.find((each) => each.status === 1);
    if (failed === undefined) return status !== "complete";
    const { status: again } = await this.#callById(failed.id);
    await this.#leave();
    return again === 0;
  }

  async #callAll(wanted, disableBail) {
    const results = [];
    for (const id of this.#order.filter((each) => wanted.has(each))) {
      const result = await this.#callById(id);
      results.push(result);
      if (result.status !== 1) continue;
      // Mutants stand beside each other: what noticed this one may notice the next.
      this.#order = [id, ...this.#order.filter((each) => each !== id)];
      if (!disableBail) break;
    }
    return results;
  }

  async #callById(id) {
    const failed = (failureMessage) => ({ id, name: id, timeSpentMs: 0, status: 1, failureMessage });
    try {
      await this.#make(fileOf(id));
    } catch (error) {
      this.#modules.vitest.taken();
      return failed(failureOf(error));
    }
    const test = this.#tests.get(id);
    return test === undefined ? failed("its row is gone") : this.#call(test);
  }

  async dispose() {
    await this.#leave();
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessRunner)];
