import { describe, expect, it } from "vitest";
import { readU32 } from "../../src/wire/bytes.ts";
import {
  classifyHeader,
  exchangeType,
  flags,
  headerClassNames,
  lengthField,
  messageId,
} from "../../src/wire/isakmp.ts";
import { type Isakmp, isakmp } from "../support/frames.ts";

const COOKIES = { initiatorCookie: "0102030405060708", responderCookie: "f1f2f3f4f5f6f7f8" };

function message(fields: Partial<Isakmp> = {}): Buffer {
  return isakmp({ ...COOKIES, exchange: 32, body: Buffer.alloc(32, 7), ...fields });
}

/** Class of a message that lies behind other bytes in its chunk. */
function classOf(bytes: Uint8Array, captured = bytes.length, length = bytes.length): string {
  const around = Buffer.alloc(40, 0x10);
  return headerClassNames[
    classifyHeader(Buffer.concat([around, bytes, around]), around.length, captured, length)
  ];
}

describe("the exchange types that each version defines", () => {
  const IKEV1 = [1, 2, 3, 4, 5, 6, 32, 33];
  const AUTHIP = [243, 244, 245, 246];
  const IKEV2 = [34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44];
  const all = Array.from({ length: 256 }, (_, exchange) => exchange);

  it("version 1: RFC 2408, mode config, RFC 2409, and AuthIP's four", () => {
    const expected = all.map((exchange) =>
      IKEV1.includes(exchange) ? "ikev1" : AUTHIP.includes(exchange) ? "authip" : "bad-exchange",
    );
    expect(all.map((exchange) => classOf(message({ exchange })))).toEqual(expected);
  });

  it("version 2: IANA's 34 to 44", () => {
    const expected = all.map((exchange) => (IKEV2.includes(exchange) ? "ikev2" : "bad-exchange"));
    expect(all.map((exchange) => classOf(message({ exchange, version: 0x20 })))).toEqual(expected);
  });

  it("no version but 1 and 2, whatever the minor number", () => {
    const quickMode = all.map((version) => classOf(message({ version })));
    const major = (version: number) => version >> 4;
    expect(quickMode).toEqual(
      all.map((version) =>
        major(version) === 1 ? "ikev1" : major(version) === 2 ? "bad-exchange" : "bad-version",
      ),
    );
  });
});

describe("what is malformed, and what is not", () => {
  const whole = message();
  const bare = message({ body: Buffer.alloc(0) });
  it.each<[string, Uint8Array, number, number, string]>([
    ["60 bytes, all there", whole, 60, 60, "ikev1"],
    ["a header and nothing else", bare, 28, 28, "ikev1"],
    ["a datagram of 27 bytes", bare, 27, 27, "too-short"],
    ["an empty datagram", bare, 0, 0, "too-short"],
    ["a snaplen that left 28 bytes", whole, 28, 60, "ikev1"],
    ["a snaplen that left 27 bytes: the message ID is among them", whole, 27, 60, "ikev1"],
    ["a snaplen that left all up to the message ID", whole, 24, 60, "ikev1"],
    ["a snaplen that left 23 bytes, and a part of the message ID", whole, 23, 60, "header-cut"],
    [
      "a length field that cannot be right, of which the snaplen left a part",
      message({ length: 27 }),
      27,
      60,
      "ikev1",
    ],
    ["a datagram of 27 bytes, of which the snaplen left 24", bare, 24, 27, "too-short"],
    ["a snaplen that left nothing", whole, 0, 60, "header-cut"],
    ["trailing padding", Buffer.concat([whole, Buffer.alloc(4)]), 64, 64, "ikev1"],
    ["trailing padding of which the snaplen left nothing", whole, 60, 64, "ikev1"],
    ["a length field of 27", message({ length: 27 }), 60, 60, "bad-length"],
    ["a length field of 28, the rest being padding", message({ length: 28 }), 60, 60, "ikev1"],
    ["a length field of 0", message({ length: 0 }), 60, 60, "bad-length"],
    ["a length field one beyond the datagram", message({ length: 61 }), 60, 60, "bad-length"],
    ["a length field with the highest bit set", message({ length: 0x8000003c }), 60, 60, "bad-length"],
    ["the highest length field there is", message({ length: 0xffffffff }), 60, 60, "bad-length"],
    ["a length field beyond a datagram that the snaplen cut", message({ length: 61 }), 28, 60, "bad-length"],
    [
      "an initiator cookie of zero",
      message({ initiatorCookie: "00".repeat(8) }),
      60,
      60,
      "zero-initiator-cookie",
    ],
    [
      "an initiator cookie of which one bit is set",
      message({ initiatorCookie: `${"00".repeat(7)}01` }),
      60,
      60,
      "ikev1",
    ],
    [
      "an initiator cookie whose first half alone is set",
      message({ initiatorCookie: `80${"00".repeat(7)}` }),
      60,
      60,
      "ikev1",
    ],
    [
      "a responder cookie of zero, as in every first message",
      message({ responderCookie: "00".repeat(8), exchange: 2 }),
      60,
      60,
      "ikev1",
    ],
    ["version 0", message({ version: 0 }), 60, 60, "bad-version"],
    ["version 3", message({ version: 0x30 }), 60, 60, "bad-version"],
    ["exchange 0", message({ exchange: 0 }), 60, 60, "bad-exchange"],
    ["quick mode under version 2", message({ version: 0x20 }), 60, 60, "bad-exchange"],
    ["IKE_SA_INIT under version 1", message({ exchange: 34 }), 60, 60, "bad-exchange"],
    [
      "an IKEv2 message with a lying length",
      message({ exchange: 34, version: 0x20, length: 61 }),
      60,
      60,
      "bad-length",
    ],
    ["a message ID of zero in quick mode: odd, and well-formed", message({ messageId: 0 }), 60, 60, "ikev1"],
  ])("%s", (_, bytes, captured, length, expected) => {
    expect(classOf(bytes, captured, length)).toBe(expected);
  });
});

describe("the fields of the header (RFC 2408 3.1)", () => {
  // Written out by hand: cookies, next payload 8, version 1.0, exchange 32, flags E and C, ID, length 60.
  const bytes = Buffer.from(
    "ff 0102030405060708 f1f2f3f4f5f6f7f8 08 10 20 03 fedcba98 0000003c".replaceAll(" ", ""),
    "hex",
  );
  it.each<[string, number, number]>([
    ["exchange type", exchangeType(bytes, 1), 32],
    ["flags", flags(bytes, 1), 3],
    ["message ID, unsigned", messageId(bytes, 1), 0xfedcba98],
    ["length", lengthField(bytes, 1), 60],
    ["32 bits of a cookie, unsigned", readU32(bytes, 9), 0xf1f2f3f4],
  ])("%s", (_, read, expected) => {
    expect(read).toBe(expected);
  });
});
