/** NAT-D hashes over replaced addresses: RFC 3947 3.2 says what they are made of. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AddressMap } from "../../src/anonymize/address-map.ts";
import { type HashName, KEY_LENGTH, Keyed } from "../../src/anonymize/keyed.ts";
import { NatDiscovery } from "../../src/anonymize/nat-discovery.ts";
import { nodeHash } from "../../src/node/anonymize.ts";

const COOKIES = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
const key = new Uint8Array(KEY_LENGTH).fill(5);
const keyed = new Keyed(key, nodeHash);
const addresses = new AddressMap(keyed);
const discovery = () => new NatDiscovery(keyed, addresses);

/** HASH(CKY-I | CKY-R | IP | port). */
function natD(address: readonly number[], port: number, name: HashName = "sha1", cookies = COOKIES) {
  const input = [...cookies, ...address, port >> 8, port & 255];
  return Uint8Array.from(createHash(name).update(Uint8Array.from(input)).digest());
}
const mapped = (address: readonly number[]) => [...addresses.map(Uint8Array.from(address))];
const PUBLIC = [198, 51, 100, 7];
const V6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
const near = (address: readonly number[], port: number) => [{ address: Uint8Array.from(address), port }];

describe("the hash of an endpoint that is known is that of its new address", () => {
  it.each<[string, readonly number[], number, HashName]>([
    ["MD5", PUBLIC, 500, "md5"],
    ["SHA-1", PUBLIC, 500, "sha1"],
    ["SHA-256", PUBLIC, 500, "sha256"],
    ["SHA-384", PUBLIC, 500, "sha384"],
    ["SHA-512", PUBLIC, 500, "sha512"],
    ["a port of a NAT", PUBLIC, 61_234, "sha1"],
    ["IPv6", V6, 500, "sha1"],
  ])("%s", (_, address, port, name) => {
    const after = discovery().replace(COOKIES, natD(address, port, name), near(address, port));
    expect(after).toEqual(natD(mapped(address), port, name));
  });

  it.each([500, 4_500])("its port in the datagram was another one than the %i that was hashed", (port) => {
    const after = discovery().replace(COOKIES, natD(PUBLIC, port), near(PUBLIC, 61_234));
    expect(after).toEqual(natD(mapped(PUBLIC), port));
  });

  it("of an endpoint that was seen before, though its bytes were written over", () => {
    const found = discovery();
    const buffer = Uint8Array.from(PUBLIC);
    found.saw({ address: buffer, port: 7_000 });
    buffer.fill(0);
    expect(found.replace(COOKIES, natD(PUBLIC, 7_000), [])).toEqual(natD(mapped(PUBLIC), 7_000));
  });

  it("of the first 512 that were seen", () => {
    const found = discovery();
    const address = (i: number) => [198, 51, i >> 8, i & 255];
    for (let i = 0; i < 512; i += 1) {
      // Seen twice, each counts once.
      found.saw({ address: Uint8Array.from(address(i)), port: 500 });
      found.saw({ address: Uint8Array.from(address(i)), port: 500 });
    }
    found.saw({ address: Uint8Array.from(address(512)), port: 500 });
    expect(found.replace(COOKIES, natD(address(511), 500), [])).toEqual(natD(mapped(address(511)), 500));
    expect(found.replace(COOKIES, natD(address(512), 500), [])).not.toEqual(natD(mapped(address(512)), 500));
  });
});

describe("the hash of an address that nobody saw", () => {
  it.each<[string, readonly number[], HashName]>([
    ["the first of 192.168/16", [192, 168, 0, 0], "sha1"],
    ["one in the middle", [192, 168, 77, 13], "md5"],
    ["the last", [192, 168, 255, 255], "sha256"],
  ])("is found where it is private, on port 500: %s", (_, address, name) => {
    expect(discovery().replace(COOKIES, natD(address, 500, name), [])).toEqual(
      natD(mapped(address), 500, name),
    );
  });

  it.each<[string, Uint8Array]>([
    ["public", natD([203, 0, 113, 9], 500)],
    ["private, on another port", natD([192, 168, 1, 2], 4_501)],
    ["with other cookies", natD(PUBLIC, 500, "sha1", new Uint8Array(16))],
    ["of a length that no hash has", Uint8Array.from({ length: 21 }, (_, i) => i)],
    ["SHA-512 of a private one, which is not tried", natD([192, 168, 1, 2], 500, "sha512")],
  ])("is replaced by one of its length: %s", (_, hash) => {
    const after = discovery().replace(COOKIES, hash, near(PUBLIC, 500));
    expect(after).toEqual(keyed.substitute("nat-d", hash));
    expect(after.length).toBe(hash.length);
  });

  it("is the same in a copy of the message, whoever is known by then", () => {
    const found = discovery();
    const hash = natD([203, 0, 113, 9], 500);
    const first = found.replace(COOKIES, hash, []);
    expect(found.replace(COOKIES, hash, near([203, 0, 113, 9], 500))).toEqual(first);
    // Cookies of the same digits are others.
    const alike = COOKIES.map((byte, i) => (i === 0 ? 11 : i === 1 ? 2 : byte));
    const digits = COOKIES.map((byte, i) => (i === 0 ? 1 : i === 1 ? 12 : byte));
    const once = natD([203, 0, 113, 9], 500, "sha1", alike);
    expect(found.replace(alike, once, near([203, 0, 113, 9], 500))).not.toEqual(
      keyed.substitute("nat-d", once),
    );
    expect(found.replace(digits, once, [])).toEqual(keyed.substitute("nat-d", once));
    // Of other cookies it is another message's.
    const other = COOKIES.map((byte) => byte + 1);
    const theirs = natD([203, 0, 113, 9], 500, "sha1", other);
    expect(found.replace(other, theirs, near([203, 0, 113, 9], 500))).toEqual(
      natD(mapped([203, 0, 113, 9]), 500, "sha1", other),
    );
  });

  it("is looked for as often as a run may try, and replaced after that", () => {
    const found = new NatDiscovery(keyed, addresses, 65_536 + 10);
    const at = (i: number) => COOKIES.map((byte, place) => (place === 0 ? i : byte));
    // In vain, with all of 192.168/16.
    found.replace(at(98), natD([203, 0, 113, 9], 500, "md5", at(98)), []);
    const early = natD([192, 168, 0, 8], 500, "md5", at(99));
    expect(found.replace(at(99), early, [])).toEqual(natD(mapped([192, 168, 0, 8]), 500, "md5", at(99)));
    // One try is left, which is that of 192.168.0.0.
    const late = natD([192, 168, 0, 1], 500, "md5", at(100));
    expect(found.replace(at(100), late, [])).toEqual(keyed.substitute("nat-d", late));
  });
});

describe("what a key makes of bytes", () => {
  const content = Uint8Array.from({ length: 70 }, (_, i) => i);
  const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();

  it("is SHA-256 of the key, a label and the content, block by block", () => {
    const block = (i: number) => sha256(key, Buffer.from(`x/${i}/`), content);
    const expected = Buffer.concat([block(0), block(1), block(2)]).subarray(0, 70);
    expect(Buffer.from(keyed.substitute("x", content))).toEqual(expected);
    expect(Buffer.from(keyed.digest("y", content))).toEqual(sha256(key, Buffer.from("y"), content));
    expect(keyed.substitute("x", new Uint8Array(0))).toHaveLength(0);
  });

  it.each([0, 31, 33])("a key of %i bytes is refused", (length) => {
    expect(() => new Keyed(new Uint8Array(length), nodeHash)).toThrow(
      new RangeError(`a key has 32 bytes, not ${length}`),
    );
  });
});
