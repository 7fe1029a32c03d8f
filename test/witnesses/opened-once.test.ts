import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { openLogs } from "../../src/node/follow-log.ts";

vi.mock("node:fs", { spy: true });
vi.mock("node:fs/promises", { spy: true });

const folder = mkdtempSync(join(tmpdir(), "dupcheck-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a log that is read to its end is opened once: what is there may be another file the next time", async () => {
  const path = join(folder, "utf-16.log");
  writeFileSync(path, "\uFEFF%ASA-5-713119: IP = 198.51.100.12, PHASE 1 COMPLETED\n", "utf16le");
  vi.clearAllMocks();
  const take = vi.fn();
  await openLogs([path], () => ({ take, pass: () => {} }));
  expect(take).toHaveBeenCalledTimes(1);
  const opened = [...vi.mocked(openSync).mock.calls, ...vi.mocked(open).mock.calls];
  expect(opened.filter(([name]) => name === path)).toHaveLength(1);
});
