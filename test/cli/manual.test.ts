import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { manualPage } from "../../src/cli/flags/manual.ts";
import { makeProgram } from "../../src/cli/flags/options.ts";
import { TERMS } from "../../src/report/terms/glossary.ts";
import { hasTool } from "../support/tools.ts";

const page = manualPage();

describe("the manual page", () => {
  const program = makeProgram("", () => {});

  it.each(program.options.map(({ flags, long }) => [flags, long]))("has the option %s", (_, long) => {
    expect(page).toMatch(new RegExp(`^\\.It .*Fl Fl ${long?.slice(2)}( |$)`, "m"));
  });

  it("has every subcommand, verdict, outcome and caveat", () => {
    for (const command of program.commands) expect(page).toContain(`.It Cm ${command.name()}`);
    const shown = TERMS.filter(({ kind }) => ["verdict", "outcome", "caveat"].includes(kind));
    expect(shown.length).toBeGreaterThan(20);
    for (const { name } of shown) expect(page).toContain(`.It Sy ${name}\n`);
  });

  it("names what schema and completion can be asked for", () => {
    expect(page.replace(/\s+/g, " ")).toMatch(
      /Cm schema .*OF: report, ndjson.*Cm completion .*for bash, zsh or fish/,
    );
  });

  it("is in the package, and the package says so", () => {
    const { man } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(man).toEqual(["./dist/ike-dupcheck.1"]);
    expect(readFileSync(new URL("../../dist/ike-dupcheck.1", import.meta.url), "utf8")).toBe(page);
  });
});

describe.skipIf(!hasTool("mandoc"))("mandoc", () => {
  test("finds nothing to warn of", () => {
    const { status, stdout, stderr } = spawnSync("mandoc", ["-T", "lint", "-W", "warning"], {
      input: page,
      encoding: "utf8",
    });
    // Whether the pages that it refers to are installed is the machine's affair.
    expect([status, stdout, stderr.replace(/^mandoc: outdated mandoc\.db.*\n/gm, "")]).toEqual([0, "", ""]);
  });

  test("prints the options as one types them", () => {
    const { stdout } = spawnSync("mandoc", ["-T", "ascii"], { input: page, encoding: "utf8" });
    // Bold is overstruck.
    const plain = stdout.replaceAll(/.\p{Cc}(?=.)/gu, (pair) => (pair.endsWith("\b") ? "" : pair));
    expect(plain).toContain("-w, --write FILE");
    expect(plain).toContain("--responder ADDR|CIDR");
    expect(plain).toContain("One of rejected,");
  });
});
