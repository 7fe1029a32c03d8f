/** Text in UTF-16, which Windows PowerShell writes where `>` makes a file: known by its byte-order mark. */

export type ByteOrder = "little" | "big";

/** The order that the mark says; null where there is none. */
export function utf16Order(bytes: Uint8Array, start: number, available: number): ByteOrder | null {
  if (available < 2) return null;
  if (bytes[start] === 0xff && bytes[start + 1] === 0xfe) return "little";
  return bytes[start] === 0xfe && bytes[start + 1] === 0xff ? "big" : null;
}

/** What a TextDecoder, which leaves the mark out, calls the encoding of text that begins so; null where it is another. */
export function utf16Encoding(beginning: Uint8Array): "utf-16le" | "utf-16be" | null {
  const order = utf16Order(beginning, 0, beginning.length);
  if (order === null) return null;
  return order === "little" ? "utf-16le" : "utf-16be";
}
