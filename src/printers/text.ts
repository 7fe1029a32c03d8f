/**
 * Words on a terminal: neutralised, wrapped, coloured. Every string that comes from input (file names above
 * all) passes `printable` before it is printed, so that no capture can move a cursor or hide a line.
 */

import { eastAsianWidth } from "get-east-asian-width";

function shown(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}

/** The text with everything that a terminal would obey written out: ESC becomes `\x1b`. */
export function printable(text: string): string {
  // Of most text a start need not wait until V8 has made the sets of characters.
  if (isPlain(text)) return text;
  // Control, format (bidirectional overrides, zero-width), surrogate and line-separator characters.
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, shown);
}

/** Nothing but letters, digits and signs of ASCII, and spaces. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

export type Style = "bold" | "dim" | "red" | "yellow" | "cyan" | "green";
export type Paint = (style: Style, text: string) => string;

const SGR: Record<Style, string> = {
  bold: "1",
  dim: "2",
  red: "1;31",
  yellow: "33",
  cyan: "36",
  green: "32",
};

/** A painter that colours, or one that hands the text back as it is. */
export function painter(color: boolean): Paint {
  return (style, text) => (color && text !== "" ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text);
}

/** Columns that a text takes on a terminal: two for East Asian wide characters, none for combining marks. */
export function columnsOf(text: string): number {
  // Nearly all text of a report is ASCII.
  if (isPlain(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    if (!/\p{M}/u.test(character)) columns += eastAsianWidth(character.codePointAt(0)!);
  }
  return columns;
}

/** The text with spaces behind it, to that many columns. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** As much of the text as fits into that many columns, with an ellipsis where it does not fit whole. */
export function clipped(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let used = 1;
  let kept = "";
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Lines of at most `width` columns, broken at spaces; a longer word stands alone and whole, to be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(" ")) {
    const columns = columnsOf(word);
    if (line === "") [line, used] = [word, columns];
    else if (used + 1 + columns <= width) [line, used] = [`${line} ${word}`, used + 1 + columns];
    else {
      lines.push(line);
      [line, used] = [word, columns];
    }
  }
  lines.push(line);
  return lines;
}

const MIN_COLUMN = 4;

function longestWord(text: string): number {
  return text.split(" ").reduce((longest, word) => Math.max(longest, columnsOf(word)), 0);
}

/**
 * Widths of columns that stand `gap` apart and fit into `width`, as far as their cells can be broken at spaces:
 * the widest column gives way first.
 */
export function columnWidths(rows: readonly string[][], width: number, gap: number): number[] {
  // Not Math.max(...): a table can have more rows than a call can have arguments.
  const widths = rows[0].map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, columnsOf(row[column])), 0),
  );
  const words = rows[0].map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, longestWord(row[column])), MIN_COLUMN),
  );
  const gaps = gap * (widths.length - 1);
  while (widths.reduce((sum, each) => sum + each, gaps) > width) {
    let widest = -1;
    widths.forEach((each, column) => {
      if (each > words[column] && (widest < 0 || each > widths[widest])) widest = column;
    });
    if (widest < 0) break;
    widths[widest] -= 1;
  }
  return widths;
}
