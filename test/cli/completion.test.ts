import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completionScript } from "../../src/cli/flags/completion.ts";
import { makeProgram, SHELLS, type Shell } from "../../src/cli/flags/options.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
  writeFileSync(join(folder, "with space.pcap"), "");
  writeFileSync(join(folder, "plain.pcap"), "");
  for (const shell of SHELLS) writeFileSync(join(folder, `completion.${shell}`), completionScript(shell));
});
afterAll(() => rmSync(folder, { recursive: true }));

function hasShell(shell: Shell): boolean {
  const found = spawnSync(shell, ["-c", "true"]).status === 0;
  if (!found) console.log(`skipped: the tests of ${shell} completion, because ${shell} is not installed`);
  return found;
}

test.each(SHELLS)("the script for %s knows every long option and every subcommand", (shell) => {
  const program = makeProgram("", () => {});
  const script = completionScript(shell);
  for (const { long } of program.options)
    expect(script).toContain(shell === "fish" ? `-l ${long!.slice(2)}` : long);
  for (const command of program.commands) expect(script).toContain(command.name());
});

test.each(SHELLS)("the script for %s has no syntax error", (shell) => {
  if (!hasShell(shell)) return;
  const { status, stderr } = spawnSync(shell, ["-n", join(folder, `completion.${shell}`)], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});

const CASES: [string, string[]][] = [
  ["--form", ["--format"]],
  ["--format ", ["html", "json", "markdown", "ndjson", "table"]],
  ["--fail-on p", ["possible", "predicted"]],
  ["exp", ["explain"]],
  ["completion ", ["bash", "fish", "zsh"]],
  ["explain no-c", ["no-control"]],
  ["--all pla", ["plain.pcap"]],
  ["-o pla", ["plain.pcap"]],
  ["-w pla", ["plain.pcap"]],
  ["man", ["manual"]],
  ["wit", ["with space.pcap"]],
];

describe.skipIf(!hasShell("bash"))("bash completes", () => {
  test.each([...CASES, ["--color = al", ["always"]] as [string, string[]]])("%j", (line, expected) => {
    const words = ["ike-dupcheck", ...line.split(" ")];
    const script = `source ./completion.bash
COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}
_ike_dupcheck; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync("bash", ["--norc", "-c", script], { cwd: folder, encoding: "utf8" });
    expect(out.trim().split("\n").sort()).toEqual(expected);
  });
});

describe.skipIf(!hasShell("fish"))("fish completes", () => {
  test.each(CASES)("%j", (line, expected) => {
    const script = `source ./completion.fish; complete -C 'ike-dupcheck ${line}'`;
    const out = execFileSync("fish", ["--no-config", "-c", script], { cwd: folder, encoding: "utf8" });
    const names = out
      .trim()
      .split("\n")
      .map((each) => each.split("\t")[0].replaceAll("\\ ", " "));
    expect(names.sort()).toEqual(expected);
  });
});

describe.skipIf(!hasShell("zsh"))("zsh completes", () => {
  const script = fileURLToPath(new URL("../support/zsh-offers.zsh", import.meta.url));
  test.each(CASES)("%j", (line, expected) => {
    const out = execFileSync("zsh", ["-f", script, line], { cwd: folder, encoding: "utf8", timeout: 20_000 });
    const names = out.trim().split("\n");
    expect(names.map((name) => name.replaceAll("\\ ", " ")).sort()).toEqual(expected);
  });
});
