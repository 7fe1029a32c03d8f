import { describe, expect, it } from "vitest";
import { type ClearPayloads, readClearPayloads } from "../../src/wire/payloads.ts";
import { isakmp, payloads } from "../support/frames.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const u16 = (value: number) => value.toString(16).padStart(4, "0");

/** A transform (RFC 2408 3.6): number 1, KEY_IKE, the attributes given. */
function transform(attributes: string, more = false): string {
  const body = attributes.replaceAll(" ", "");
  return `${more ? "03" : "00"} 00 ${u16(8 + body.length / 2)} 01 01 0000 ${body}`.replaceAll(" ", "");
}

/** A proposal (RFC 2408 3.5): number 1, ISAKMP, an SPI of as many bytes as given. */
function proposal(transforms: readonly string[], spi = "", more = false): string {
  const body = spi + transforms.join("");
  const count = transforms.length.toString(16).padStart(2, "0");
  return `${more ? "02" : "00"}00${u16(8 + body.length / 2)}0101${(spi.length / 2).toString(16).padStart(2, "0")}${count}${body}`;
}

/** An SA payload's body (RFC 2408 3.4): IPSEC DOI, identity only, proposals. */
const association = (...proposals: string[]) => hex(`00000001 00000001 ${proposals.join("")}`);

const CIPHER = "8001 0007 800e 0100 8002 0002 8004 0014 8003 0001";
/** Life of 28,800 s in the long form, as Windows sends it. */
const WINDOWS_LIFE = "800b 0001 000c 0004 00007080";

function message(
  list: readonly { type: number; body: Uint8Array }[],
  more: { length?: number } = {},
): Buffer {
  return isakmp({
    initiatorCookie: "11".repeat(8),
    responderCookie: "00".repeat(8),
    exchange: 2,
    flags: 0,
    ...payloads(list),
    ...more,
  });
}

function read(bytes: Uint8Array, captured = bytes.length): ClearPayloads {
  const around = Buffer.alloc(48, 0x0d);
  return readClearPayloads(Buffer.concat([around, bytes, around]), around.length, captured);
}

const lifeOf = (...proposals: string[]) =>
  read(message([{ type: 1, body: association(...proposals) }])).lifeSeconds;

describe("a main mode as Windows begins it", () => {
  const first = message([
    {
      type: 1,
      body: association(
        proposal([transform(`${CIPHER} ${WINDOWS_LIFE}`, true), transform(`${CIPHER} ${WINDOWS_LIFE}`)]),
      ),
    },
    { type: 13, body: hex("1e2b516905991c7d7c96fcbfb587e461 00000008") },
    { type: 13, body: hex("4a131c81070358455c5728f20e95452f") },
    { type: 13, body: hex("26244d38eddb61b3172a36e3d0cfb819") },
  ]);
  it("shows its vendor IDs in order, and its lifetime", () => {
    expect(read(first)).toEqual({
      vendorIds: [
        "1e2b516905991c7d7c96fcbfb587e46100000008",
        "4a131c81070358455c5728f20e95452f",
        "26244d38eddb61b3172a36e3d0cfb819",
      ],
      lifeSeconds: 28800,
      natDiscovery: 0,
      natHashes: [],
      // SHA-1 (RFC 2409 App. A), the attribute 8002 0002 of the cipher.
      hash: 2,
      notifies: [],
      cut: false,
    });
  });

  it("shows what lies before the end of a short capture, and that it was cut", () => {
    // The last vendor ID is 20 bytes with its header; of it, all but the last byte were captured.
    const found = read(first, first.length - 1);
    expect(found.vendorIds).toHaveLength(2);
    expect(found).toMatchObject({ lifeSeconds: 28800, cut: true });
  });

  it("shows nothing of a capture that ends behind the header", () => {
    expect(read(first, 28)).toEqual({
      vendorIds: [],
      lifeSeconds: null,
      natDiscovery: 0,
      natHashes: [],
      hash: null,
      notifies: [],
      cut: true,
    });
  });

  it("does not take padding behind the message for a part of it", () => {
    expect(read(Buffer.concat([first, Buffer.alloc(16, 13)]))).toEqual(read(first));
  });
});

describe("NAT discovery in the third and fourth message", () => {
  it.each<[string, number[], number]>([
    ["two payloads of RFC 3947", [4, 10, 20, 20], 2],
    ["three of the drafts", [4, 10, 130, 130, 130], 3],
    ["none", [4, 10], 0],
    ["an original address (21) is none", [4, 10, 21], 0],
  ])("%s", (_, types, count) => {
    const list = types.map((type) => ({ type, body: Buffer.alloc(20, type) }));
    expect(read(message(list)).natDiscovery).toBe(count);
  });
});

describe("the lifetime that is offered (RFC 2409 appendix A)", () => {
  it.each<[string, number | null, string[]]>([
    ["a duration in the long form", 28800, [proposal([transform(`${CIPHER} ${WINDOWS_LIFE}`)])]],
    ["a duration in the short form", 3600, [proposal([transform(`${CIPHER} 800b 0001 800c 0e10`)])]],
    ["the highest duration in the short form", 65535, [proposal([transform("800b 0001 800c ffff")])]],
    ["a life type in the long form", 86400, [proposal([transform("000b 0002 0001 000c 0004 00015180")])]],
    ["a duration of 8 bytes", 28800, [proposal([transform("800b 0001 000c 0008 0000000000007080")])]],
    ["a duration of 2 bytes in the long form", 28800, [proposal([transform("800b 0001 000c 0002 7080")])]],
    [
      "a duration beyond every number",
      Number.MAX_SAFE_INTEGER,
      [proposal([transform("800b 0001 000c 0008 ffffffffffffffff")])],
    ],
    [
      "the smallest of several transforms",
      3600,
      [
        proposal([
          transform(WINDOWS_LIFE, true),
          transform("800b 0001 800c 0e10", true),
          transform("800b 0001 800c 7080"),
        ]),
      ],
    ],
    [
      "the smallest of several proposals",
      1800,
      [proposal([transform(WINDOWS_LIFE)], "", true), proposal([transform("800b 0001 800c 0708")])],
    ],
    ["an SPI of 8 bytes in the proposal", 28800, [proposal([transform(WINDOWS_LIFE)], "a1a2a3a4a5a6a7a8")]],
    [
      "kilobytes before seconds",
      28800,
      [proposal([transform(`800b 0002 000c 0004 0003d090 ${WINDOWS_LIFE}`)])],
    ],
    ["kilobytes alone are no time", null, [proposal([transform("800b 0002 000c 0004 0003d090")])]],
    ["a duration without a type", null, [proposal([transform("000c 0004 00007080")])]],
    ["a type without a duration", null, [proposal([transform("800b 0001")])]],
    [
      "one behind 256 proposals without a transform: so many are not looked at",
      null,
      [...Array<string>(256).fill(proposal([], "", true)), proposal([transform("800b 0001 800c 0e10")])],
    ],
    [
      "one behind 255 of them",
      3600,
      [...Array<string>(255).fill(proposal([], "", true)), proposal([transform("800b 0001 800c 0e10")])],
    ],
    ["no life at all", null, [proposal([transform(CIPHER)])]],
    [
      "a duration of zero, and one of no bytes, are none",
      null,
      [proposal([transform("800b 0001 800c 0000", true), transform("800b 0001 000c 0000")])],
    ],
    ["no proposals", null, []],
  ])("%s", (_, seconds, proposals) => {
    expect(lifeOf(...proposals)).toBe(seconds);
  });
});

describe("lengths that lie end the walk, and what was read before them stands", () => {
  const vendor = { type: 13, body: hex("afcad71368a1f1c96b8696fc77570100") };
  const known = ["afcad71368a1f1c96b8696fc77570100"];
  const good = message([vendor, vendor]);
  /** Changes the length of the second payload, which begins behind 28 + 20 bytes. */
  const lying = (length: number) => {
    const copy = Buffer.from(good);
    copy.writeUInt16BE(length, 28 + 20 + 2);
    return copy;
  };

  /** A proposal or transform whose length says one byte more than it has. */
  const longer = (text: string) =>
    `${text.slice(0, 4)}${u16(Number.parseInt(text.slice(4, 8), 16) + 1)}${text.slice(8)}`;

  it.each<[string, Uint8Array, Partial<ClearPayloads>]>([
    ["a payload length of 0", lying(0), { vendorIds: known, cut: false }],
    ["a payload length of 3, less than its own header", lying(3), { vendorIds: known, cut: false }],
    ["a payload length of 4: an empty vendor ID", lying(4), { vendorIds: [...known, ""] }],
    ["a payload one byte beyond the message", lying(21), { vendorIds: known, cut: false }],
    ["a payload length of 65535", lying(65535), { vendorIds: known, cut: false }],
    [
      "a message length of 28: no payloads, whatever the header says",
      message([vendor], { length: 28 }),
      { vendorIds: [], cut: false },
    ],
    [
      "a message length inside the second payload",
      message([vendor, vendor], { length: 28 + 30 }),
      { vendorIds: known, cut: false },
    ],
    [
      "a proposal longer than its SA payload",
      message([{ type: 1, body: hex("00000001 00000001 0000 ffff 01010001") }, vendor]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "a proposal of length 0",
      message([{ type: 1, body: hex("00000001 00000001 0200 0000 01010001") }, vendor]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "a proposal shorter than its own header",
      message([
        { type: 1, body: hex(`00000001 00000001 00000004 ${proposal([transform(WINDOWS_LIFE)])}`) },
        vendor,
      ]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "a proposal that ends one byte behind its SA payload",
      message([{ type: 1, body: association(longer(proposal([transform(WINDOWS_LIFE)]))) }, vendor]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "a transform that ends one byte behind its proposal",
      message([{ type: 1, body: association(proposal([longer(transform(WINDOWS_LIFE))])) }, vendor]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "a transform shorter than its own header",
      message([{ type: 1, body: association(proposal([`03000004${transform(WINDOWS_LIFE)}`])) }, vendor]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "an SPI longer than its proposal",
      message([{ type: 1, body: hex("00000001 00000001 0000 0008 0101ff01") }, vendor]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "a transform of length 0",
      message([
        { type: 1, body: association(`0000001001010001 0300 0000 0101 0000`.replaceAll(" ", "")) },
        vendor,
      ]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "a transform longer than its proposal",
      message([
        { type: 1, body: association(`0000001001010001 0000 0100 0101 0000`.replaceAll(" ", "")) },
        vendor,
      ]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "an attribute longer than its transform",
      message([
        { type: 1, body: association(proposal([transform("800b 0001 000c 0005 00007080")])) },
        vendor,
      ]),
      { lifeSeconds: null, vendorIds: known },
    ],
    [
      "an SA payload of 4 bytes",
      message([{ type: 1, body: hex("00000001") }, vendor]),
      { lifeSeconds: null, vendorIds: known },
    ],
  ])("%s", (_, bytes, expected) => {
    expect(read(bytes)).toMatchObject(expected);
  });

  it("an attribute longer than its transform does not take the life of the next one", () => {
    expect(
      lifeOf(proposal([transform("800b 0001 000c 0040 00007080", true), transform("800b 0001 800c 0e10")])),
    ).toBe(3600);
  });

  it("of hundreds of vendor IDs 32 are kept, of long ones 64 bytes", () => {
    const many = read(
      message(Array.from({ length: 60 }, (_, i) => ({ type: 13, body: Buffer.alloc(100, i) }))),
    );
    expect(many.vendorIds).toHaveLength(32);
    expect(many.vendorIds[31]).toBe("1f".repeat(64));
  });

  it("a chain that never ends is left after a bounded number of payloads", () => {
    // 4-byte payloads that each announce another NAT-D: 16,000 of them in one message.
    const chain = Buffer.from("14000004".repeat(16_000), "hex");
    const endless = isakmp({
      initiatorCookie: "11".repeat(8),
      responderCookie: "00".repeat(8),
      exchange: 2,
      nextPayload: 20,
      flags: 0,
      body: chain,
    });
    expect(read(endless).natDiscovery).toBeLessThanOrEqual(64);
  });
});
