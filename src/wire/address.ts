/** IP addresses between bytes (network byte order) and text. */

import { isIP } from "node:net";

/** Dotted quad, or the text form of RFC 5952. */
export function formatAddress(bytes: Uint8Array, offset: number, ipVersion: number): string {
  if (ipVersion === 4) return formatIpv4(bytes, offset);
  const groups = new Array<number>(8);
  for (let i = 0; i < 8; i += 1) groups[i] = (bytes[offset + i * 2] << 8) | bytes[offset + i * 2 + 1];
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIpv4(bytes, offset + 12)}`;
  }
  const { start, length } = longestZeroRun(groups);
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return length < 2 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`;
}

function formatIpv4(bytes: Uint8Array, offset: number): string {
  return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
}

/** The first of the longest runs of zero groups (RFC 5952 4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let i = 0; i < 8; i += 1) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length += 1;
    if (length > best.length) best = { start: i, length };
  }
  return best;
}

/** 4 or 16 bytes, or null for text that is no address. An IPv6 zone is not accepted. */
export function parseAddress(text: string): Uint8Array | null {
  const kind = text.includes("%") ? 0 : isIP(text);
  if (kind === 4) return Uint8Array.from(text.split("."), Number);
  if (kind === 0) return null;
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const plain =
    dotted === null
      ? text
      : `${dotted[1]}${pair(Number(dotted[2]), Number(dotted[3]))}:${pair(Number(dotted[4]), Number(dotted[5]))}`;
  const [head, tail] = plain.split("::");
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const groups = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function pair(high: number, low: number): string {
  return ((high << 8) | low).toString(16);
}

function groupsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

export interface Prefix {
  bytes: Uint8Array;
  bits: number;
}

/** "192.0.2.0/24", "2001:db8::/32" or a single address; null for anything else. */
export function parsePrefix(text: string): Prefix | null {
  const [address, length, ...rest] = text.split("/");
  const bytes = parseAddress(address);
  if (bytes === null || rest.length > 0) return null;
  if (length === undefined) return { bytes, bits: bytes.length * 8 };
  const bits = Number(length);
  return /^\d+$/.test(length) && bits <= bytes.length * 8 ? { bytes, bits } : null;
}

export function inPrefix(address: Uint8Array, prefix: Prefix): boolean {
  if (address.length !== prefix.bytes.length) return false;
  const whole = prefix.bits >> 3;
  for (let i = 0; i < whole; i += 1) if (address[i] !== prefix.bytes[i]) return false;
  const rest = prefix.bits & 7;
  return rest === 0 || ((address[whole] ^ prefix.bytes[whole]) & (0xff00 >> rest) & 0xff) === 0;
}
