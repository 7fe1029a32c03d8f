import { describe, expect, test } from "vitest";
import { ProgressLine, progressText } from "../../src/cli/progress.ts";
import type { ColorMode } from "../../src/cli/terminal.ts";
import { Messages, tableWidth, type Variables, wantsColor } from "../../src/cli/terminal.ts";

describe("colour: option, then NO_COLOR, then FORCE_COLOR, then the terminal", () => {
  test.each<[string, ColorMode, Variables, boolean, boolean]>([
    ["a terminal has colour", "auto", {}, true, true],
    ["a pipe has none", "auto", {}, false, false],
    ["a dumb terminal has none", "auto", { TERM: "dumb" }, true, false],
    ["NO_COLOR takes it away", "auto", { NO_COLOR: "1" }, true, false],
    ["whatever NO_COLOR says", "auto", { NO_COLOR: "0" }, true, false],
    ["an empty NO_COLOR says nothing", "auto", { NO_COLOR: "" }, true, true],
    ["FORCE_COLOR brings it to a pipe", "auto", { FORCE_COLOR: "1" }, false, true],
    ["FORCE_COLOR=0 takes it away", "auto", { FORCE_COLOR: "0" }, true, false],
    ["NO_COLOR is stronger than FORCE_COLOR", "auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    ["--color always is stronger than NO_COLOR", "always", { NO_COLOR: "1" }, false, true],
    ["--color never is stronger than FORCE_COLOR", "never", { FORCE_COLOR: "1" }, true, false],
  ])("%s", (_, mode, env, terminal, expected) => {
    expect(wantsColor(mode, env, terminal)).toBe(expected);
  });
});

test("the table is as wide as the terminal, and 100 columns without one", () => {
  expect(tableWidth(true, 93)).toBe(93);
  expect(tableWidth(false, 93)).toBe(100);
  expect(tableWidth(true, undefined)).toBe(100);
  expect(tableWidth(true, 0)).toBe(100);
});

describe("messages", () => {
  const said = (quiet: boolean, verbose: boolean) => {
    let text = "";
    const messages = new Messages((part) => (text += part), { quiet, verbose });
    messages.error("e\x1b[2J");
    messages.note("n");
    messages.fact("f");
    return text;
  };

  test("carry the program's name and nothing that a terminal obeys", () => {
    expect(said(false, false)).toBe("ike-dupcheck: e\\x1b[2J\nike-dupcheck: n\n");
  });

  test("are errors only when quiet, and facts as well when verbose", () => {
    expect(said(true, false)).toBe("ike-dupcheck: e\\x1b[2J\n");
    expect(said(false, true)).toContain("ike-dupcheck: f\n");
  });
});

describe("the progress line", () => {
  test.each([
    [
      "a file shows its share, the rate and what is left",
      { bytes: 30_000_000, totalBytes: 120_000_000, packets: 200_000 },
      2,
      "ike-dupcheck: 25 %, 30.0 of 120.0 MB, 200000 packets, 15.0 MB/s, 6.0 s left",
    ],
    [
      "a pipe has no share and no end",
      { bytes: 30_000_000, totalBytes: null, packets: 5 },
      3,
      "ike-dupcheck: 30.0 MB, 5 packets, 10.0 MB/s",
    ],
    [
      "nothing is divided by zero",
      { bytes: 0, totalBytes: 0, packets: 0 },
      0,
      "ike-dupcheck: 0.0 MB, 0 packets",
    ],
    [
      "a file that grew is not more than whole",
      { bytes: 3_000_000, totalBytes: 2_000_000, packets: 1 },
      1,
      "ike-dupcheck: 100 %, 3.0 of 2.0 MB, 1 packet, 3.0 MB/s, 0.00 s left",
    ],
  ])("%s", (_, progress, seconds, expected) => {
    expect(progressText(progress, seconds)).toBe(expected);
  });

  test("is drawn at most five times a second, over itself, and erased", () => {
    let now = 1000;
    const drawn: string[] = [];
    const line = new ProgressLine(
      (text) => drawn.push(text),
      40,
      () => now,
    );
    for (let i = 0; i <= 1000; i += 10) {
      now = 1000 + i;
      line.update({ bytes: 1_000_000_000 + i, totalBytes: null, packets: i });
    }
    expect(drawn).toHaveLength(6);
    for (const text of drawn) {
      expect(text).toMatch(/^\r[^\r\n]*$/);
      expect(text.length).toBeLessThanOrEqual(40);
    }
    const last = drawn[5].length - 1;
    line.erase();
    expect(drawn[6]).toBe(`\r${" ".repeat(last)}\r`);
    line.erase();
    expect(drawn).toHaveLength(7);
  });

  test("covers a longer line that was there before", () => {
    let now = 0;
    const drawn: string[] = [];
    const line = new ProgressLine(
      (text) => drawn.push(text),
      80,
      () => now,
    );
    now = 1000;
    line.update({ bytes: 1e9, totalBytes: null, packets: 1_000_000 });
    now = 1300;
    line.update({ bytes: 1, totalBytes: null, packets: 1 });
    expect(drawn[1].length).toBe(drawn[0].length);
  });

  test("is gone before a message is printed", () => {
    let text = "";
    const messages = new Messages((part) => (text += part));
    const progress = new ProgressLine(
      (part) => (text += part),
      80,
      () => 0,
    );
    messages.progress = progress;
    progress.update({ bytes: 1, totalBytes: null, packets: 1 });
    messages.error("x");
    expect(text).toMatch(/\r +\rike-dupcheck: x\n$/);
  });
});
