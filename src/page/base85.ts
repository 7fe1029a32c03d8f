/** Bytes as text in five characters for four bytes, none of which means anything to HTML or ends a string of JavaScript. */

const ALPHABET = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))
  .filter((character) => !"\"$&'<>\\`".includes(character))
  .slice(0, 85);
const BASE = 85;

/** The bytes are filled up with zeros to whole groups of four. */
export function encode85(bytes: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  let text = "";
  for (let at = 0; at < padded.length; at += 4) {
    let value = view.getUint32(at);
    let group = "";
    for (let i = 0; i < 5; i += 1) {
      group = ALPHABET[value % BASE] + group;
      value = Math.floor(value / BASE);
    }
    text += group;
  }
  return text;
}

/** @param length of the bytes that were encoded */
export function decode85(text: string, length: number): Uint8Array<ArrayBuffer> {
  const digits = new Uint8Array(128);
  ALPHABET.forEach((character, digit) => {
    digits[character.charCodeAt(0)] = digit;
  });
  const bytes = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at += 5) {
    let value = 0;
    for (let i = at; i < at + 5; i += 1) value = value * BASE + digits[text.charCodeAt(i)];
    view.setUint32((at / 5) * 4, value);
  }
  return bytes.subarray(0, length);
}
