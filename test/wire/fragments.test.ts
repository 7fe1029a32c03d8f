import { describe, expect, it } from "vitest";
import { FragmentAssembler } from "../../src/ike/reassembly.ts";
import { isFragment } from "../../src/wire/fragments.ts";
import { isakmp } from "../support/frames.ts";

const COOKIES = { initiatorCookie: "0102030405060708", responderCookie: "f1f2f3f4f5f6f7f8" };
const KEY = "cookies/client";

/** A quick mode of 500 bytes whose bytes are all different from place to place. */
function quickMode(fill: number): Buffer {
  const body = Buffer.from(Array.from({ length: 472 }, (_, i) => (i * 7 + fill) & 0xff));
  return isakmp({ ...COOKIES, exchange: 32, messageId: 1, body });
}

interface Style {
  exchange: number;
  messageId: number;
  id: number;
}

/** One fragment: next payload, reserved, length, ID, number, flags, then the piece (MS-IKEE 2.2.3). */
function fragment(
  style: Style,
  number: number,
  last: boolean,
  piece: Uint8Array,
  statedLength?: number,
): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(statedLength ?? 8 + piece.length, 2);
  header.writeUInt16BE(style.id, 4);
  header[6] = number;
  header[7] = last ? 1 : 0;
  const { exchange, messageId } = style;
  return isakmp({
    ...COOKIES,
    exchange,
    messageId,
    flags: 0,
    nextPayload: 132,
    body: Buffer.concat([header, piece]),
  });
}

function cut(message: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += size) pieces.push(message.subarray(at, at + size));
  return pieces;
}

function fragmentsOf(message: Uint8Array, style: Style, size = 200): Buffer[] {
  const pieces = cut(message, size);
  return pieces.map((piece, i) => fragment(style, i + 1, i === pieces.length - 1, piece));
}

/** Adds fragments one by one; each lies behind other bytes in a chunk that is overwritten afterwards. */
function feed(
  assembler: FragmentAssembler,
  fragments: readonly Uint8Array[],
  key = KEY,
): (Uint8Array | null)[] {
  return fragments.map((bytes) => {
    const chunk = Buffer.concat([Buffer.alloc(9, 0x84), bytes, Buffer.alloc(9, 0x84)]);
    const whole = assembler.add(key, chunk, 9, bytes.length);
    chunk.fill(0);
    return whole;
  });
}

const RACOON: Style = { exchange: 32, messageId: 0, id: 1 };

describe("pieces become the message again, as each sender cuts it", () => {
  const message = quickMode(0);
  it.each<[string, Style]>([
    ["Windows and libreswan: exchange and message ID copied", { exchange: 32, messageId: 1, id: 7 }],
    ["racoon: message ID 0, and always the fragment ID 1", RACOON],
    ["strongSwan: exchange 2 and message ID 0 even for a quick mode", { exchange: 2, messageId: 0, id: 3 }],
  ])("%s", (_, style) => {
    const fragments = fragmentsOf(message, style);
    expect(fragments.every((bytes) => isFragment(bytes, 0, bytes.length))).toBe(true);
    expect(feed(new FragmentAssembler(), fragments)).toEqual([null, null, new Uint8Array(message)]);
  });

  it("in any order", () => {
    const [first, second, third] = fragmentsOf(message, RACOON);
    expect(feed(new FragmentAssembler(), [third, first, second])).toEqual([
      null,
      null,
      new Uint8Array(message),
    ]);
  });

  it("a message in one piece", () => {
    expect(feed(new FragmentAssembler(), fragmentsOf(message, RACOON, 500))).toEqual([
      new Uint8Array(message),
    ]);
  });

  it("a piece that comes twice counts once", () => {
    const [first, second, third] = fragmentsOf(message, RACOON);
    const found = feed(new FragmentAssembler(), [first, first, second, second, third]);
    expect(found).toEqual([null, null, null, null, new Uint8Array(message)]);
  });

  it("trailing padding of the datagram is not part of a piece", () => {
    const padded = fragmentsOf(message, RACOON).map((bytes) => Buffer.concat([bytes, Buffer.alloc(4)]));
    expect(feed(new FragmentAssembler(), padded).at(-1)).toEqual(new Uint8Array(message));
  });

  it("two senders, and two IDs of one sender, do not mix", () => {
    const assembler = new FragmentAssembler();
    const other = quickMode(99);
    const mine = fragmentsOf(message, { ...RACOON, id: 1 });
    const next = fragmentsOf(other, { ...RACOON, id: 2 });
    expect(feed(assembler, mine.slice(0, 2))).toEqual([null, null]);
    expect(feed(assembler, fragmentsOf(other, RACOON).slice(2), "cookies/server")).toEqual([null]);
    expect(feed(assembler, next)).toEqual([null, null, new Uint8Array(other)]);
    expect(feed(assembler, mine.slice(2))).toEqual([new Uint8Array(message)]);
  });

  it("a sender that uses one ID for all: a different first piece begins the next message", () => {
    const assembler = new FragmentAssembler();
    const next = quickMode(50);
    // Of the first message the last piece is lost.
    feed(assembler, fragmentsOf(message, RACOON).slice(0, 2));
    expect(feed(assembler, fragmentsOf(next, RACOON))).toEqual([null, null, new Uint8Array(next)]);
  });
});

describe("no message comes of", () => {
  const message = quickMode(0);
  const [first, second, third] = fragmentsOf(message, RACOON);
  it.each<[string, readonly Uint8Array[]]>([
    ["pieces of which the second is missing", [first, third]],
    ["pieces without the last one", [first, second]],
    ["a piece of number 0", [fragment(RACOON, 0, true, message)]],
    ["a fragment length below that of its header", [fragment(RACOON, 1, true, message, 7)]],
    [
      "as many pieces as there should be, one of them beyond the last",
      [first, third, fragment(RACOON, 4, false, message.subarray(0, 9))],
    ],
  ])("%s", (_, fragments) => {
    expect(feed(new FragmentAssembler(), fragments).every((whole) => whole === null)).toBe(true);
  });

  it("a piece beyond the last one does no harm to the rest", () => {
    const stray = fragment(RACOON, 9, false, message.subarray(0, 9));
    expect(feed(new FragmentAssembler(), [stray, first, third, second]).at(-1)).toEqual(
      new Uint8Array(message),
    );
  });

  it("a piece that a snaplen cut; the whole piece later mends it", () => {
    const assembler = new FragmentAssembler();
    expect(assembler.add(KEY, first, 0, first.length - 1)).toBeNull();
    expect(feed(assembler, [second, third])).toEqual([null, null]);
    expect(feed(assembler, [first, second, third])).toEqual([null, null, new Uint8Array(message)]);
  });

  it("a fragment length beyond the message: the piece ends where the message ends", () => {
    const lying = fragment(RACOON, 1, true, message, 65535);
    expect(feed(new FragmentAssembler(), [lying])).toEqual([new Uint8Array(message)]);
  });
});

describe("what is a fragment", () => {
  const whole = fragment(RACOON, 1, false, Buffer.alloc(40));
  it.each<[string, Uint8Array, number, boolean]>([
    ["payload type 132 and its 8 bytes", whole, whole.length, true],
    ["of which just the fragment's header was captured", whole, 36, true],
    ["of which the fragment's header was cut", whole, 35, false],
    ["another payload type", quickMode(0), 500, false],
    [
      "a message length that has no room for the header",
      isakmp({ ...COOKIES, exchange: 32, nextPayload: 132, body: Buffer.alloc(20), length: 35 }),
      48,
      false,
    ],
  ])("%s", (_, bytes, captured, expected) => {
    expect(isFragment(bytes, 0, captured)).toBe(expected);
  });
});

describe("bounds", () => {
  const start = (id: number, size = 100) => fragment({ ...RACOON, id }, 1, false, Buffer.alloc(size, id));
  const end = (id: number) => fragment({ ...RACOON, id }, 2, true, Buffer.alloc(10, id));

  it("beyond the number of messages the oldest is given up, and counted", () => {
    const assembler = new FragmentAssembler(3);
    feed(assembler, [start(1), start(2), start(3), start(4)]);
    expect(assembler.evicted).toBe(1);
    expect(feed(assembler, [end(2), end(3), end(4), end(1)]).map((whole) => whole?.length ?? null)).toEqual([
      110,
      110,
      110,
      null,
    ]);
  });

  it("beyond the number of bytes as well", () => {
    const assembler = new FragmentAssembler(4096, 1000);
    feed(assembler, [start(1, 400), start(2, 400), start(3, 400)]);
    expect(assembler.evicted).toBe(1);
    expect(feed(assembler, [end(3), end(2), end(1)]).map((whole) => whole?.length ?? null)).toEqual([
      410,
      410,
      null,
    ]);
  });

  it("what was put together makes room", () => {
    const assembler = new FragmentAssembler(2, 1000);
    for (let id = 1; id <= 50; id += 1) expect(feed(assembler, [start(id), end(id)])[1]).not.toBeNull();
    expect(assembler.evicted).toBe(0);
  });

  it("a piece of number 0 takes no room", () => {
    const assembler = new FragmentAssembler(1);
    const none = fragment({ ...RACOON, id: 2 }, 0, false, Buffer.alloc(100));
    expect(feed(assembler, [start(1), none, end(1)]).at(-1)).toHaveLength(110);
    expect(assembler.evicted).toBe(0);
  });

  it("a message that begins anew gives back the room of the one before", () => {
    const assembler = new FragmentAssembler(4096, 1000);
    const again = Array.from({ length: 30 }, (_, i) => fragment(RACOON, 1, false, Buffer.alloc(100, i)));
    feed(assembler, [start(9), ...again]);
    expect(assembler.evicted).toBe(0);
    expect(feed(assembler, [end(9)])[0]).toHaveLength(110);
  });

  it("the message at hand is not the one given up, even when it alone is more than the room", () => {
    const assembler = new FragmentAssembler(4096, 50);
    expect(feed(assembler, [start(1), end(1)])[1]).toHaveLength(110);
    expect(assembler.evicted).toBe(0);
  });

  it("a message of more than 64 KiB is given up, and counted", () => {
    const assembler = new FragmentAssembler();
    const piece = Buffer.alloc(30_000, 5);
    const found = feed(
      assembler,
      [1, 2, 3].map((number) => fragment(RACOON, number, number === 3, piece)),
    );
    expect(found).toEqual([null, null, null]);
    expect(assembler.evicted).toBe(1);
  });
});
