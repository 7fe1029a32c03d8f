/** Programs of the machine that tests use as witnesses. */

import { spawnSync } from "node:child_process";

/** False, with a printed reason, where the program is not installed. */
export function hasTool(name: string): boolean {
  const found = spawnSync("which", [name]).status === 0;
  if (!found) console.log(`skipped: the tests that need ${name}, which is not installed`);
  return found;
}

/** False, with a printed reason, on Windows: named pipes, sockets and temporary folders are others there. */
export function isUnix(): boolean {
  const is = process.platform !== "win32";
  if (!is) console.log("skipped: the tests of named pipes, sockets and TMPDIR, because this is Windows");
  return is;
}
