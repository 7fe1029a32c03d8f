import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FragmentAssembler } from "../../src/ike/reassembly.ts";
import { isFragment } from "../../src/wire/fragments.ts";
import { classifyHeader, HeaderClass, headerClassNames } from "../../src/wire/isakmp.ts";
import { firstLayerOf } from "../../src/wire/link-types.ts";
import { Kind, kindNames, Located, locate, locateByWalk, portSet } from "../../src/wire/locate.ts";
import { readClearPayloads } from "../../src/wire/payloads.ts";
import { TUNNEL_PORTS } from "../../src/wire/udp-tunnels.ts";
import {
  datagram,
  erspan,
  geneve,
  gre,
  ip,
  isakmp,
  mpls,
  nonEspMarker,
  packet,
  payloads,
  ppp,
  pppoe,
  sll,
  sll2,
  udp,
  vxlan,
} from "../support/frames.ts";
import { random32 } from "../support/random.ts";
import { LINKS, OTHER_LINKS, stack } from "../support/stacks.ts";

const ports = portSet([5500]);
/** Ethernet more often than each of the others that are read. */
const LINK_TYPES = [1, 1, 1, 1].concat(
  Array.from({ length: 300 }, (_, linkType) => linkType).filter((linkType) => firstLayerOf(linkType) !== 0),
);

const MESSAGE = isakmp({
  initiatorCookie: "11".repeat(8),
  responderCookie: "22".repeat(8),
  exchange: 2,
  flags: 0,
  ...payloads([
    {
      type: 1,
      body: Buffer.from("000000010000000100000018010100010000001001010000800b0001800c7080", "hex"),
    },
    { type: 13, body: Buffer.alloc(20, 7) },
    { type: 132, body: Buffer.from("00010101", "hex") },
  ]),
});
const FRAME = datagram("192.0.2.11:500", "192.0.2.1:500", MESSAGE);
const PACKET = packet("192.0.2.11:500", "192.0.2.1:500", MESSAGE);
const PACKET6 = packet("[2001:db8::11]:4500", "[2001:db8::1]:4500", nonEspMarker(MESSAGE), {
  extensionHeaders: [
    { type: 0, body: Buffer.from("0000010400000000", "hex") },
    { type: 44, body: Buffer.from("0000000100000042", "hex") },
  ],
});

const VALID: readonly (readonly [number, Uint8Array])[] = [
  [1, FRAME],
  [1, datagram("192.0.2.11:4500", "192.0.2.1:4500", nonEspMarker(MESSAGE), [1, 2])],
  [1, datagram("192.0.2.11:5500", "192.0.2.1:5500", MESSAGE)],
  [1, mpls(PACKET6, 3)],
  [1, pppoe(PACKET)],
  [1, vxlan(FRAME)],
  [1, geneve(FRAME)],
  [1, erspan(FRAME, 1)],
  [1, erspan(FRAME, 2)],
  [1, erspan(vxlan(FRAME), 3)],
  [1, gre(PACKET6, 0x86dd, true)],
  [9, ppp(PACKET6)],
  [113, sll(PACKET)],
  [276, sll2(PACKET6)],
  [
    101,
    ip(
      "2001:db8::1",
      "2001:db8::2",
      51,
      Buffer.concat([Buffer.from("1104000000000100", "hex"), Buffer.alloc(16), udp(500, 500, MESSAGE)]),
    ),
  ],
];

const next = random32(7);
/** One frame of each link type, with tags and tunnels in random order. */
const STACKS: readonly (readonly [number, Uint8Array])[] = [...LINKS, ...OTHER_LINKS].flatMap(
  ([, linkType, link]) => [1, 2].map((id) => [linkType, stack(id, link, next)] as const),
);

/** A valid frame with some bytes replaced, and perhaps cut or longer. */
const mutated = fc
  .tuple(
    fc.constantFrom(...VALID, ...STACKS),
    fc.array(
      fc.tuple(fc.nat({ max: 250 }), fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 0x45, 0x60, 0xff))),
      { maxLength: 6 },
    ),
    fc.oneof(fc.constant(300), fc.nat({ max: 300 })),
    fc.nat({ max: 20 }),
  )
  .map(([[linkType, frame], changes, length, more]) => {
    const copy = Buffer.concat([frame, Buffer.alloc(more, 0x11)]);
    for (const [at, value] of changes) copy[at % copy.length] = value;
    return { linkType, frame: copy.subarray(0, length) };
  });

const anything = fc
  .tuple(fc.constantFrom(...LINK_TYPES), fc.uint8Array({ maxLength: 200 }))
  .map(([linkType, frame]) => ({ linkType, frame }));

/** All that the wire layer says of a frame that lies at `before` in a chunk filled with `fill` around it. */
function readAll(frame: Uint8Array, linkType: number, before: number, fill: number) {
  const bytes = new Uint8Array(before + frame.length + 300).fill(fill);
  bytes.set(frame, before);
  const out = new Located();
  const kind = locate(bytes, before, frame.length, linkType, ports, out);
  expect(kindNames[kind]).toBeDefined();
  const end = before + frame.length;
  if (kind <= Kind.oldDraftEsp) {
    const size = out.ipVersion === 4 ? 4 : 16;
    for (const address of [out.source, out.destination]) {
      expect(address).toBeGreaterThanOrEqual(before);
      expect(address + size).toBeLessThanOrEqual(end);
    }
  }
  if (kind !== Kind.candidate) return { kind };
  const { payload, captured, length } = out;
  expect(payload).toBeGreaterThanOrEqual(before);
  expect(captured).toBeGreaterThanOrEqual(0);
  expect(payload + captured).toBeLessThanOrEqual(end);
  expect(captured).toBeLessThanOrEqual(length);
  const header = classifyHeader(bytes, payload, captured, length);
  expect(headerClassNames[header]).toBeDefined();
  if (header !== HeaderClass.ikev1) return { kind, at: payload - before, captured, length, header };
  const clear = readClearPayloads(bytes, payload, captured);
  const whole = isFragment(bytes, payload, captured)
    ? new FragmentAssembler().add("", bytes, payload, captured)
    : null;
  return { kind, at: payload - before, captured, length, header, clear, whole };
}

/** The same frame in two chunks: the same answer, so no byte outside the frame was read. */
function sameWherever({ linkType, frame }: { linkType: number; frame: Uint8Array }): void {
  const here = readAll(frame, linkType, 3, 0);
  expect(readAll(frame, linkType, 64, 0xff)).toEqual(here);
  expect(readAll(frame, linkType, 0, 0x45)).toEqual(here);
}

describe("whatever the bytes are: no error, no offset outside the frame, no byte read outside it", () => {
  it("anything at all", () => {
    fc.assert(fc.property(anything, sameWherever), { numRuns: 3000 });
  });

  it("frames that were valid before some bytes changed", () => {
    fc.assert(fc.property(mutated, sameWherever), { numRuns: 6000 });
  });

  it("every beginning of stacks of layers in every link type", () => {
    for (const [linkType, frame] of STACKS) {
      for (let length = 0; length < frame.length; length += 1)
        sameWherever({ linkType, frame: frame.subarray(0, length) });
    }
  });

  it("every beginning of every valid frame, and every single bit of it flipped", () => {
    for (const [linkType, frame] of VALID) {
      for (let length = 0; length <= frame.length; length += 1)
        sameWherever({ linkType, frame: frame.subarray(0, length) });
      for (let bit = 0; bit < frame.length * 8; bit += 1) {
        const copy = Buffer.from(frame);
        copy[bit >> 3] ^= 1 << (bit & 7);
        sameWherever({ linkType, frame: copy });
      }
    }
  });

  it("and the valid frames themselves are messages, so that the tests above test something", () => {
    for (const [linkType, frame] of VALID) {
      expect(readAll(frame, linkType, 0, 0)).toMatchObject({
        kind: Kind.candidate,
        header: HeaderClass.ikev1,
      });
    }
  });
});

/** ESP, a message behind a marker, eight zeros of the old drafts, keepalives and what is too short for any. */
const PAYLOADS = [
  Buffer.alloc(48, 0x11),
  Buffer.alloc(48, 0x11),
  Buffer.concat([Buffer.alloc(3), Buffer.alloc(45, 0x11)]),
  Buffer.concat([Buffer.alloc(4), Buffer.alloc(44, 0x11)]),
  Buffer.concat([Buffer.alloc(8), Buffer.alloc(40, 0x11)]),
  Buffer.from([0xff]),
  Buffer.alloc(3, 0x11),
  Buffer.alloc(4, 0x11),
  Buffer.alloc(0),
];

/** Plain Ethernet and IPv4: what the short cut is made for, with its headers bent here and there. */
const plain = fc
  .record({
    protocol: fc.constantFrom(1, 6, 17, 17, 17, 47, 50, 51),
    ports: fc.tuple(port(), port()),
    flags: fc.constantFrom(0, 0, 0x4000, 0x2000, 0x0001, 0x8000),
    total: fc.oneof(fc.constant(-1), fc.nat({ max: 300 })),
    payload: fc.constantFrom(...PAYLOADS),
    changes: fc.array(fc.tuple(fc.nat({ max: 45 }), fc.nat({ max: 255 })), { maxLength: 2 }),
    captured: fc.oneof(fc.constant(90), fc.nat({ max: 90 })),
  })
  .map(({ protocol, ports: [source, destination], flags, total, payload, changes, captured }) => {
    const frame = datagram(`192.0.2.11:${source}`, `192.0.2.1:${destination}`, payload);
    frame.writeUInt16BE(flags, 20);
    frame[23] = protocol;
    if (total >= 0) frame.writeUInt16BE(total, 16);
    for (const [at, value] of changes) frame[at] = value;
    return frame.subarray(0, captured);
  });

function port(): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(500, 4500, 5500, 53, ...TUNNEL_PORTS), fc.nat({ max: 65_535 }));
}

it("a packet to an address that ISL begins with is a packet for the short cut and for the walk", () => {
  const frame = datagram("192.0.2.11:500", "192.0.2.1:500", MESSAGE);
  frame.write("01000c0000", 0, "hex");
  for (const read of [locate, locateByWalk]) {
    expect(read(frame, 0, frame.length, 1, ports, new Located())).toBe(Kind.candidate);
  }
  frame[23] = 6;
  for (const read of [locate, locateByWalk]) {
    expect(read(frame, 0, frame.length, 1, ports, new Located())).toBe(Kind.notUdp);
  }
});

it("the short cut for plain packets says what the walk says", () => {
  const kinds = new Set<number>();
  fc.assert(
    fc.property(plain, (frame) => {
      const quick = new Located();
      const walked = new Located();
      const kind = locate(frame, 0, frame.length, 1, ports, quick);
      kinds.add(kind);
      expect(kind).toBe(locateByWalk(frame, 0, frame.length, 1, ports, walked));
      if (kind <= Kind.oldDraftEsp) expect(quick).toEqual(walked);
    }),
    { numRuns: 20_000 },
  );
  for (const kind of [
    Kind.notUdp,
    Kind.esp,
    Kind.otherPort,
    Kind.candidate,
    Kind.espInUdp,
    Kind.natKeepalive,
    Kind.badHeader,
  ]) {
    expect(kinds).toContain(kind);
  }
});
