import { expect, test } from "vitest";
import { howItEnded } from "../../src/node/live/run.ts";

test.each([
  [1, null, "the capturing process ended with status 1"],
  [null, "SIGABRT", "the capturing process crashed (SIGABRT)"],
  [null, "SIGSEGV", "the capturing process crashed (SIGSEGV)"],
  [null, "SIGKILL", "the capturing process was killed (SIGKILL), by somebody or for want of memory"],
  [null, "SIGTERM", "the capturing process was ended by SIGTERM"],
])("an end of the capture is told as what happened: %s %s", (code, signal, words) => {
  expect(howItEnded(code, signal)).toBe(words);
});
