/**
 * Text as bytes, which grows at its end: a long report made of strings would be put together, copied and encoded.
 */

/** Room for a piece of a report and what its last row takes, bytes. */
const FIRST_ROOM = 131_072;
const [ZERO, QUOTE, BACKSLASH, SPACE, TILDE] = Array.from('0"\\ ~', (character) => character.charCodeAt(0));

const encoder = new TextEncoder();

export class ByteText {
  #bytes = new Uint8Array(FIRST_ROOM);
  #length = 0;

  /** Bytes since the last `take`. */
  get length(): number {
    return this.#length;
  }

  /** All since the last time, to be used before anything else is added. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Bytes as they are. */
  add(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Text that is all ASCII. */
  ascii(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i += 1) this.#bytes[this.#length + i] = text.charCodeAt(i);
    this.#length += text.length;
  }

  /** Any text, in UTF-8. */
  text(text: string): void {
    this.#reserve(3 * text.length);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /** A whole number, 0..2^31-1, in decimal digits. */
  whole(number: number): void {
    let digits = 1;
    for (let left = number; left > 9; left = (left / 10) | 0) digits += 1;
    this.#reserve(digits);
    let left = number;
    for (let i = digits - 1; i >= 0; i -= 1) {
      this.#bytes[this.#length + i] = ZERO + (left % 10);
      left = (left / 10) | 0;
    }
    this.#length += digits;
  }

  /** Text in quotes, when it is of ASCII that JSON takes as it is; adds nothing and says false when it is not. */
  quoted(text: string): boolean {
    this.#reserve(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at] = QUOTE;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return false;
      at += 1;
      bytes[at] = code;
    }
    bytes[at + 1] = QUOTE;
    this.#length = at + 2;
    return true;
  }

  #reserve(more: number): void {
    const room = this.#length + more;
    if (room <= this.#bytes.length) return;
    const wider = new Uint8Array(2 * room);
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
  }
}
