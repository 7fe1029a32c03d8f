/**
 * What stands in for `vitest` while mutants run: tests are collected once and called in this process, so that a mutant
 * costs what its tests cost and nothing else. Assertions are vitest's own.
 */

import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from "@vitest/expect";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** `expect` of vitest, as far as the tests chosen here use it. */
export const expect = (value, message) => chai.expect(value, message);
Object.assign(expect, chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
expect.extend = (matchers) => chai.expect.extend(expect, matchers);
expect.extend(customMatchers);

let tests = [];
let hooks = { before: [], after: [] };
const ids = new Set();

/** What was made since the last call: tests `{ id, fileName, name, run }`, and what runs before and after them, once. */
export function taken() {
  const { before, after } = hooks;
  const made = { tests, before, after };
  tests = [];
  hooks = { before: [], after: [] };
  ids.clear();
  path = [];
  left = false;
  return made;
}

let file = "";
let path = [];
let left = false;

/** What follows, until the next call, belongs to this file. */
export function begin(name) {
  file = name;
  path = [];
  const space = globalThis.__stryker__;
  if (space !== undefined) space.currentTestId = name === "" ? undefined : `load ${name}`;
}

const skipped = new Error("skipped");
const context = {
  skip() {
    throw skipped;
  },
};

function add(name, body, args = [context]) {
  if (left) return;
  const title = [...path, name].join(" ");
  let id = `${file} ${title}`;
  for (let n = 2; ids.has(id); n += 1) id = `${file} ${title} (${n})`;
  ids.add(id);
  const run = async () => {
    try {
      await body(...args);
    } catch (error) {
      if (error !== skipped) throw error;
    }
  };
  tests.push({ id, fileName: file, name: title, run });
}

/** A row's title: as vitest fills in `%s`, `%i` and `%j`. */
const titled = (name, row) => {
  let next = 0;
  const filled = name.replace(/\$(\w+)/g, (_, key) => String(row[0]?.[key] ?? ""));
  return filled.replace(/%[sdifjo]/g, () => {
    const value = row[next];
    next += 1;
    return typeof value === "string" ? value : JSON.stringify(value, (_, each) => String(each));
  });
};

function test(name, ...rest) {
  const body = rest.find((each) => typeof each === "function");
  if (body !== undefined) add(name, body);
}
const rows =
  (spread) =>
  (table) =>
  (name, ...rest) => {
    const body = rest.find((each) => typeof each === "function");
    for (const row of table) {
      const list = Array.isArray(row) ? row : [row];
      add(titled(String(name), list), body, spread ? list : [row, context]);
    }
  };
const nothing = () => {};
nothing.each = () => nothing;
nothing.for = () => nothing;

test.each = rows(true);
test.for = rows(false);
test.skip = nothing;
test.skipIf = (condition) => (condition ? nothing : test);
test.runIf = (condition) => (condition ? test : nothing);

export { test, test as it };

export function describe(name, ...rest) {
  const body = rest.find((each) => typeof each === "function");
  path.push(name);
  body();
  path.pop();
}
const leftOut = (_, ...rest) => {
  left = true;
  rest.find((each) => typeof each === "function")();
  left = false;
};
leftOut.each = () => () => {};
describe.each = (table) => (name, body) => {
  for (const row of table) {
    const list = Array.isArray(row) ? row : [row];
    describe(titled(name, list), () => body(...list));
  }
};
describe.skipIf = (condition) => (condition ? leftOut : describe);
describe.runIf = (condition) => (condition ? describe : leftOut);

export const beforeAll = (run) => hooks.before.push(run);
export const afterAll = (run) => hooks.after.push(run);
/** Nothing runs around each test: one that needs it fails in the first run, and is left out. */
export const beforeEach = () => {};
export const afterEach = () => {};
