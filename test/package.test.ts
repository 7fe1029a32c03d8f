/** The npm package: what is in it, where that comes from, how large it is. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { programIsBuilt } from "./support/program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

it("runs nothing where it is installed, but for the optional packages that compile themselves", () => {
  const { scripts } = manifest;
  expect(["preinstall", "install", "postinstall"].filter((name) => name in scripts)).toEqual([]);
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8"));
  const compiling = Object.entries<{ hasInstallScript?: boolean; dev?: boolean; optional?: boolean }>(
    packages,
  )
    .filter(([, { hasInstallScript, dev }]) => hasInstallScript === true && dev !== true)
    .map(([path, { optional }]) => [path, optional]);
  expect(compiling).toEqual([
    ["node_modules/cap", true],
    ["node_modules/pcap", true],
  ]);
});

it("leaves to whoever publishes what names them, and the guide says so", () => {
  const guide = readFileSync(`${root}.github/CONTRIBUTING.md`, "utf8");
  for (const field of ["repository", "bugs", "homepage", "publishConfig"]) {
    expect(manifest).not.toHaveProperty(field);
    expect(guide).toContain(`\`${field}\``);
  }
});

describe.skipIf(!programIsBuilt())("packed", () => {
  const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const [{ size, files }] = JSON.parse(stdout) as [{ size: number; files: { path: string }[] }];
  const paths = files.map(({ path }) => path);

  it("is smaller than 2 MB", () => expect(size).toBeLessThan(2_000_000));

  it("has what the program, the library and the page need, and nothing of the tests", () => {
    const needed = ["bin/ike-dupcheck.cjs", "dist/main.cjs", "dist/index.js", "dist/index.d.ts"];
    expect(paths).toEqual(
      expect.arrayContaining([...needed, "dist/ike-dupcheck.html", "dist/capture-child.cjs"]),
    );
    expect(paths.filter((path) => /^(test|src|build|\.ci)\/|\.test\./.test(path))).toEqual([]);
  });

  it("has the declarations that those of its library lead to", () => {
    const declarations = paths.filter((path) => path.endsWith(".d.ts"));
    expect(declarations.length).toBeGreaterThan(100);
    const missing = declarations.flatMap((path) =>
      [...readFileSync(root + path, "utf8").matchAll(/"(\.{1,2}\/[^"]+)\.ts"/g)]
        .map(([, name]) => `${posix.join(posix.dirname(path), name)}.d.ts`)
        .filter((name) => !declarations.includes(name)),
    );
    expect(missing).toEqual([]);
  });

  it("has no file that the guide does not say the origin of", () => {
    const guide = readFileSync(`${root}.github/CONTRIBUTING.md`, "utf8");
    const table = guide.slice(guide.indexOf("| files | come from |"));
    const rows = [...table.slice(0, table.indexOf("\n\n")).matchAll(/^\| (`[^|]+) \|/gm)].map(
      ([, cell]) => cell,
    );
    const patterns = rows
      .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, pattern]) => pattern))
      .map((pattern) => {
        const escaped = pattern.replace(/[.+()]/g, "\\$&");
        return new RegExp(
          `^${escaped.replace(/\*\*\/\*|\*\*|\*/g, (stars) => (stars === "*" ? "[^/]*" : ".*"))}$`,
        );
      });
    expect(paths.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
    // A row without files is a row too many.
    expect(patterns.filter((pattern) => !paths.some((path) => pattern.test(path)))).toEqual([]);
  });
});
