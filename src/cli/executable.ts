/**
 * What the single executable loads (`bin/executable.cjs`): the program, or, where it was started again by itself with the
 * word that `node/live/reentry.ts` names, the process that holds the package that captures.
 */

import { CAPTURE_CHILD } from "../node/live/reentry.ts";
import { leave, main } from "./main.ts";

export { main };

/** Runs with the arguments of this process. */
export async function start(): Promise<void> {
  const [word, ...rest] = process.argv.slice(2);
  if (word === CAPTURE_CHILD) {
    const { captureChild } = await import("../node/live/capture-child.ts");
    captureChild(rest[0]);
    return;
  }
  // As in bin/ike-dupcheck.cjs: memory is promised to be bounded, and a short run should not wait for it.
  setTimeout(() => {
    void import("node:v8").then((v8) => v8.setFlagsFromString("--heap-growing-percent=100"));
  }, 250).unref();
  const unfinished = () => {
    process.stderr.write("ike-dupcheck: internal error: the program ended before its work did\n");
    process.exitCode = 2;
  };
  process.once("beforeExit", unfinished);
  const status = await main(process.argv.slice(2));
  process.off("beforeExit", unfinished);
  leave(status);
}
