/** The built program as a process of its own; `npm test` builds it first. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const PROGRAM = fileURLToPath(new URL("../../bin/ike-dupcheck.cjs", import.meta.url));

/**
 * What starts the program: Node and its script, or one executable that IKE_DUPCHECK_EXECUTABLE names, so that the tests
 * of the command line serve both.
 */
const executable = process.env.IKE_DUPCHECK_EXECUTABLE;
export const COMMAND: readonly string[] =
  executable === undefined ? [process.execPath, PROGRAM] : [executable];
/** The same for a shell. */
export const SHELL_COMMAND = COMMAND.map((word) => `'${word}'`).join(" ");

/** False, with a printed reason, when there is nothing to run. */
export function programIsBuilt(): boolean {
  const built = existsSync(new URL("../../dist/main.cjs", import.meta.url));
  if (!built) console.log("skipped: the tests of the program as a process, because dist/ is not built");
  return built;
}

/** The environment without what decides about colour, so that it does not depend on who runs the tests. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, ...env } = process.env;
  return env;
}

export function runProgram(
  args: readonly string[],
  options: { input?: Buffer; cwd?: string } = {},
): { status: number | null; stdout: string; stderr: string } {
  const [program, ...before] = COMMAND;
  return spawnSync(program, [...before, ...args], {
    encoding: "utf8",
    env: plainEnvironment(),
    maxBuffer: 1 << 28,
    timeout: 60_000,
    // One that is caught in a loop hears no other signal.
    killSignal: "SIGKILL",
    ...options,
  });
}
