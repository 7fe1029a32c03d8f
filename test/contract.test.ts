import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { lineJsonSchema, reportJsonSchema } from "../src/report/schema.ts";
import { allCaptures } from "./support/captures.ts";
import { programIsBuilt, runProgram } from "./support/program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const samples = (await readdir(`${root}samples`)).filter((name) => /\.pcap(ng)?$/.test(name));
const inputs = [...samples.map((name) => `${root}samples/${name}`), ...allCaptures("ike")];

/** The schema with unknown keys forbidden: what the program prints must be in it. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const copy = Object.fromEntries(entries);
  if (copy.type === "object" && copy.properties !== undefined) copy.additionalProperties = false;
  return copy;
}

function validator(schema: Record<string, unknown>): ValidateFunction {
  return new Ajv2020({ allErrors: true, strict: true }).compile(closed(schema) as object);
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

describe.skipIf(!programIsBuilt())("what the program prints is what its JSON Schema says", () => {
  const report = validator(reportJsonSchema());
  const line = validator(lineJsonSchema());

  it.each(inputs)("%s", (path) => {
    const { stdout } = runProgram(["--json", path]);
    expectValid(report, JSON.parse(stdout));
    const lines = runProgram(["--format", "ndjson", path]).stdout.trimEnd().split("\n");
    for (const text of lines) expectValid(line, JSON.parse(text));
  });

  it("and a report that breaks it is refused", () => {
    const printed = JSON.parse(runProgram(["--json", `${root}samples/two-windows-clients.pcap`]).stdout);
    for (const spoil of [
      () => delete printed.coverage,
      () => {
        printed.coverage = { complete: "yes", gaps: [] };
      },
      () => {
        printed.surprise = 1;
      },
    ]) {
      spoil();
      expect(report(printed)).toBe(false);
    }
  });

  it.each([
    ["report", reportJsonSchema],
    ["ndjson", lineJsonSchema],
  ] as const)("the package holds the schema of %s", (name, make) => {
    const shipped: unknown = JSON.parse(readFileSync(`${root}dist/${name}.schema.json`, "utf8"));
    expect(shipped).toEqual(make());
    const { exports } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
    expect(exports[`./${name}.schema.json`]).toBe(`./dist/${name}.schema.json`);
  });
});
