/**
 * Entry of the single executable: the program, or, started again by itself with the word that `backend.ts` uses, the
 * process that holds the package that captures.
 */

import { captureChild } from "../node/live/capture-child.ts";
import { CAPTURE_CHILD } from "../node/live/reentry.ts";
import { main } from "./main.ts";

const [word, ...rest] = process.argv.slice(2);
if (word === CAPTURE_CHILD) captureChild(rest[0]);
else {
  // As in bin/ike-dupcheck.cjs: memory is promised to be bounded, and a short run should not wait for it.
  setTimeout(() => {
    void import("node:v8").then((v8) => v8.setFlagsFromString("--heap-growing-percent=50"));
  }, 250).unref();
  const unfinished = () => {
    process.stderr.write("ike-dupcheck: internal error: the program ended before its work did\n");
    process.exitCode = 2;
  };
  process.once("beforeExit", unfinished);
  void main(process.argv.slice(2)).then((status) => {
    process.off("beforeExit", unfinished);
    process.exitCode = status;
  });
}
