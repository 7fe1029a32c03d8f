import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface LockedPackage {
  version: string;
  license?: string;
  dev?: boolean;
  resolved?: string;
  integrity?: string;
  /** Comes inside the package that wants it, and under its hash. */
  inBundle?: boolean;
}

const root = new URL("../", import.meta.url);
const lock = JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8")) as {
  packages: Record<string, LockedPackage>;
};
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** The licence that the package states; its own text where the lock file names none. */
function licenceOf(path: string, { license }: LockedPackage): string {
  if (license !== undefined) return license;
  const text = new URL(`${path}/LICENSE`, root);
  const begins = existsSync(text) ? readFileSync(text, "utf8") : "";
  return /Permission is hereby granted, free of charge/.test(begins) ? "MIT" : "unknown";
}

describe("dependencies", () => {
  it("are pinned: exact versions in the manifest, hashes in the lock file, one registry", () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    for (const version of Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/);
    }
    for (const [path, { resolved, integrity, inBundle }] of packages) {
      if (inBundle === true) continue;
      if (resolved !== undefined) expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
      expect(integrity, path).toMatch(/^sha512-/);
    }
  });

  it("that come with the program are the ones of LICENCES.md, with their licences", () => {
    const table = readFileSync(new URL("LICENCES.md", root), "utf8");
    const rows = [...table.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, name, licence]) => [
      name,
      licence.trim(),
    ]);
    const shipped = packages
      .filter(([path, { dev }]) => dev !== true || path === "node_modules/commander")
      .map(([path, locked]) => {
        const name = nameOf(path);
        if (existsSync(new URL(path, root))) return [name, licenceOf(path, locked)];
        console.log(`skipped: the licence of ${name}, which could not be installed here`);
        return [name, rows.find((row) => row[0] === name)?.[1]];
      });
    expect(rows.sort()).toEqual(shipped.sort());
  });

  it("have licences that the program may be built and tested with", () => {
    const free =
      /^(MIT|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|BlueOak-1\.0\.0|MPL-2\.0|0BSD|CC-BY-4\.0|Python-2\.0|Unlicense|MIT OR Apache-2\.0)$/;
    for (const [path, locked] of packages) {
      // What is for another system is not installed, and its licence is that of the package that wants it.
      if (locked.license === undefined && !existsSync(new URL(path, root))) continue;
      expect(licenceOf(path, locked), path).toMatch(free);
    }
  });
});
