import { describe, expect, test } from "vitest";
import { columnWidths, painter, printable, wrap } from "../../src/printers/text.ts";
import { UTC } from "../../src/report/clock.ts";
import { counted, endpoint, secondsBetween, span } from "../../src/report/phrases.ts";
import { isoTime } from "../../src/report/time.ts";

describe("printable", () => {
  test.each([
    ["leaves plain text alone", "office.pcap", "office.pcap"],
    ["leaves letters of any script alone", "Büro-東京.pcap", "Büro-東京.pcap"],
    ["writes out an escape sequence", "\x1b[2Ja", "\\x1b[2Ja"],
    ["writes out line feed, carriage return, backspace and tab", "a\n\r\b\tb", "a\\x0a\\x0d\\x08\\x09b"],
    ["writes out DEL and the C1 form of CSI", "\x7f\x9b31m", "\\x7f\\x9b31m"],
    ["writes out a right-to-left override", "pcap\u202egnp.exe", "pcap\\u202egnp.exe"],
    ["writes out a zero-width space and the line separators", "\u200b\u2028\u2029", "\\u200b\\u2028\\u2029"],
    ["writes out a lone surrogate", "\ud800x", "\\ud800x"],
    ["writes out a tag character beyond the BMP", "\u{e0041}", "\\u{e0041}"],
  ])("%s", (_, text, expected) => {
    expect(printable(text)).toBe(expected);
  });
});

describe("wrap", () => {
  test.each([
    ["keeps what fits", "one two", 7, ["one two"]],
    ["breaks at the last space that fits", "one two three", 8, ["one two", "three"]],
    [
      "never breaks a word, so that a path can be copied",
      "a /very/long/path b",
      6,
      ["a", "/very/long/path", "b"],
    ],
    ["makes one empty line of nothing", "", 5, [""]],
  ])("%s", (_, text, width, expected) => {
    expect(wrap(text, width)).toEqual(expected);
  });
});

describe("span", () => {
  test.each([
    [0, "0.00 s"],
    [0.1234, "0.12 s"],
    [31.25, "31.3 s"],
    [59.6, "1 min"],
    [250, "4 min 10 s"],
    [3600, "1 h"],
    [7500, "2 h 5 min"],
    [86_400, "1 d"],
    [273_600, "3 d 4 h"],
  ])("%d seconds read %s", (seconds, expected) => {
    expect(span(seconds)).toBe(expected);
  });
});

describe("isoTime", () => {
  test.each([
    ["of the epoch", 0],
    ["of a leap day", 1_709_164_800],
    ["before the epoch", -1],
    ["of the last day of four digits", 253_402_300_799],
    ["of a year with five digits, as damaged captures have", 253_402_300_800],
    ["before the year 0", -62_167_219_201],
    ["at the end of all dates", 8_640_000_000_000],
    ["at their beginning", -8_640_000_000_000],
  ])("writes a time %s as the runtime does", (_, seconds) => {
    expect(isoTime(seconds * 1e6, 0, 6)).toBe(
      new Date(seconds * 1000).toISOString().replace("000Z", "000000Z"),
    );
  });
});

describe("digits of a time", () => {
  test.each([
    [6, "2026-03-02T08:00:07.004005Z"],
    [9, "2026-03-02T08:00:07.004005006Z"],
  ] as const)("%i of them", (digits, wanted) => {
    const micros = 1_772_438_407_004_005;
    expect(isoTime(micros, 6, digits)).toBe(wanted);
    // Of one day the other form stays as it is.
    expect(isoTime(micros, 0, 6)).toBe("2026-03-02T08:00:07.004005Z");
    expect(isoTime(micros, 6, digits)).toBe(wanted);
  });
});

describe("times", () => {
  test.each([
    ["counts microseconds", "2026-11-23T10:00:00.000001Z", "2026-11-23T10:00:00.000003Z", 0.000002],
    ["reads nanosecond captures", "2026-11-23T10:00:00.500000999Z", "2026-11-23T10:00:01.250000000Z", 0.75],
    ["is negative backwards", "2026-11-23T10:00:00.000000Z", "2026-11-23T09:58:00.000000Z", -120],
    ["crosses midnight", "2026-11-23T23:59:59.000000Z", "2026-11-24T00:00:01.000000Z", 2],
  ])("%s", (_, from, to, expected) => {
    expect(secondsBetween(from, to)).toBeCloseTo(expected, 9);
  });

  test("a time is shown with its full precision", () => {
    expect(UTC.exact("2026-11-23T10:00:00.500000999Z")).toBe("2026-11-23 10:00:00.500000999 UTC");
  });
});

test("an endpoint brackets IPv6 and leaves out an unknown port", () => {
  expect(endpoint("192.0.2.1", 4500)).toBe("192.0.2.1:4500");
  expect(endpoint("2001:db8::1", 500)).toBe("[2001:db8::1]:500");
  expect(endpoint("2001:db8::1", null)).toBe("2001:db8::1");
});

test("a count has its noun in the right number", () => {
  expect([counted(0, "packet"), counted(1, "packet"), counted(2, "packet")]).toEqual([
    "0 packets",
    "1 packet",
    "2 packets",
  ]);
});

test("a painter without colour hands the text back", () => {
  expect(painter(false)("red", "x")).toBe("x");
  expect(painter(true)("red", "x")).toBe("\x1b[1;31mx\x1b[0m");
  expect(painter(true)("red", "")).toBe("");
});

describe("columnWidths", () => {
  test("keeps natural widths where they fit", () => {
    expect(
      columnWidths(
        [
          ["a", "bbbb"],
          ["aaa", "b"],
        ],
        20,
        2,
      ),
    ).toEqual([3, 4]);
  });

  test("narrows the widest column that has spaces to break at", () => {
    const rows = [["192.0.2.1:4500-and-more", "several words that can be broken"]];
    expect(columnWidths(rows, 45, 2)).toEqual([23, 20]);
  });

  test("rather overflows than breaks a word", () => {
    expect(columnWidths([["x".repeat(30), "y".repeat(30)]], 40, 2)).toEqual([30, 30]);
  });
});
