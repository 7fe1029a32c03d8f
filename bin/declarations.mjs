// Keeps the declarations that those of the entry points lead to: tsc writes those of all files that it has read, two of three
// of which nobody who uses the library comes to.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const ENTRIES = ["index.d.ts", "portable.d.ts"];
const IMPORTED = /(?:from|import\()\s*"(\.[^"]+)\.(?:ts|js)"/g;

/** @param dist folder that they lie in */
export function pruneDeclarations(dist) {
  const kept = new Set();
  const left = ENTRIES.map((name) => join(dist, name));
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (kept.has(path)) continue;
    kept.add(path);
    for (const [, name] of readFileSync(path, "utf8").matchAll(IMPORTED))
      left.push(`${join(dirname(path), name)}.d.ts`);
  }
  for (const name of readdirSync(dist, { recursive: true })) {
    const path = join(dist, name);
    if (name.endsWith(".d.ts") && !kept.has(path)) rmSync(path);
  }
}
