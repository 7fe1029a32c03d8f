/** What is a line of a hex dump, and what of a line is bytes. */

import { describe, expect, it } from "vitest";
import { DumpLine, readDumpLine } from "../../src/text/dump-line.ts";
import { Lines, type TextBytes } from "../../src/text/lines.ts";

function read(text: string): { offset: string; bytes: string; group: number } | null {
  const line = new DumpLine();
  // Stands between other text, which a line never looks into.
  const all = Buffer.from(`ff${text}ff`);
  if (!readDumpLine(all, 2, all.length - 2, line)) return null;
  return {
    offset: line.offset,
    bytes: Buffer.from(line.bytes.subarray(0, line.count)).toString("hex"),
    group: line.group,
  };
}

const SIXTEEN = "00112233445566778899aabbccddeeff";
const singles = (hex: string) => hex.match(/../g)!.join(" ");

describe("a line of a hex dump", () => {
  it.each([
    ["an offset of four digits", "0010 45 00", "0010", "4500", 1],
    ["of eight digits with a colon", "00000010: 4500 0034", "00000010", "45000034", 2],
    ["with 0x, of one digit", "\t0x0:  4500", "0", "4500", 2],
    ["with 0X", "0X0010 4500", "0010", "4500", 2],
    ["capitals", "0010 AB CD", "0010", "abcd", 1],
    ["a last group that is shorter", "0010 4500 34", "0010", "450034", 2],
    ["behind a gap is text", "0010 4500  3412", "0010", "4500", 2],
    ["behind a tab is text", "0010 4500\t3412", "0010", "4500", 2],
    ["a longer group is text", "0010 45 00 deadbeef", "0010", "4500", 1],
    ["half a byte is text", "0010 45 00 3", "0010", "4500", 1],
    ["a word with digits is text", "0010 45 00 ab. cd", "0010", "4500", 1],
    ["blanks at the end", "0010 45 00   ", "0010", "4500", 1],
    [
      "a gap of two behind eight bytes",
      `0010 ${singles(SIXTEEN).replace("77 ", "77  ")}`,
      "0010",
      SIXTEEN,
      1,
    ],
    [
      "a gap of three is not one",
      `0010 ${singles(SIXTEEN).replace("77 ", "77   ")}`,
      "0010",
      SIXTEEN.slice(0, 16),
      1,
    ],
    [
      "nor a gap behind seven",
      `0010 ${singles(SIXTEEN).replace("66 ", "66  ")}`,
      "0010",
      SIXTEEN.slice(0, 14),
      1,
    ],
    ["nor one of pairs", "0010 0011 2233 4455 6677  8899", "0010", "0011223344556677", 2],
    ["a dash behind eight bytes", `0010 ${singles(SIXTEEN).replace("77 ", "77-")}`, "0010", SIXTEEN, 1],
    ["a dash between blanks", `0010 ${singles(SIXTEEN).replace("77 ", "77 - ")}`, "0010", SIXTEEN, 1],
    ["a dash behind seven bytes and a blank", "0010 00 11 22 33 44 55 66 - 77", "0010", "00112233445566", 1],
    ["another dash is text", "0010 00 11-22", "0010", "00", 1],
    ["256 bytes", `0010 ${singles("5a".repeat(256))}`, "0010", "5a".repeat(256), 1],
    ["of more bytes, the first 256", `0010 ${singles("5a".repeat(257))}`, "0010", "5a".repeat(256), 1],
    ["of a group beyond 256, nothing", `0010 ${"5a5a5a ".repeat(86)}`, "0010", "5a".repeat(255), 3],
  ])("%s", (_, text, offset, bytes, group) => {
    expect(read(text)).toEqual({ offset, bytes, group });
  });

  it.each([
    ["an offset of two digits", "10 45 00"],
    ["an offset of nine digits", "000000010 45 00"],
    ["no offset", "0x 45 00"],
    ["something behind the offset", "0010- 45 00"],
    ["an address", "2001:db80 is an address"],
    ["digits that are not in pairs", "0010 450 034"],
    ["no bytes", "0010"],
    ["no bytes but text", "0010   E..4"],
    ["nothing", "   "],
  ])("is not one: %s", (_, text) => {
    expect(read(text)).toBeNull();
  });
});

/** The lines of text that has ended, or is still coming. */
function linesOf(text: string, { ended = true } = {}): string[] {
  const bytes = Buffer.from(`??${text}!!`, "latin1");
  const window: TextBytes = {
    bytes,
    start: 2,
    end: bytes.length - 2,
    ended,
    consume: (count) => {
      window.start += count;
    },
  };
  const lines = new Lines(window);
  const found: string[] = [];
  while (lines.take()) found.push(lines.isBlank ? "" : lines.text());
  return found;
}

describe("lines", () => {
  it.each([
    ["end with a line feed, or with the text", "one\ntwo", ["one", "two"]],
    ["of Windows end with a return as well", "one\r\n\r\ntwo\r\n", ["one", "", "two"]],
    ["begin behind a byte-order mark", "\xef\xbb\xbfone\ntwo", ["one", "two"]],
    ["begin with a letter of another language", "\xefone\n", ["\xefone"]],
    ["begin behind what a pager took back", "<--- More --->\r              \rone\n", ["one"]],
    ["begin behind what backspaces took back", "--More--\b\b\b\b\b\b\b\bone\n", ["one"]],
    ["of blanks are blank", " \t \none", ["", "one"]],
    ["of one letter are not", "! \none", ["! ", "one"]],
  ])("%s", (_, text, wanted) => {
    expect(linesOf(text)).toEqual(wanted);
  });

  it("that may go on are waited for, up to 64 KB", () => {
    expect(linesOf("one\ntwo", { ended: false })).toEqual(["one"]);
    expect(linesOf("x".repeat(65_535), { ended: false })).toEqual([]);
    expect(linesOf(`${"x".repeat(65_536)}yz`, { ended: false })).toEqual(["x".repeat(512)]);
  });
});
