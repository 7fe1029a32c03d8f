import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "../../src/cli/main.ts";
import { fakeEnvironment } from "../support/environment.ts";
import { isUnix } from "../support/tools.ts";

const openLive = vi.hoisted(() => vi.fn());
vi.mock("../../src/cli/commands/inputs.ts", () => ({ openLive, tellRefusal: () => false }));

const FOLDER = tmpdir();
const MISSING = join("/", "no-such-directory");

beforeEach(() => {
  vi.stubEnv("TMPDIR", MISSING);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("what cannot be written is told before an interface is captured, which nobody would end", () => {
  test.skipIf(!isUnix()).each([
    [
      "--metrics",
      join(MISSING, "m.prom"),
      `cannot write ${join(MISSING, "m.prom")}: the directory is missing`,
    ],
    // Nor what is no file: a pipe or a device would be replaced by one.
    ["--metrics", FOLDER, `${FOLDER} is not a file, so no metrics can be kept there`],
    ["-w", "none.pcapng", `cannot keep packets for -w in ${MISSING}: the directory is missing`],
  ])("%s", async (option, path, sentence) => {
    const around = fakeEnvironment();
    expect([await run(["-i", "eth0", option, path], around), around.err]).toEqual([
      2,
      `ike-dupcheck: ${sentence}\n`,
    ]);
    expect(openLive).not.toHaveBeenCalled();
  });
});
