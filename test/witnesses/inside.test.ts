/** Whether a client is behind a NAT with an address: NAT-D as RFC 3947 3.2 makes it. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isBehind } from "../../src/witnesses/inside.ts";

const COOKIES = [0x01020304, 0xfffefdfc, 0x11121314, 0xa1a2a3a4];
const NAMES = { 1: "md5", 2: "sha1", 4: "sha256" } as const;

/** The first two words of the hash of an address. */
function natD(address: string, hash: 1 | 2 | 4 = 2, port = 500, cookies = COOKIES): number[] {
  const input = Buffer.alloc(22);
  cookies.forEach((word, i) => {
    input.writeUInt32BE(word, i * 4);
  });
  Buffer.from(address.split(".").map(Number)).copy(input, 16);
  input.writeUInt16BE(port, 20);
  const digest = createHash(NAMES[hash]).update(input).digest();
  return [digest.readUInt32BE(0), digest.readUInt32BE(4)];
}
const GATEWAY = natD("192.0.2.1");
const behind = (own: readonly number[] | null, address: string, hash: number | null = 2, client: 0 | 1 = 0) =>
  isBehind(
    { hash, cookies: COOKIES, natHashesOf: (side: number) => (side === client ? own : null) } as never,
    client,
    address,
  );

describe("a client has an address behind its NAT", () => {
  it.each<[string, boolean, boolean]>([
    ["by the hash of its own", behind([...GATEWAY, ...natD("10.0.0.5")], "10.0.0.5"), true],
    ["of any of its own", behind([...GATEWAY, ...natD("10.0.0.4"), ...natD("10.0.0.5")], "10.0.0.5"), true],
    ["whichever side it is", behind([...GATEWAY, ...natD("10.0.0.5")], "10.0.0.5", 2, 1), true],
    ["another address", behind([...GATEWAY, ...natD("10.0.0.5")], "10.0.0.6"), false],
    ["the first hash is the gateway's", behind([...GATEWAY, ...natD("10.0.0.5")], "192.0.2.1"), false],
    ["of another port", behind([...GATEWAY, ...natD("10.0.0.5", 2, 501)], "10.0.0.5"), false],
    [
      "with other cookies",
      behind([...GATEWAY, ...natD("10.0.0.5", 2, 500, [1, 2, 3, 4])], "10.0.0.5"),
      false,
    ],
    ["half of the hash", behind([...GATEWAY, natD("10.0.0.5")[0], 7], "10.0.0.5"), false],
    ["the other half", behind([...GATEWAY, 7, natD("10.0.0.5")[1]], "10.0.0.5"), false],
    ["halves of two hashes", behind([...GATEWAY, 7, ...natD("10.0.0.5"), 7], "10.0.0.5"), false],
    ["no hash of its own", behind(GATEWAY, "10.0.0.5"), false],
    ["no NAT-D at all", behind(null, "10.0.0.5"), false],
    ["an IPv6 address", behind([...GATEWAY, ...natD("10.0.0.5")], "fe80::5"), false],
    ["no address", behind([...GATEWAY, ...natD("10.0.0.5")], "vpn.example"), false],
    ["the algorithm is not known", behind([...GATEWAY, ...natD("10.0.0.5")], "10.0.0.5", null), false],
    ["the algorithm is another one", behind([...GATEWAY, ...natD("10.0.0.5")], "10.0.0.5", 1), false],
    ["MD5", behind([...GATEWAY, ...natD("10.0.0.5", 1)], "10.0.0.5", 1), true],
    ["SHA-256", behind([...GATEWAY, ...natD("10.0.0.5", 4)], "10.0.0.5", 4), true],
  ])("%s", (_, found, expected) => {
    expect(found).toBe(expected);
  });
});
