import { describe, expect, it } from "vitest";
import { readInside } from "../../src/wire/inside.ts";
import { notifyName, numberedNotify } from "../../src/wire/notifies.ts";
import { readChain } from "../../src/wire/payload-chain.ts";
import { isakmp, payloads } from "../support/frames.ts";

const COOKIES = { initiatorCookie: "11".repeat(8), responderCookie: "22".repeat(8) };
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const AROUND = Buffer.alloc(40, 0xaa);

/** A message of these payloads, type and content in hex, in the middle of other bytes. */
function inside(...list: readonly (readonly [type: number, body: string])[]) {
  const chain = payloads(list.map(([type, body]) => ({ type, body: hex(body) })));
  const message = isakmp({ ...COOKIES, exchange: 5, flags: 0, ...chain });
  const bytes = Buffer.concat([AROUND, message, AROUND]);
  return readInside(bytes, AROUND.length, AROUND.length + message.length);
}
const [SA, ID, NOTIFY, DELETE, NAT_OA, NAT_OA_DRAFT] = [1, 5, 11, 12, 21, 131];

describe("a Delete (RFC 2408 3.15)", () => {
  it.each<[string, string, { protocol: number; spis: string[] }[]]>([
    ["of one IPsec SA", "00000001 03 04 0001 c0000001", [{ protocol: 3, spis: ["c0000001"] }]],
    ["of two", "00000001 02 04 0002 c0000001 00000a0b", [{ protocol: 2, spis: ["c0000001", "00000a0b"] }]],
    [
      "of an IKE SA, by its cookies",
      `00000001 01 10 0001 ${"0f".repeat(16)}`,
      [{ protocol: 1, spis: ["0f".repeat(16)] }],
    ],
    ["of none", "00000001 03 04 0000", [{ protocol: 3, spis: [] }]],
    ["that says more SPIs than there are", "00000001 03 04 0002 c0000001 c00000", []],
    ["that is too short", "00000001 03 04 00", []],
  ])("%s", (_, body, deletes) => {
    expect(inside([DELETE, body]).deletes).toEqual(deletes);
  });

  it("of more SAs than anyone deletes at once: 64 are named", () => {
    const [{ spis }] = inside([DELETE, `00000001 03 01 0046 ${"07".repeat(69)}2a`]).deletes;
    expect([spis.length, spis[63]]).toEqual([64, "07"]);
  });
});

describe("a notify (RFC 2408 3.14)", () => {
  it.each<[string, string, object[]]>([
    ["with an SPI", "00000001 03 04 000e c0000001", [{ protocol: 3, type: 14, spi: "c0000001" }]],
    [
      "with data behind it",
      "00000001 03 04 6000 c0000001 8001",
      [{ protocol: 3, type: 24_576, spi: "c0000001" }],
    ],
    ["without", "00000001 01 00 8d28", [{ protocol: 1, type: 36_136, spi: "" }]],
    ["whose SPI is longer than it", "00000001 03 05 000e c0000001", []],
    ["that is too short", "00000001 01 00 00", []],
  ])("%s", (_, body, notifies) => {
    expect(inside([NOTIFY, body]).notifies).toEqual(notifies);
  });

  it("has a name, or is a number", () => {
    expect([1, 14, 30, 24_578, 36_137, 31, 8_192].map(notifyName)).toEqual([
      "INVALID-PAYLOAD-TYPE",
      "NO-PROPOSAL-CHOSEN",
      "UNEQUAL-PAYLOAD-LENGTHS",
      "INITIAL-CONTACT",
      "R-U-THERE-ACK",
      "31",
      "8192",
    ]);
    expect([numberedNotify(14), numberedNotify(31)]).toEqual(["NO-PROPOSAL-CHOSEN (14)", "notify 31"]);
  });
});

describe("an ID and an original address (RFC 2407 4.6.2, RFC 3947 5.2)", () => {
  const v6 = "20010db8 00000000 00000000 000000ff";
  const mask = `${"ff".repeat(8)} ${"00".repeat(8)}`;
  it.each<[string, string, string]>([
    ["an IPv4 address", "01 11 06a5 c000020b", "192.0.2.11"],
    ["an IPv4 subnet", "04 11 06a5 c0000200 ffffff00", "192.0.2.0/255.255.255.0"],
    ["an IPv6 address", `05 11 06a5 ${v6}`, "2001:db8::ff"],
    ["an IPv6 subnet", `06 11 06a5 ${v6} ${mask}`, "2001:db8::ff/ffff:ffff:ffff:ffff::"],
    ["an IPv4 address of three bytes", "01 11 06a5 c00002", "c00002"],
    ["an IPv4 subnet of four bytes", "04 11 06a5 c0000200", "c0000200"],
    ["an IPv6 address of four bytes", "05 11 06a5 c0000200", "c0000200"],
    ["an IPv6 subnet of sixteen bytes", `06 11 06a5 ${v6}`, v6.replaceAll(" ", "")],
    ["a name", "02 11 06a5 6162", "6162"],
    ["a name of which 64 bytes are shown", `02 11 06a5 ${"61".repeat(70)}`, "61".repeat(64)],
    ["nothing", "02 11 06a5", ""],
  ])("%s", (_, body, text) => {
    const kind = Number.parseInt(body, 16);
    expect(inside([ID, body]).ids).toEqual([{ kind, protocol: 17, port: 1_701, text }]);
    for (const type of [NAT_OA, NAT_OA_DRAFT]) expect(inside([type, body]).natOriginals).toEqual([text]);
  });

  it("in their order; one that is too short is passed over", () => {
    const { ids, natOriginals } = inside(
      [ID, "01 00 0000 0a000001"],
      [ID, "01 00 00"],
      [ID, "01 00 0000 0a000002"],
      [NAT_OA, "01 00"],
    );
    expect([ids.map(({ text }) => text), natOriginals]).toEqual([["10.0.0.1", "10.0.0.2"], []]);
  });
});

describe("proposals (RFC 2408 3.4 to 3.6, RFC 2407 4.5)", () => {
  const length = (text: string, more: number) => (hex(text).length + more).toString(16).padStart(4, "0");
  const transform = (attributes: string) => `0000 ${length(attributes, 8)} 01 0c 0000 ${attributes}`;
  const proposal = (spi: string, ...transforms: readonly string[]) => {
    const rest = `${spi} ${transforms.map(transform).join("")}`;
    const size = hex(spi).length.toString(16).padStart(2, "0");
    return `0000 ${length(rest, 8)} 01 03 ${size} 01 ${rest}`;
  };
  const asked = (...proposals: readonly string[]) => {
    const { spis, encapsulation } = inside([SA, `00000001 00000001 ${proposals.join("")}`]);
    return [spis.map(({ spi }) => spi).join(), encapsulation];
  };

  it.each<[string, readonly string[], readonly [string, number]]>([
    ["transport", [proposal("c0000001", "8004 0002")], ["c0000001", 2]],
    [
      "behind other attributes, a long one among them",
      [proposal("c0000001", "8001 0001 0002 0004 00000e10 8004 0004")],
      ["c0000001", 4],
    ],
    [
      "as a long attribute, of which the last bytes are the value",
      [proposal("c0000001", "0004 0004 00000001")],
      ["c0000001", 1],
    ],
    ["a long one of three bytes says nothing", [proposal("c0000001", "0004 0003 000001")], ["c0000001", 0]],
    [
      "a long one beyond its transform says nothing",
      [proposal("c0000001", "0004 0005 00000001")],
      ["c0000001", 0],
    ],
    ["the numbers of the drafts", [proposal("c0000001", "8004 f003")], ["c0000001", 3]],
    ["61440 itself is no number of a draft", [proposal("c0000001", "8004 f000")], ["c0000001", 61_440]],
    [
      "the first that states one",
      [proposal("c0000001", "8001 0001", "8004 0002"), proposal("c0000002", "8004 0001")],
      ["c0000001,c0000002", 2],
    ],
    [
      "of the second transform, where the first has none",
      [proposal("c0000001", "", "8004 0002")],
      ["c0000001", 2],
    ],
    ["not stated", [proposal("c0000001", "8001 0001")], ["c0000001", 0]],
    ["without a transform", [proposal("c0000001")], ["c0000001", 0]],
    ["without an SPI", [proposal("", "8004 0002")], ["", 2]],
    [
      "a proposal that ends behind the payload",
      [proposal("c0000001"), "0000 0011 01 03 04 01 c0000002 0000"],
      ["c0000001", 0],
    ],
    ["a proposal shorter than its SPI", ["0000 000b 01 03 04 01 c0000001"], ["", 0]],
    [
      "a transform that ends behind its proposal",
      ["0000 0018 01 03 04 01 c0000001 0000 000d 01 0c 0000 8004 0002"],
      ["c0000001", 0],
    ],
    [
      "a transform shorter than its header",
      ["0000 0018 01 03 04 01 c0000001 0000 0007 01 0c 0000 8004 0002"],
      ["c0000001", 0],
    ],
  ])("%s", (_, proposals, expected) => {
    expect(asked(...proposals)).toEqual(expected);
  });
});

describe("the chain of payloads (RFC 2408 3.2)", () => {
  const chain = (firstType: number, body: string, cut = 0) => {
    const message = isakmp({ ...COOKIES, exchange: 5, flags: 0, nextPayload: firstType, body: hex(body) });
    const bytes = Buffer.concat([AROUND, message, AROUND]);
    const {
      payloads: found,
      whole,
      end,
    } = readChain(bytes, AROUND.length, AROUND.length + message.length - cut);
    const at = AROUND.length + 28;
    return [found.map(({ type, from, to }) => [type, from - at, to - at]), whole, end - at];
  };
  it.each<[string, unknown, unknown]>([
    [
      "two, and padding behind",
      chain(8, "0b 00 0006 aaaa 00 00 0004 0000"),
      [
        [
          [8, 4, 6],
          [11, 10, 10],
        ],
        true,
        10,
      ],
    ],
    ["none at all", chain(0, ""), [[], false, 0]],
    ["one that was cut", chain(8, "00 00 0006 aaaa", 1), [[], false, 0]],
    ["a header that was cut", chain(8, "00 00 0004", 1), [[], false, 0]],
    ["one of a length that is too small", chain(8, "00 00 0003"), [[], false, 0]],
    ["one with a reserved byte that is not zero", chain(8, "00 01 0004"), [[], false, 0]],
    [
      "one of a type that nobody knows, behind one that is known",
      chain(8, "63 00 0004 00 00 0004"),
      [[[8, 4, 4]], false, 4],
    ],
    [
      "64 are read",
      (chain(8, "08 00 0004".repeat(70)) as [unknown[], boolean, number]).slice(1),
      [false, 256],
    ],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});
