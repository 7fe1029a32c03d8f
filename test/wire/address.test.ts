import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, inPrefix, parseAddress, parsePrefix } from "../../src/wire/address.ts";

const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString("hex"));
const fromHex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** Text by RFC 5952 on the left, bytes on the right. */
const ADDRESSES: readonly (readonly [string, string])[] = [
  ["0.0.0.0", "00000000"],
  ["192.0.2.1", "c0000201"],
  ["255.255.255.255", "ffffffff"],
  ["::", "0000 0000 0000 0000 0000 0000 0000 0000"],
  ["::1", "0000 0000 0000 0000 0000 0000 0000 0001"],
  ["2001:db8::1", "2001 0db8 0000 0000 0000 0000 0000 0001"],
  ["2001:db8::", "2001 0db8 0000 0000 0000 0000 0000 0000"],
  // RFC 5952 4.2.2: a single zero group is not shortened.
  ["2001:db8:0:1:1:1:1:1", "2001 0db8 0000 0001 0001 0001 0001 0001"],
  // RFC 5952 4.2.3: the longest run, and of equal ones the first.
  ["2001:0:0:1::1", "2001 0000 0000 0001 0000 0000 0000 0001"],
  ["2001:db8::1:0:0:1", "2001 0db8 0000 0000 0001 0000 0000 0001"],
  ["0:1::", "0000 0001 0000 0000 0000 0000 0000 0000"],
  ["1:2:3:4:5:6:7:8", "0001 0002 0003 0004 0005 0006 0007 0008"],
  ["fe80::abcd:ef01:2345:6789", "fe80 0000 0000 0000 abcd ef01 2345 6789"],
  ["::ffff:192.0.2.1", "0000 0000 0000 0000 0000 ffff c000 0201"],
  ["::fffe:c000:201", "0000 0000 0000 0000 0000 fffe c000 0201"],
];

describe("addresses as text and as bytes", () => {
  it.each(ADDRESSES)("%s", (text, bytes) => {
    const around = new Uint8Array(32).fill(0xee);
    const raw = fromHex(bytes);
    around.set(raw, 5);
    expect(formatAddress(around, 5, raw.length === 4 ? 4 : 6)).toBe(text);
    expect(hex(parseAddress(text))).toBe(hex(raw));
  });

  it.each<[string, string]>([
    ["2001:DB8:0:0:0:0:0:1", "20010db8000000000000000000000001"],
    ["2001:0db8::0001", "20010db8000000000000000000000001"],
    ["::192.0.2.1", "000000000000000000000000c0000201"],
    ["64:ff9b::192.0.2.33", "0064ff9b0000000000000000c0000221"],
    ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
    ["::2:3:4:5:6:7:8", "00000002000300040005000600070008"],
    ["1::8", "00010000000000000000000000000008"],
  ])("%s is read though nobody should write it so", (text, bytes) => {
    expect(hex(parseAddress(text))).toBe(bytes);
  });

  it.each([
    "",
    " ",
    "192.0.2",
    "192.0.2.256",
    "192.0.2.1.1",
    "192.0.02.1",
    "1:2:3",
    ":::",
    "1::2::3",
    "g::1",
    "fe80::1%eth0",
    "192.0.2.1 ",
    "localhost",
    "1:2:3:4:5:6:7:8:9",
  ])("%j is no address", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  /** What the URL standard makes of an IPv6 host: the form of RFC 5952, but for mapped addresses. */
  const byUrl = (text: string) => new URL(`http://[${text}]/`).hostname.slice(1, -1);
  /** Zero groups are what the form is about, so half of the groups are zero. */
  const groups = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 });
  const bytesOf = (values: readonly number[]) =>
    Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));

  it("any IPv6 address is written as URLs write it, and read back", () => {
    fc.assert(
      fc.property(groups, (values) => {
        const bytes = bytesOf(values);
        const text = formatAddress(bytes, 0, 6);
        const plain = values.map((value) => value.toString(16)).join(":");
        expect(isIP(text)).toBe(6);
        if (!text.startsWith("::ffff:")) expect(text).toBe(byUrl(plain));
        expect(byUrl(text)).toBe(byUrl(plain));
        expect(hex(parseAddress(text))).toBe(hex(bytes));
        expect(hex(parseAddress(plain))).toBe(hex(bytes));
      }),
    );
  });

  it("any IPv4 address is read back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        expect(formatAddress(bytes, 0, 4)).toBe(bytes.join("."));
        expect(hex(parseAddress(bytes.join(".")))).toBe(hex(bytes));
      }),
    );
  });

  it("what node takes for an address is read, and nothing else", () => {
    const piece = fc.constantFrom(
      "::",
      ":",
      "0",
      "1",
      "ffff",
      "12345",
      ".",
      "192.0.2.1",
      "%0",
      "/",
      "A",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const text = pieces.join("");
        const expected = text.includes("%") ? 0 : isIP(text);
        expect(parseAddress(text)?.length ?? 0).toBe({ 0: 0, 4: 4, 6: 16 }[expected]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("prefixes", () => {
  it.each<[string, string, boolean]>([
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    ["192.0.2.77/24", "192.0.2.1", true],
    ["192.0.2.128/25", "192.0.2.127", false],
    ["192.0.2.128/25", "192.0.2.128", true],
    ["10.0.0.0/9", "10.127.255.255", true],
    ["10.0.0.0/9", "10.128.0.0", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "::1", false],
    ["::/0", "2001:db8::1", true],
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["192.0.2.1/32", "192.0.2.1", true],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["2001:db8::/33", "2001:db8:8000::", false],
    ["2001:db8::1/128", "2001:db8::1", true],
    ["2001:db8::1/128", "2001:db8::", false],
    // RFC 4291 2.5.5.2: the same address, as a socket of IPv6 shows it.
    ["::ffff:0:0/96", "192.0.2.1", true],
    ["::ffff:192.0.2.1", "192.0.2.1", true],
    ["::ffff:192.0.2.1", "192.0.2.2", false],
    ["::ffff:192.0.2.0/120", "192.0.2.255", true],
    ["::ffff:192.0.2.0/120", "192.0.3.0", false],
    ["::/95", "192.0.2.1", false],
  ])("%s: %s is in it: %s", (prefix, address, expected) => {
    expect(inPrefix(parseAddress(address)!, parsePrefix(prefix)!)).toBe(expected);
  });

  it.each([
    "",
    "/24",
    "192.0.2.0/",
    "192.0.2.0/33",
    "192.0.2.0/-1",
    "192.0.2.0/+8",
    "192.0.2.0/8/8",
    "192.0.2.0/a",
    "192.0.2.0/ 8",
    "192.0.2.0/1e1",
    "2001:db8::/129",
    "192.0.2/24",
  ])("%j is no prefix", (text) => {
    expect(parsePrefix(text)).toBeNull();
  });

  it("an address is in the prefixes of its own bits, and no longer when a bit before the end differs", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.nat({ max: 128 }),
        fc.nat({ max: 127 }),
        (bytes, bits, flip) => {
          const prefix = parsePrefix(`${formatAddress(bytes, 0, 6)}/${bits}`)!;
          expect(inPrefix(bytes, prefix)).toBe(true);
          const other = bytes.slice();
          other[flip >> 3] ^= 0x80 >> (flip & 7);
          expect(inPrefix(other, prefix)).toBe(flip >= bits);
        },
      ),
    );
  });
});
