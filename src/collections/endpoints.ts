/** Endpoints and addresses as numbers: what tables are keyed by. */

/** Third word of an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2). */
const MAPPED = 0xffff;

/** A host's number and a port as one exact integer. */
export function endpoint(host: number, port: number): number {
  return host * 65536 + port;
}

export function hostOf(endpointNumber: number): number {
  return Math.floor(endpointNumber / 65536);
}

export function portOf(endpointNumber: number): number {
  // Not with %, for which V8 calls a function where numbers are not small.
  return endpointNumber - hostOf(endpointNumber) * 65536;
}

/** Writes an IP address as four words: an IPv4 address as its IPv4-mapped IPv6 form (RFC 4291 2.5.5.2). */
export function addressWords(
  bytes: Uint8Array,
  offset: number,
  ipVersion: number,
  out: Uint32Array,
  at: number,
): void {
  if (ipVersion === 4) {
    out[at] = 0;
    out[at + 1] = 0;
    out[at + 2] = MAPPED;
    out[at + 3] = word(bytes, offset);
    return;
  }
  for (let i = 0; i < 4; i += 1) out[at + i] = word(bytes, offset + i * 4);
}

/** Four bytes in network byte order. */
export function word(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0
  );
}

/** Whether the four words of an address, as `addressWords` writes it, are those of an IPv4 address: the last one. */
export function isIpv4(words: Uint32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === MAPPED;
}

/** Two bytes in network byte order. */
export function writeU16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}
