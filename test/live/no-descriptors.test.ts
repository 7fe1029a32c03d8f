/** A capturing program that is not started for want of file descriptors: Node then makes no streams for it at all. */

import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { expect, it, vi } from "vitest";
import { startRun } from "../../src/node/live/backend.ts";
import { BACKENDS } from "../../src/node/live/backends.ts";

/** As child_process does it: no `stdio`, and the error in the next turn. */
vi.mock("node:child_process", () => ({
  spawn: () => {
    const child = Object.assign(new EventEmitter(), { connected: false, kill: () => false });
    process.nextTick(() => {
      child.emit("error", Object.assign(new Error("spawn x EMFILE"), { code: "EMFILE" }));
    });
    return child as unknown as ChildProcess;
  },
}));

it.each(BACKENDS)("%s: it is said, and nothing is thrown", async (backend) => {
  const run = startRun(backend, { device: "lo", filter: "", ring: 1 });
  expect(await run.ready).toBe(false);
  expect(await run.ended).toEqual({ ready: false, refusal: "other", said: "too many files are open" });
  for await (const chunk of run.stream) throw new Error(`nothing comes, but ${chunk}`);
});
