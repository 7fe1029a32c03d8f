/** Lines of text in a window of bytes, without the traces of terminals. */

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BACKSPACE = 0x08;
/** Longer lines are not those of a dump, and are looked at in pieces of this. */
const MAX_LINE = 64 * 1024;

/** The byte-order mark of UTF-8. */
const UTF8_MARK = [0xef, 0xbb, 0xbf] as const;

/** Bytes at hand, as a `ByteWindow` has them. */
export interface TextBytes {
  bytes: Uint8Array;
  start: number;
  end: number;
  ended: boolean;
  consume(count: number): void;
}

/** Where a line lies in `window.bytes`; reused. */
export class Lines {
  start = 0;
  end = 0;
  readonly #window: TextBytes;
  readonly #decoder = new TextDecoder("latin1");

  constructor(window: TextBytes) {
    this.#window = window;
  }

  /** Takes the next line that is at hand in full, or the rest of text that has ended; false where there is none. */
  take(): boolean {
    const window = this.#window;
    const { bytes, start, end } = window;
    const found = bytes.subarray(start, end).indexOf(NEWLINE);
    if (found < 0 && end - start < MAX_LINE && !(window.ended && end > start)) return false;
    const length = found < 0 ? Math.min(end - start, MAX_LINE) : found + 1;
    this.start = start;
    this.end = start + (found < 0 ? length : found);
    if (UTF8_MARK.every((byte, i) => bytes[start + i] === byte)) this.start += UTF8_MARK.length;
    window.consume(length);
    this.#trim(bytes);
    return true;
  }

  /** What a pager wrote and took back ends with a return or with backspaces. */
  #trim(bytes: Uint8Array): void {
    while (this.end > this.start && bytes[this.end - 1] === RETURN) this.end -= 1;
    for (let at = this.end - 1; at >= this.start; at -= 1) {
      if (bytes[at] !== RETURN && bytes[at] !== BACKSPACE) continue;
      this.start = at + 1;
      return;
    }
  }

  /** The line as text, its first `limit` characters. */
  text(limit = 512): string {
    return this.#decoder.decode(
      this.#window.bytes.subarray(this.start, Math.min(this.end, this.start + limit)),
    );
  }

  get isBlank(): boolean {
    for (let at = this.start; at < this.end; at += 1) if (this.#window.bytes[at] > 0x20) return false;
    return true;
  }
}
