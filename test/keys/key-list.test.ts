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

  const RACOON = "DEBUG: final encryption key computed:";
  const CHARON = "[IKE] encryption key Ka => 16 bytes @ 0x1";
  const HEX = "00112233 44556677 8899aabb ccddeeff";
  const DUMP = "[IKE]    0: 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF  ................";

  it.each<[string, string[], string[]]>([
    ["a key of 8 bytes is DES's", ["0123456789abcdef"], ["0123456789abcdef"]],
    ["of 24 bytes that of 3DES or AES-192", ["ab".repeat(24)], ["ab".repeat(24)]],
    ["of 32 bytes that of AES-256", ["ab".repeat(32)], ["ab".repeat(32)]],
    ["of 20 bytes it is none's", ["ab".repeat(20)], []],
    ["half a byte more is none's", [`${KEY}0`], []],
    ["a cookie of 15 digits names nothing", [`0123456789abcde,${KEY}`], []],
    ["with blanks around its comma a row is one", [`0x0123456789abcdef , 0x${KEY}`], [KEY]],
    ["words behind a key make it none", [`${KEY} of the office`], []],
    ["a dump of strongSwan that another line breaks is none", [CHARON, "[NET] received packet", DUMP], []],
    ["a dump of another thing before it is not it", [DUMP, CHARON], []],
    [
      "a key that no cipher takes is not waited for",
      [CHARON.replace("16 bytes", "20 bytes"), DUMP, DUMP],
      [],
    ],
    [
      "more bytes than were announced are not the key's",
      [CHARON.replace("16", "8"), DUMP],
      ["0011223344556677"],
    ],
    ["the line behind a key is not of it", [CHARON, DUMP, DUMP], [KEY]],
    ["racoon's key may follow on the second line", [RACOON, "DEBUG: ", HEX], [KEY]],
    ["but not behind a line that says something", [RACOON, "DEBUG: something else", HEX], []],
    ["but not behind another line", [RACOON, "INFO: something else", HEX], []],
    ["a cookie of racoon is no key", ["DEBUG: new cookie:", "831d33d46e20f8e6"], []],
    ["nor two words of one", ["DEBUG: new cookie:", "831d33d4 6e20f8e6 "], []],
    ["a dump that nothing announced is none", [HEX], []],
    ["vpnc has more keys than this one", [`   enc-key: ${HEX}`, `   auth-key: ${HEX}`], [KEY]],
  ])("knows a key where there is one: %s", (_, lines, wanted) => {
    const found = keysOf(lines.join("\n")).keys.map(({ bytes }) => Buffer.from(bytes).toString("hex"));
    expect(found).toEqual(wanted);
  });

  it("says where each stands: in a log at the line that announces it", () => {
    const list = keysOf(
      [
        "# keys",
        KEY,
        CHARON,
        DUMP.replace("00 11", "99 99"),
        RACOON,
        "DEBUG: ",
        `${HEX.slice(0, -2)}00`,
      ].join("\n"),
    );
    expect(list.keys.map(({ line, source }) => [source, line])).toEqual([
      ["keys", 2],
      ["keys", 3],
      ["keys", 5],
    ]);
  });

  it("takes a key for each cookie that it is said of, and one that is said of none", () => {
    const [a, b] = ["0123456789abcdef", "fedcba9876543210"];
    const list = keysOf([`${a},${KEY}`, `${b},${KEY}`, KEY, `${a},${KEY.toUpperCase()}`].join("\n"));
    expect(list.keys.map(({ cookie }) => cookie)).toEqual([a, b, null]);
  });

  it("names the lines that are no key, by number alone", () => {
    expect(keysOf(`secret password\n${KEY}\n0011\n0123456789abcdef,00zz\n`).unreadable).toEqual([1, 3, 4]);
  });

  it("takes a line of 4,096 characters, and no longer one", () => {
    expect(keysOf(KEY.padEnd(4_096)).keys).toHaveLength(1);
    expect(keysOf(KEY.padEnd(4_097)).keys).toHaveLength(0);
  });

  it("names so many lines that are no key, and no more", () => {
    const list = keysOf("?");
    for (let i = 0; i < 65_540; i += 1) list.take("?");
    expect(list.unreadable).toHaveLength(65_536);
  });

  it("is bounded, and a line of a megabyte is none", () => {
    const list = keysOf("a".repeat(1 << 20));
    expect(list.keys).toEqual([]);
    for (let i = 0; i < 70_000; i += 1) list.take(i.toString(16).padStart(32, "0"));
    expect(list.keys.length + list.evicted).toBe(70_000);
    expect(list.keys.length).toBe(65_536);
  });
});
