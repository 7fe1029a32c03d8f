import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { goesToJournal, priorityOf } from "../../src/cli/journal.ts";
import { Messages } from "../../src/cli/terminal.ts";
import type { Line } from "../../src/report/lines.ts";

describe("what systemd's journal reads", () => {
  it("is what JOURNAL_STREAM names, and nothing else", () => {
    const folder = mkdtempSync(join(tmpdir(), "dupcheck-journal-"));
    const descriptor = openSync(join(folder, "journal"), "w");
    const other = openSync(join(folder, "other"), "w");
    const { dev, ino } = fstatSync(descriptor);
    const variables = { JOURNAL_STREAM: `${dev}:${ino}` };
    expect(goesToJournal(descriptor, variables)).toBe(true);
    expect(goesToJournal(other, variables)).toBe(false);
    expect(goesToJournal(descriptor, {})).toBe(false);
    expect(goesToJournal(descriptor, { JOURNAL_STREAM: "" })).toBe(false);
    closeSync(descriptor);
    closeSync(other);
    expect(goesToJournal(descriptor, variables)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  // Numbers of RFC 5424, table 2: 3 error, 4 warning, 5 notice, 6 informational, 7 debug.
  test.each([
    [{ type: "finding", finding: { severity: "high" } }, 3],
    [{ type: "finding", finding: { severity: "medium" } }, 4],
    [{ type: "finding", finding: { severity: "low" } }, 5],
    [{ type: "finding", finding: { severity: "info" } }, 6],
    [{ type: "finding-update", withdrawn: false, finding: { severity: "high" } }, 3],
    [{ type: "finding-update", withdrawn: true, finding: { severity: "high" } }, 5],
    [{ type: "warning" }, 4],
    [{ type: "stats" }, 7],
    [{ type: "checkpoint" }, 7],
    [{ type: "report" }, 6],
  ])("%j has priority %i", (line, priority) => expect(priorityOf(line as Line)).toBe(priority));

  it("has the priority of a message in place of the program's name", () => {
    let text = "";
    const messages = new Messages((part) => (text += part), { verbose: true, journal: true });
    messages.error("e");
    messages.note("n");
    messages.fact("f");
    expect(text).toBe("<3>e\n<5>n\n<7>f\n");
  });
});
