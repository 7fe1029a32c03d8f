/** Keys as Wireshark, people and daemons write them. */

import { describe, expect, it } from "vitest";
import { keysOf } from "../support/opened.ts";

const KEY = "00112233445566778899aabbccddeeff";
const ROWS: { name: string; text: string; keys: string[] }[] = [
  { name: "a row of Wireshark's table", text: `0123456789abcdef,${KEY}`, keys: [`0123456789abcdef ${KEY}`] },
  {
    name: "the same with quotes, capitals and a comment before it",
    text: `# made by hand\n"0123456789ABCDEF","${KEY.toUpperCase()}"\n`,
    keys: [`0123456789abcdef ${KEY}`],
  },
  {
    name: "bare keys, one a line",
    text: `${KEY}\n0x0123456789abcdef\n`,
    keys: [`- ${KEY}`, "- 0123456789abcdef"],
  },
  { name: "the same key twice is one", text: `${KEY}\n${KEY}\n`, keys: [`- ${KEY}`] },
  {
    name: "a log of strongSwan with a key of 24 bytes",
    text: [
      "20:52:02 10[IKE] skeyid_e => 20 bytes @ 0x7f277c00d010",
      "20:52:02 10[IKE]    0: FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF  ................",
      "20:52:02 10[IKE] encryption key Ka => 24 bytes @ 0x7f277c00d040",
      '20:52:02 10[IKE]    0: 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF  .."3DUfw........',
      "20:52:02 10[IKE]   16: 01 23 45 67 89 AB CD EF                          .#Eg....",
      "20:52:02 10[IKE] initial IV => 16 bytes @ 0x7f277c00d040",
      "20:52:02 10[IKE]    0: BC E6 AE A6 1C B8 3B 0B AF 31 11 9B 54 38 E3 DD  ......;..1..T8..",
    ].join("\n"),
    keys: [`- ${KEY}0123456789abcdef`],
  },
  {
    name: "a log of racoon, where a newline stands before the hex",
    text: [
      "2012-07-11 11:35:55: DEBUG: new cookie:",
      "831d33d46e20f8e6 ",
      "2012-07-11 11:35:55: DEBUG: final encryption key computed:",
      "2012-07-11 11:35:55: DEBUG: ",
      "00112233 44556677 8899aabb ccddeeff",
    ].join("\n"),
    keys: [`- ${KEY}`],
  },
  {
    name: "a log of racoon that a syslog has written on one line each",
    text: [
      "Jun  4 17:54:43 vm1 racoon: DEBUG: new cookie:#012831d33d46e20f8e6",
      "Jun  4 17:54:43 vm1 racoon: DEBUG: final encryption key computed:",
      "Jun  4 17:54:43 vm1 racoon: DEBUG: #01200112233 44556677 8899aabb ccddeeff",
    ].join("\n"),
    keys: [`- ${KEY}`],
  },
  { name: "vpnc's dump", text: "   enc-key: 00112233 44556677 8899aabb ccddeeff", keys: [`- ${KEY}`] },
];

describe("a list of keys", () => {
  it.each(ROWS)("takes $name", ({ text, keys }) => {
    const list = keysOf(text);
    const found = list.keys.map(
      ({ cookie, bytes }) => `${cookie ?? "-"} ${Buffer.from(bytes).toString("hex")}`,
    );
    expect(found).toEqual(keys);
    expect(list.unreadable).toEqual([]);
  });

  it("names the lines that are no key, by number alone", () => {
    expect(keysOf(`secret password\n${KEY}\n0011\n0123456789abcdef,00zz\n`).unreadable).toEqual([1, 3, 4]);
  });

  it("is bounded, and a line of a megabyte is none", () => {
    const list = keysOf("a".repeat(1 << 20));
    expect(list.keys).toEqual([]);
    for (let i = 0; i < 70_000; i += 1) list.take(i.toString(16).padStart(32, "0"));
    expect(list.keys.length + list.evicted).toBe(70_000);
    expect(list.keys.length).toBe(65_536);
  });
});
