import { describe, expect, test } from "vitest";
import { escaped, reportToJson } from "../../src/printers/json.ts";
import type { Report } from "../../src/report/model.ts";
import { attempt, client, finding, report } from "../support/reports.ts";

function text(value: Report): string {
  return [...reportToJson(value)].join("");
}

describe("reportToJson", () => {
  test.each([
    ["a report without lists", report({ clients: [], responders: [] })],
    [
      "a report with findings and clients",
      report({ findings: [finding(), finding({ attempts: [attempt(), attempt()] })] }),
    ],
    [
      "a finding with candidates",
      report({
        findings: [
          finding({
            holder: {
              address: null,
              port: null,
              platform: null,
              pattern: null,
              candidates: [{ address: "192.0.2.9", port: null }],
            },
          }),
        ],
      }),
    ],
    [
      "warnings with quotes and line feeds",
      report({ warnings: [{ code: "corrupt", message: 'a "b"\n\t\\ \u0000' }] }),
    ],
  ])("%s is what JSON.stringify makes of it, and a line feed", (_, value) => {
    expect(text(value)).toBe(`${JSON.stringify(value, null, 2)}\n`);
  });

  test("characters that a terminal obeys are escaped, and read back unchanged", () => {
    const hostile = "\x7f\x80\x9b31m\u2028\u2029\x1b\u202e\u{e0041}";
    const value = report({ warnings: [{ code: "corrupt", message: hostile }] });
    const json = text(value);
    expect(json).toContain('"\\u007f\\u0080\\u009b31m\\u2028\\u2029\\u001b\\u202e\\udb40\\udc41"');
    expect(JSON.parse(json)).toEqual(value);
  });

  test("wherever they stand in a text of whatever length", () => {
    const unsafe = [
      ["\u007f", "\\u007f"],
      ["\u0085", "\\u0085"],
      ["\u202e", "\\u202e"],
      ["é", "é"],
    ];
    for (const length of [1, 2, 100, 16_382, 16_383, 16_384, 16_385, 40_000]) {
      for (const place of [0, Math.floor(length / 2), length - 1]) {
        for (const [character, expected] of unsafe) {
          const [before, behind] = ["a".repeat(place), "b".repeat(length - 1 - place)];
          expect(escaped(before + character + behind) === before + expected + behind).toBe(true);
        }
      }
      expect(escaped("a".repeat(length))).toBe("a".repeat(length));
    }
  });

  test("a key from input is escaped as well", () => {
    const value = report();
    value.capture.evicted = { "\u2028": 1 };
    expect(text(value)).toContain('"\\u2028": 1');
  });

  test("a long list comes row by row: no piece grows with the number of clients", () => {
    const clients = Array.from({ length: 60_000 }, (_, i) =>
      client({ address: `10.0.${i >> 8}.${i & 255}` }),
    );
    let pieces = 0;
    let longest = 0;
    for (const piece of reportToJson(report({ clients }))) {
      pieces += 1;
      longest = Math.max(longest, piece.length);
    }
    expect(pieces).toBeGreaterThan(60_000);
    expect(longest).toBeLessThan(4000);
  });
});
