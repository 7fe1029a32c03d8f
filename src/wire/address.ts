/** IP addresses between bytes (network byte order) and text. */

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

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const GROUPS = 8;

/** 4 or 16 bytes, or null for text that is not an address. An IPv6 zone is not accepted. */
export function parseAddress(text: string): Uint8Array | null {
  if (IPV4.test(text)) return Uint8Array.from(text.split("."), Number);
  return text.includes(":") ? parseIpv6(text) : null;
}

/** RFC 4291 2.2: eight groups, one run of zeros as "::", and a dotted quad for the last two. */
function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const last = halves.length - 1;
  const lists = halves.map((half, i) => groupsOf(half, i === last));
  const [left, right = []] = lists;
  if (left === null || right === null) return null;
  const count = left.length + right.length;
  // "::" stands for one group at least.
  if (halves.length === 1 ? count !== GROUPS : count >= GROUPS) return null;
  const groups = [...left, ...new Array<number>(GROUPS - count).fill(0), ...right];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The groups of one side of "::"; null where one is not a group. */
function groupsOf(text: string, mayEndDotted: boolean): number[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else if (mayEndDotted && i === parts.length - 1 && IPV4.test(part)) {
      const [a, b, c, d] = part.split(".").map(Number);
      groups.push((a << 8) | b, (c << 8) | d);
    } else return null;
  }
  return groups;
}

export interface Prefix {
  bytes: Uint8Array;
  bits: number;
}

/**
 * "192.0.2.0/24", "2001:db8::/32" or a single address; null for anything else. An IPv4-mapped one (RFC 4291 2.5.5.2), as
 * sockets of IPv6 show clients of IPv4, is the IPv4 address in it.
 */
export function parsePrefix(text: string): Prefix | null {
  const [address, length, ...rest] = text.split("/");
  const bytes = parseAddress(address);
  if (bytes === null || rest.length > 0) return null;
  const bits = Number(length ?? bytes.length * 8);
  if (!/^\d+$/.test(length ?? "0") || bits > bytes.length * 8) return null;
  const isMapped = bits >= MAPPED.bits && inPrefix(bytes, MAPPED);
  return isMapped ? { bytes: bytes.slice(12), bits: bits - MAPPED.bits } : { bytes, bits };
}

/** ::ffff:0:0/96 */
const MAPPED: Prefix = {
  bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0),
  bits: 96,
};

export function inPrefix(address: Uint8Array, prefix: Prefix): boolean {
  if (address.length !== prefix.bytes.length) return false;
  const whole = prefix.bits >> 3;
  for (let i = 0; i < whole; i += 1) if (address[i] !== prefix.bytes[i]) return false;
  const rest = prefix.bits & 7;
  return rest === 0 || ((address[whole] ^ prefix.bytes[whole]) & (0xff00 >> rest) & 0xff) === 0;
}
