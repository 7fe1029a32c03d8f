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
import { SLOW, suiteOf } from "./rooms.mjs";

const BUNDLE = "build/mutate-suite.mjs";

/** Bundles the suite, each module knowing the place of its own source. */
async function bundle(files) {
  const vitest = fileURLToPath(new URL("suite.mjs", import.meta.url));
  const imports = files.map((file) => `begin(${JSON.stringify(file)});\nawait import("./${file}");`);
  await build({
    stdin: {
      contents: `import { begin, hooks, tests } from "vitest";\n${imports.join("\n")}\nexport { hooks, tests };`,
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
    if (!existsSync(BUNDLE)) await bundle(await suiteOf(process.cwd()));
    ({ tests: this.#tests, hooks: this.#hooks } = await import(pathToFileURL(resolve(BUNDLE)).href));
    this.#tests = this.#tests.filter(({ name }) => !SLOW.test(name));
    console.log = () => {};
    // What a mutant leaves behind unhandled belongs to no test.
    process.on("unhandledRejection", () => {});
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
    this.#tests.sort((a, b) => took.get(a.id) - took.get(b.id));
    if (process.env.MUTATE_TIMES !== undefined) writeFileSync(process.env.MUTATE_TIMES, timesOf(tests));
    return { status: "complete", tests, mutantCoverage: this.#space.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    const wanted = testFilter === undefined ? null : new Set(testFilter);
    this.#space.hitCount = hitLimit === undefined ? undefined : 0;
    this.#space.hitLimit = hitLimit;
    this.#space.activeMutant = activeMutant.id;
    const results = [];
    for (const test of [...this.#tests]) {
      if (wanted !== null && !wanted.has(test.id)) continue;
      const result = await this.#call(test);
      results.push(result);
      if (result.status !== 1) continue;
      // Mutants stand beside each other: what noticed this one may notice the next.
      this.#tests.splice(this.#tests.indexOf(test), 1);
      this.#tests.unshift(test);
      if (!disableBail) break;
    }
    this.#space.activeMutant = undefined;
    const overrun = determineHitLimitReached(this.#space.hitCount, hitLimit);
    return toMutantRunResult(overrun ?? { status: "complete", tests: results });
  }

  async dispose() {
    for (const { file, run } of this.#hooks.after) if (this.#ready.has(file)) await run();
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-process", InProcessRunner)];
