import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const src = fileURLToPath(new URL("../../src", import.meta.url));

/** Modules that a file loads at run time; what only types come from is left out. */
function loads(text: string): string[] {
  const statics = text.matchAll(/^(?:import|export) (?!type )(?:[^;]*?from )?"([^"]+)";/gm);
  const dynamics = text.matchAll(
    /(?:import|createRequire\(import\.meta\.url\))\("([^"]+)"\)(?!;? *as typeof)/g,
  );
  return [...statics, ...dynamics].map((match) => match[1]);
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) =>
  /(?<!\.d)\.ts$/.test(name),
);

describe("a dependency has one door, and is loaded only when it is needed", () => {
  test.each([
    [
      "zod",
      [
        "logs/schema.ts",
        "records/schema.ts",
        "report/codes.ts",
        "report/finding-model.ts",
        "report/lines.ts",
        "report/model.ts",
        "report/schema.ts",
        "report/values.ts",
      ],
    ],
    ["cli-table3", ["printers/page.ts"]],
    ["cap", ["node/live/with-cap.ts"]],
    ["pcap", ["node/live/with-pcap.ts"]],
    [
      "commander",
      ["cli/flags/listed.ts", "cli/flags/options.ts", "cli/flags/parse.ts", "cli/flags/values.ts"],
    ],
    ["pcap-parser", ["node/cross-check/second-reader.ts"]],
    ["fzstd", ["node/unpack/zstd.ts"]],
    ["xz-decompress", ["node/unpack/xz.ts"]],
  ])("%s", (dependency, doors) => {
    const users = files.filter((name) => loads(readFileSync(join(src, name), "utf8")).includes(dependency));
    expect(users.sort()).toEqual(doors);
  });

  test("message records are written without their schema, which only their reader loads", () => {
    const users = files.filter((name) =>
      loads(readFileSync(join(src, name), "utf8")).some(
        (each) =>
          each.endsWith("records/schema.ts") || (name.startsWith("records/") && each === "./schema.ts"),
      ),
    );
    expect(users.sort()).toEqual(["records/open.ts", "records/reader.ts"]);
  });

  test("nobody but the schemas loads the model, and zod with it", () => {
    const users = files.filter((name) =>
      loads(readFileSync(join(src, name), "utf8")).some((each) =>
        /\/(model|finding-model|codes|values)\.ts$/.test(each),
      ),
    );
    expect(users.filter((name) => name.startsWith("report/")).sort()).toEqual([
      "report/finding-model.ts",
      "report/lines.ts",
      "report/model.ts",
      "report/schema.ts",
    ]);
    expect(users.filter((name) => !/^(report|cli\/flags)\//.test(name))).toEqual([]);
  });
});
