import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runProgram } from "./support/program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");

it("the README shows what its first command prints", () => {
  expect(readme).toContain("npm ci && node bin/ike-dupcheck.cjs samples/two-windows-clients.pcap\n");
  const { stdout, status } = runProgram(["samples/two-windows-clients.pcap"], { cwd: root });
  expect(status).toBe(1);
  const shown = stdout
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
  expect(readme).toContain(`\n${shown}\n`);
});

it("the README names every option of the help text", () => {
  const { stdout } = runProgram(["--help"]);
  const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
  expect(options.length).toBeGreaterThan(10);
  const short = new Map([
    ["--output", "-o FILE"],
    ["--write", "-w FILE"],
    ["--port", "-p PORT"],
    ["--count", "-c N"],
    ["--interface", "-i IFACE"],
    ["--list-interfaces", "-D"],
    ["--filter", "-f BPF"],
    ["--autostop", "-a duration:N"],
    ["--quiet", "-q"],
    ["--verbose", "-v"],
  ]);
  const general = ["--help", "--version"];
  for (const option of options.filter((each) => !general.includes(each))) {
    expect(readme).toContain(`\`${short.get(option) ?? option}`);
  }
});
