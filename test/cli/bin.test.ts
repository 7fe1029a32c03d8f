import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-bin-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, ...nodeOptions: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, program, "--version"], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

it("of a clone that was not built says what to do, in one sentence", () => {
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  expect(run(join(folder, "bin/ike-dupcheck.cjs"))).toEqual({
    status: 2,
    stdout: "",
    stderr: `ike-dupcheck: the program is not built yet: run 'npm ci' in ${folder}\n`,
  });
});

it.each(["20.18.3", "18.20.8", "8.17.0"])("on Node %s says which Node it needs", (node) => {
  const shim = join(folder, "older.cjs");
  const versions = `{ ...process.versions, node: "${node}" }`;
  writeFileSync(shim, `Object.defineProperty(process, "versions", { value: ${versions} });`);
  expect(run(join(root, "bin/ike-dupcheck.cjs"), "--require", shim)).toEqual({
    status: 2,
    stdout: "",
    stderr: `ike-dupcheck: this needs Node.js 20.19 or later, and runs on ${node}\n`,
  });
});

it("asks for the Node that the package asks for", () => {
  expect(manifest.engines.node).toBe(">=20.19");
});
