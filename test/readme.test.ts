import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "./support/program.ts";
import { hasTool } from "./support/tools.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
/** Lines of code blocks, without what a shell takes as a comment. */
const commands = readme
  .split("\n")
  .filter((line) => /^ {4}(npm|node|tcpdump|ike-dupcheck)\b/.test(line))
  .map((line) => line.trim().replace(/ {2,}#.*/, ""));

it("the README shows what its first command prints, and its first command installs", () => {
  const [first] = commands;
  expect(first).toBe("npm ci && node bin/ike-dupcheck.cjs samples/two-windows-clients.pcap");
  const { stdout, status } = runProgram(["samples/two-windows-clients.pcap"], { cwd: root });
  expect(status).toBe(1);
  const shown = stdout
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
  expect(readme).toContain(`\n${shown}\n`);
});

it("has at most 200 lines, and every page that it points to is there", () => {
  expect(readme.split("\n").length).toBeLessThanOrEqual(201);
  for (const [, target] of readme.matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g)) {
    expect(readFileSync(join(root, target), "utf8").length, target).toBeGreaterThan(0);
  }
});

it("the manual page names every option of the help text", () => {
  const { stdout } = runProgram(["--help"]);
  const manual = runProgram(["manual"]).stdout;
  const options = [...stdout.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, option]) => option);
  expect(options.length).toBeGreaterThan(10);
  for (const option of options) expect(manual).toContain(`Fl Fl ${option}`);
});

describe("every command of the README", () => {
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-readme-"));
  const sample = (name: string) => join(root, "samples", name);
  beforeAll(() => {
    copyFileSync(sample("two-windows-clients.pcap"), join(folder, "office.pcap"));
    copyFileSync(sample("two-windows-clients.pcap"), join(folder, "before.pcap"));
    copyFileSync(sample("verdict-tolerated.pcap"), join(folder, "after.pcap"));
    writeFileSync(join(folder, "ike-dupcheck"), `#!/bin/sh\nexec node '${root}bin/ike-dupcheck.cjs' "$@"\n`, {
      mode: 0o755,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const hasTcpdump = hasTool("tcpdump");
  const hasJq = hasTool("jq");

  it.for(commands.slice(1))("%s", (command, context) => {
    if (/^npm |^ike-dupcheck -i/.test(command)) {
      console.log(`skipped: ${command}, which installs or captures`);
      return context.skip();
    }
    if (command.startsWith("tcpdump")) {
      if (!hasTcpdump) return context.skip();
      const filter = /'(.+)'/.exec(command)![1];
      expect(spawnSync("tcpdump", ["-y", "EN10MB", "-d", filter]).status).toBe(0);
      return;
    }
    if (command.includes("| jq") && !hasJq) return context.skip();
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC", PATH: `${folder}:${process.env.PATH}` },
    });
    expect(stderr).toBe("");
    // A finding gives 1; nothing that is shown is wrong usage.
    expect([0, 1]).toContain(status);
    const written = / -o (\S+)/.exec(command)?.[1] ?? / > (\S+)/.exec(command)?.[1];
    const text = written === undefined ? stdout : readFileSync(join(folder, written), "utf8");
    if (!command.includes(" -w ")) expect(text.length).toBeGreaterThan(10);
    else expect(readdirSync(folder).some((name) => name.endsWith(".pcapng"))).toBe(true);
  });

  it("compare says that the fault is fixed there: both clients got in on one ID", () => {
    const run = (args: string) =>
      spawnSync("sh", ["-c", args], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      });
    run("ike-dupcheck --json before.pcap > before.json; ike-dupcheck --json after.pcap > after.json");
    const { stdout, status } = run("ike-dupcheck compare before.json after.json");
    expect([status, stdout.split("\n")[0]]).toEqual([0, "1 gateway: 1 fixed"]);
    expect(run("ike-dupcheck compare after.json before.json").status).toBe(1);
    expect(run("ike-dupcheck compare before.json before.json").stdout).toMatch(/^1 gateway: 1 still there/);
    expect(run("ike-dupcheck compare before.json office.pcap").status).toBe(2);
  });
});
