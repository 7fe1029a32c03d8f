/** What of a message stays and what is replaced, payload by payload (RFC 2408 3.1, RFC 2407 4.6.2, RFC 3947). */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AddressMap } from "../../src/anonymize/address-map.ts";
import { Keyed } from "../../src/anonymize/keyed.ts";
import { MessageScrubber } from "../../src/anonymize/messages.ts";
import { type Endpoint, NatDiscovery } from "../../src/anonymize/nat-discovery.ts";
import { nodeHash } from "../../src/node/anonymize.ts";
import { isakmp, payloads } from "../support/frames.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const keyed = new Keyed(new Uint8Array(32).fill(9), nodeHash);
const addresses = new AddressMap(keyed);
const scrubberOf = () => new MessageScrubber(keyed, addresses, new NatDiscovery(keyed, addresses));
const COOKIES = { initiatorCookie: "11".repeat(8), responderCookie: "22".repeat(8) };
const HEADER = 28;
const GENERIC = 4;

interface Parts {
  list: readonly { type: number; body: Uint8Array }[];
  fields?: object;
  /** Bytes behind the message. */
  behind?: Uint8Array;
  captured?: number;
}

/** The message scrubbed, behind its header. */
function scrubbed({ list, fields = {}, behind = new Uint8Array(0), captured }: Parts, by = scrubberOf()) {
  const whole = isakmp({ ...COOKIES, exchange: 2, flags: 0, ...payloads(list), ...fields });
  const message = Uint8Array.from([...whole, ...behind]).slice(0, captured);
  const before = message.slice(0, HEADER);
  by.scrub(message, []);
  expect(message.slice(0, HEADER)).toEqual(before);
  return message.slice(HEADER);
}
/** The body of a single payload, scrubbed. */
const alone = (type: number, body: Uint8Array) => scrubbed({ list: [{ type, body }] }).slice(GENERIC);
const BODY = Uint8Array.from({ length: 40 }, (_, i) => i + 1);
/** How many bytes at the beginning are the same; the rest has to be another one. */
function kept(after: Uint8Array, before: Uint8Array): number {
  expect(after.length).toBe(before.length);
  const same = before.findIndex((byte, i) => after[i] !== byte);
  return same < 0 ? before.length : same;
}

describe("of a payload in the clear", () => {
  it.each([
    ["SA", 1],
    ["key exchange", 4],
    ["hash", 8],
    ["nonce", 10],
    ["delete", 12],
  ])("%s stays", (_, type) => {
    expect(alone(type, BODY)).toEqual(BODY);
  });

  it.each([
    ["certificate", 6],
    ["certificate request", 7],
    ["signature", 9],
    ["attributes", 14],
    ["a type that is not known", 200],
  ])("%s is replaced, the same by the same", (_, type) => {
    const after = alone(type, BODY);
    expect(kept(after, BODY)).toBeLessThan(4);
    expect(alone(type, BODY)).toEqual(after);
  });

  it("the same content is another one in a payload of another type", () => {
    expect(alone(6, BODY)).not.toEqual(alone(7, BODY));
  });

  it("a vendor ID stays where it is known: RFC 3947's", () => {
    const known = createHash("md5").update("RFC 3947").digest();
    expect(Buffer.from(alone(13, known))).toEqual(known);
    expect(kept(alone(13, BODY), BODY)).toBeLessThan(4);
  });

  it.each([
    ["NAT-D", 20],
    ["NAT-D of the drafts", 130],
  ])("%s of nobody who was seen is another hash of its length", (_, type) => {
    expect(kept(alone(type, BODY.slice(0, 20)), BODY.slice(0, 20))).toBeLessThan(4);
  });

  it.each<[string, number, string, number]>([
    ["an IPv4 address", 5, "01 11 01f4", 4],
    ["an IPv6 address", 5, "05 11 01f4", 16],
    ["NAT-OA with an IPv4 address", 21, "01 000000", 4],
    ["NAT-OA of the drafts with an IPv6 address", 131, "05 000000", 16],
  ])("an identification: %s is mapped as in headers", (_, type, fixed, length) => {
    const address = Uint8Array.from({ length }, (_, i) => 0x20 + i);
    const after = alone(type, Uint8Array.from([...hex(fixed), ...address]));
    expect([...after]).toEqual([...hex(fixed), ...addresses.map(address)]);
  });

  it.each<[string, string, number]>([
    ["a name", "02 11 01f4", 9],
    ["five bytes as an IPv4 address", "01 11 01f4", 5],
    ["four bytes as an IPv6 address", "05 11 01f4", 4],
    ["sixteen bytes as an IPv4 address", "01 11 01f4", 16],
    ["four bytes of a range of addresses", "04 11 01f4", 4],
  ])("an identification: of %s the type stays, and the value is replaced", (_, fixed, length) => {
    const value = Uint8Array.from({ length }, (_, i) => 0x20 + i);
    const after = alone(5, Uint8Array.from([...hex(fixed), ...value]));
    expect([...after.slice(0, 4)]).toEqual([...hex(fixed)]);
    expect([...after.slice(4)]).toEqual([...keyed.substitute("identification", value)]);
  });

  it("a notification: type and SPI stay, and its data is replaced", () => {
    const data = BODY.slice(0, 12);
    const body = Uint8Array.from([...hex("00000001 01 04 000e aabbccdd"), ...data]);
    expect(kept(alone(11, body), body)).toBe(12);
    expect(alone(11, hex("00000001 01 00 000e"))).toEqual(hex("00000001 01 00 000e"));
    // Longer than it: the SPI that it claims is all there is.
    expect(alone(11, hex("00000001 01 ff 000e aabb"))).toEqual(hex("00000001 01 ff 000e aabb"));
    expect(alone(11, hex("00000001"))).toEqual(hex("00000001"));
  });
});

describe("of a message", () => {
  const SA = { type: 1, body: BODY };
  const NAME = { type: 6, body: BODY };

  it("each payload is looked at, wherever it stands", () => {
    const after = scrubbed({ list: [SA, NAME, SA, NAME] });
    const plain = payloads([SA, NAME, SA, NAME]).body;
    const bodies = [0, 1, 2, 3].map((i) => after.slice(i * 44 + GENERIC, (i + 1) * 44));
    expect(bodies.map((body) => Buffer.compare(body, BODY) === 0)).toEqual([true, false, true, false]);
    for (let i = 0; i < 4; i += 1)
      expect([...after.slice(i * 44, i * 44 + 4)]).toEqual([...plain.slice(i * 44, i * 44 + 4)]);
  });

  it("what is encrypted stays, whatever it is", () => {
    expect(scrubbed({ list: [NAME], fields: { flags: 1 } }).slice(GENERIC)).toEqual(BODY);
  });

  it("what was captured of a header stays", () => {
    const short = Uint8Array.from({ length: 27 }, (_, i) => i);
    scrubberOf().scrub(short, []);
    expect([...short]).toEqual(Array.from({ length: 27 }, (_, i) => i));
  });

  it("what stands behind it is replaced", () => {
    const after = scrubbed({ list: [SA], behind: BODY });
    expect(after.slice(GENERIC, 44)).toEqual(BODY);
    expect(kept(after.slice(44), BODY)).toBeLessThan(4);
  });

  it("a length field that ends within the chain, or the header, ends the chain there", () => {
    const after = scrubbed({ list: [SA, SA], fields: { length: HEADER + 44 } });
    expect(after.slice(GENERIC, 44)).toEqual(BODY);
    expect(kept(after.slice(48), BODY)).toBeLessThan(4);
    expect(kept(scrubbed({ list: [SA], fields: { length: 5 } }).slice(GENERIC), BODY)).toBeLessThan(4);
  });

  it("a payload shorter than its own header ends the chain, and what follows is replaced", () => {
    const lying = Uint8Array.from(isakmp({ ...COOKIES, exchange: 2, flags: 0, ...payloads([SA, SA]) }));
    lying[HEADER + 44 + 3] = 3;
    scrubberOf().scrub(lying, []);
    expect(lying.slice(HEADER + GENERIC, HEADER + 44)).toEqual(BODY);
    expect(kept(lying.slice(HEADER + 44 + GENERIC), BODY)).toBeLessThan(4);
    expect([...lying.slice(HEADER + 44, HEADER + 48)]).not.toEqual([0, 0, 0, 3]);
  });

  it("padding behind the last payload is replaced from its first byte on, whatever lengths it seems to hold", () => {
    const padding = Uint8Array.of(0, 0, 0, 8, 1, 2, 3, 4);
    const after = scrubbed({ list: [SA], behind: padding, fields: { length: HEADER + 44 + 8 } });
    expect(after.slice(GENERIC, 44)).toEqual(BODY);
    expect(kept(after.slice(44), padding)).toBeLessThan(4);
  });

  it("of a payload that a snaplen cut, what is there is replaced or stays", () => {
    expect(scrubbed({ list: [SA], captured: HEADER + 14 }).slice(GENERIC)).toEqual(BODY.slice(0, 10));
    const cut = scrubbed({ list: [NAME], captured: HEADER + 14 }).slice(GENERIC);
    expect(kept(cut, BODY.slice(0, 10))).toBeLessThan(4);
  });

  it("64 payloads are looked at, and what is behind them is replaced", () => {
    const after = scrubbed({ list: Array(65).fill({ type: 1, body: BODY }) });
    expect(after.slice(63 * 44 + GENERIC, 64 * 44)).toEqual(BODY);
    expect(kept(after.slice(64 * 44 + GENERIC), BODY)).toBeLessThan(4);
  });

  it("of another protocol all behind the header is replaced", () => {
    const message = Uint8Array.from(isakmp({ ...COOKIES, exchange: 34, ...payloads([SA]) }));
    const before = message.slice();
    scrubberOf().scrubWhole(message);
    expect(kept(message, before)).toBeGreaterThanOrEqual(HEADER);
    expect(kept(message.slice(HEADER + GENERIC), BODY)).toBeLessThan(4);
    const bare = before.slice(0, HEADER);
    scrubberOf().scrubWhole(bare);
    expect(bare).toEqual(before.slice(0, HEADER));
  });
});

describe("NAT-D", () => {
  const natD = (address: Uint8Array, port: number) => {
    const input = Buffer.concat([
      Buffer.from("11".repeat(8) + "22".repeat(8), "hex"),
      address,
      Uint8Array.of(port >> 8, port & 255),
    ]);
    return Uint8Array.from(createHash("sha1").update(input).digest());
  };

  it("of an endpoint of the datagram is that of its new address (RFC 3947 3.2)", () => {
    const near: Endpoint[] = [{ address: Uint8Array.of(198, 51, 100, 7), port: 500 }];
    const list = [{ type: 20, body: natD(near[0].address, 500) }];
    const message = Uint8Array.from(isakmp({ ...COOKIES, exchange: 2, flags: 0, ...payloads(list) }));
    scrubberOf().scrub(message, near);
    expect(message.slice(HEADER + GENERIC)).toEqual(natD(addresses.map(near[0].address), 500));
  });
});

describe("IKE fragments (MS-IKEE 2.2.3)", () => {
  const inner = (flags: number) =>
    Uint8Array.from(isakmp({ ...COOKIES, exchange: 2, flags, ...payloads([{ type: 1, body: BODY }]) }));
  /** @param set its ID; `number` that of the piece, from 1 */
  const piece = (set: number, number: number, content: Uint8Array) => ({
    type: 132,
    body: Uint8Array.from([set >> 8, set & 255, number, 0, ...content]),
  });
  const through = (by: MessageScrubber, part: ReturnType<typeof piece>, fields: object = {}) =>
    scrubbed({ list: [part], fields }, by).slice(GENERIC + 4);

  it("of an encrypted message stay, the later ones as well", () => {
    const by = scrubberOf();
    const first = inner(1);
    expect(through(by, piece(0x0107, 1, first))).toEqual(first);
    expect(through(by, piece(0x0107, 2, BODY))).toEqual(BODY);
  });

  it("of one in the clear are replaced, but for the header of the message", () => {
    const by = scrubberOf();
    const first = inner(0);
    expect(kept(through(by, piece(7, 1, first)), first)).toBeGreaterThanOrEqual(HEADER);
    expect(kept(through(by, piece(7, 1, first)), first)).toBeLessThan(first.length);
    expect(kept(through(by, piece(7, 2, BODY)), BODY)).toBeLessThan(4);
    expect(through(by, piece(7, 1, first.slice(0, 20)))).toEqual(first.slice(0, 20));
  });

  it.each<[string, number, number, object]>([
    ["another ID, low byte", 0x0108, 2, {}],
    ["another ID, high byte", 0x0207, 2, {}],
    ["another IKE SA", 0x0107, 2, { initiatorCookie: "33".repeat(8) }],
    ["its other side's", 0x0107, 2, { responderCookie: "33".repeat(8) }],
  ])("of a set beside an encrypted one are replaced: %s", (_, set, number, fields) => {
    const by = scrubberOf();
    through(by, piece(0x0107, 1, inner(1)));
    expect(kept(through(by, piece(set, number, BODY), fields), BODY)).toBeLessThan(4);
  });

  it("a later piece does not say that its set is encrypted", () => {
    const by = scrubberOf();
    expect(kept(through(by, piece(7, 2, inner(1))), inner(1))).toBeLessThan(4);
    expect(kept(through(by, piece(7, 3, BODY)), BODY)).toBeLessThan(4);
  });

  it("4,096 sets are remembered, and then forgotten", () => {
    const by = scrubberOf();
    const first = inner(1).slice(0, HEADER);
    const list = [piece(0, 1, first)];
    const message = Uint8Array.from(isakmp({ ...COOKIES, exchange: 2, flags: 0, ...payloads(list) }));
    for (let set = 0; set < 4_096; set += 1) {
      message.set([set >> 8, set & 255], HEADER + GENERIC);
      by.scrub(message, []);
    }
    expect(through(by, piece(0, 2, BODY))).toEqual(BODY);
    through(by, piece(5_000, 1, first));
    expect(kept(through(by, piece(0, 2, BODY)), BODY)).toBeLessThan(4);
    expect(through(by, piece(5_000, 2, BODY))).toEqual(BODY);
  });
});
