/**
 * One line of a hex dump, as tcpdump -x, Wireshark, xxd, od, hexdump -C, an ASA, a FortiGate and a router write it:
 *
 *   "\t0x0010:  4500 0034 .."   "0010  45 00 00 34 ..   E..4"   "0000010 45 00"   "00000010: 4500 0034  E..4"
 *
 * An offset, then groups of hex digits; what follows a gap is the text column, which is not looked at.
 */

/** Bytes of one line at most, which are those of xxd: `xxd -c 256`. */
const MAX_LINE_BYTES = 256;
/** Fewer digits are a packet's number, a hop, a port. */
const MIN_OFFSET_DIGITS = 3;
const MAX_OFFSET_DIGITS = 8;
/** Lines of single bytes may have a wider gap here, in the middle. */
const HALF_LINE = 8;
const NO_DIGIT = 255;

const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const DASH = 0x2d;
const ZERO = 0x30;
const X = 0x78;

/** Value of each hex digit by its character code. */
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The last line that `readDumpLine` read; reused. */
export class DumpLine {
  /** Digits of the offset, whose base is not known from one line. */
  offset = "";
  readonly bytes = new Uint8Array(MAX_LINE_BYTES);
  count = 0;
  /** Bytes of its first group: 1 for "45 00", 2 for "4500". */
  group = 0;
}

/** Reads `text[start .. end)`; false where that is not a line of a hex dump, or one without bytes after its offset. */
export function readDumpLine(text: Uint8Array, start: number, end: number, line: DumpLine): boolean {
  let at = start;
  while (at < end && isBlank(text[at])) at += 1;
  const prefixed = text[at] === ZERO && (text[at + 1] | SPACE) === X;
  if (prefixed) at += 2;
  const digits = digitsAt(text, at, end);
  if (digits < (prefixed ? 1 : MIN_OFFSET_DIGITS) || digits > MAX_OFFSET_DIGITS) return false;
  line.offset = "";
  for (let i = 0; i < digits; i += 1) line.offset += String.fromCharCode(text[at + i]);
  at += digits;
  if (text[at] === COLON) at += 1;
  if (at < end && !isBlank(text[at])) return false;
  return readGroups(text, at, end, line);
}

function readGroups(text: Uint8Array, start: number, end: number, line: DumpLine): boolean {
  line.count = 0;
  line.group = 0;
  let at = start;
  while (at < end && line.count < MAX_LINE_BYTES) {
    const begin = at;
    while (at < end && isBlank(text[at])) at += 1;
    // "07-08" and "07 - 08" part the halves of a line in some programs.
    if (line.count === HALF_LINE && text[at] === DASH) {
      at += 1;
      while (at < end && isBlank(text[at])) at += 1;
    } else if (line.count > 0 && isGap(text, begin, at, line)) break;
    const digits = digitsAt(text, at, end);
    const after = at + digits;
    const ends =
      after >= end || isBlank(text[after]) || (line.count + 1 === HALF_LINE && text[after] === DASH);
    if (digits === 0 || digits % 2 !== 0 || !ends || line.count + digits / 2 > MAX_LINE_BYTES) break;
    // A last group may be shorter than the others, never longer.
    if (line.group > 0 && digits / 2 > line.group) break;
    if (line.group === 0) line.group = digits / 2;
    for (; at < after; at += 2) {
      line.bytes[line.count] = (DIGITS[text[at]] << 4) | DIGITS[text[at + 1]];
      line.count += 1;
    }
  }
  return line.count > 0;
}

/** Whether the blanks before a group begin the text column: two or more, but for the middle of a line of bytes. */
function isGap(text: Uint8Array, begin: number, at: number, { group, count }: DumpLine): boolean {
  const blanks = at - begin;
  if (blanks < 2 && text[begin] !== TAB) return false;
  return !(group === 1 && count === HALF_LINE && blanks === 2);
}

function digitsAt(text: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && DIGITS[text[at]] !== NO_DIGIT) at += 1;
  return at - start;
}

function isBlank(character: number): boolean {
  return character === SPACE || character === TAB;
}
