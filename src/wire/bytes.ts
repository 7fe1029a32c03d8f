/** Numbers in headers and hexadecimal text; big-endian unless the name says otherwise. The caller has checked the bounds. */

export function readU32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0
  );
}

export function readU16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 8) | bytes[offset + 1];
}

/** Little-endian. */
export function readU16Le(bytes: Uint8Array, offset: number): number {
  return bytes[offset] | (bytes[offset + 1] << 8);
}

/** Little-endian. */
export function readU32Le(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24)) >>> 0
  );
}

export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Two lower-case digits a byte. */
export function hex(bytes: Uint8Array, offset = 0, length = bytes.length - offset): string {
  let text = "";
  for (let i = offset; i < offset + length; i += 1) text += HEX[bytes[i]];
  return text;
}

/** Eight lower-case digits of a 32-bit word, signed or not. */
export function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}

/** Writes the bytes of an even number of hexadecimal digits; gives the offset behind them. */
export function writeHex(text: string, bytes: Uint8Array, offset: number): number {
  for (let i = 0; i < text.length; i += 2) bytes[offset + i / 2] = Number.parseInt(text.slice(i, i + 2), 16);
  return offset + text.length / 2;
}
