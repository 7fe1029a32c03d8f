import { describe, expect, it } from "vitest";
import { FragmentAssembler, MAX_MESSAGE } from "../../src/ike/reassembly.ts";
import { random32 } from "../support/random.ts";

/** A datagram with one IKE fragment: header of 28 bytes, then payload 132 (length, ID, number, flags). */
function fragment(
  number: number,
  body: readonly number[],
  { last = false, id = 1, short = 0, stated = 0 } = {},
) {
  const length = 28 + 8 + body.length;
  const bytes = new Uint8Array(3 + length);
  // The message begins in the middle of a larger buffer.
  const offset = 3;
  new DataView(bytes.buffer).setUint32(offset + 24, length);
  bytes.set([0, 0, 0, stated || 8 + body.length, 0, id, number, last ? 1 : 0, ...body], offset + 28);
  return { bytes, offset, captured: length - short };
}
type Piece = ReturnType<typeof fragment>;
const add = (assembler: FragmentAssembler, { bytes, offset, captured }: Piece, key = "sa/0") => {
  const whole = assembler.add(key, bytes, offset, captured);
  return whole === null ? null : [...whole];
};
const all = (...pieces: readonly Piece[]) => {
  const assembler = new FragmentAssembler();
  return pieces.map((piece) => add(assembler, piece));
};

describe("IKE fragments (2.4)", () => {
  it.each<[string, ReturnType<typeof all>, (number[] | null)[]]>([
    ["in order", all(fragment(1, [1, 2]), fragment(2, [3], { last: true })), [null, [1, 2, 3]]],
    ["in any order", all(fragment(2, [3], { last: true }), fragment(1, [1, 2])), [null, [1, 2, 3]]],
    ["one alone", all(fragment(1, [1], { last: true })), [[1]]],
    ["a piece is missing", all(fragment(1, [1]), fragment(3, [3], { last: true })), [null, null]],
    ["the last is missing", all(fragment(1, [1]), fragment(2, [2])), [null, null]],
    [
      "a piece twice",
      all(fragment(1, [1]), fragment(1, [1]), fragment(2, [2], { last: true })),
      [null, null, [1, 2]],
    ],
    [
      "a piece twice takes nothing from the others",
      all(fragment(1, [1]), fragment(2, [2]), fragment(1, [1]), fragment(3, [3], { last: true })),
      [null, null, null, [1, 2, 3]],
    ],
    ["number 0 is none", all(fragment(0, [1], { last: true })), [null]],
    [
      "a length below that of the payload's header is none",
      all(fragment(1, [1], { last: true, stated: 7 })),
      [null],
    ],
    ["a stated length of 8 holds nothing", all(fragment(1, [], { last: true })), [[]]],
    ["padding behind the stated length", all(fragment(1, [1, 2, 3], { last: true, stated: 10 })), [[1, 2]]],
    ["a stated length beyond the message", all(fragment(1, [1, 2], { last: true, stated: 200 })), [[1, 2]]],
    [
      "the capture cut a piece: never whole",
      all(fragment(1, [1, 2], { short: 1 }), fragment(2, [3], { last: true })),
      [null, null],
    ],
    ["whole to its last byte", all(fragment(1, [1, 2], { last: true, short: 0 })), [[1, 2]]],
    [
      "another piece under a known number begins a new message",
      all(fragment(1, [1]), fragment(1, [9]), fragment(2, [2], { last: true })),
      [null, null, [9, 2]],
    ],
    [
      "a longer piece under a known number too",
      all(fragment(1, [1]), fragment(1, [1, 9]), fragment(2, [2], { last: true })),
      [null, null, [1, 9, 2]],
    ],
    [
      "another ID is another message",
      all(fragment(1, [1]), fragment(2, [2], { last: true, id: 2 })),
      [null, null],
    ],
    [
      "whole once: the same again begins anew",
      all(fragment(1, [1], { last: true }), fragment(1, [1], { last: true })),
      [[1], [1]],
    ],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it("of another IKE SA or direction are other messages", () => {
    const assembler = new FragmentAssembler();
    expect(add(assembler, fragment(1, [1]), "sa/0")).toBe(null);
    expect(add(assembler, fragment(2, [2], { last: true }), "sa/1")).toBe(null);
    expect(add(assembler, fragment(2, [2], { last: true }), "sa/0")).toEqual([1, 2]);
  });

  it("keep their bytes when the chunk that they came in is used again", () => {
    const assembler = new FragmentAssembler();
    const piece = fragment(1, [1, 2]);
    add(assembler, piece);
    piece.bytes.fill(0);
    expect(add(assembler, fragment(2, [3], { last: true }))).toEqual([1, 2, 3]);
  });

  it("a piece that comes again takes no more room", () => {
    const assembler = new FragmentAssembler(10, 100);
    add(assembler, fragment(1, Array(40).fill(1)), "first/0");
    for (let copy = 0; copy < 5; copy += 1) add(assembler, fragment(1, Array(40).fill(2)), "second/0");
    expect(assembler.evicted).toBe(0);
    expect(add(assembler, fragment(2, [3], { last: true }), "first/0")).toHaveLength(41);
  });

  it("a message of more than 65,535 bytes is given up and counted", () => {
    const assembler = new FragmentAssembler();
    const body = Array.from({ length: 240 }, () => 7);
    for (let number = 1; number <= 255; number += 1) add(assembler, fragment(number, body), "sa/0");
    expect(assembler.evicted).toBe(0);
    const large = (length: number) => {
      const { bytes, offset, captured } = fragment(
        1,
        Array.from({ length }, () => 7),
        { last: true },
      );
      new DataView(bytes.buffer).setUint16(offset + 30, 8 + length);
      return { bytes, offset, captured };
    };
    const other = new FragmentAssembler();
    expect(add(other, large(MAX_MESSAGE - 8))).toHaveLength(MAX_MESSAGE - 8);
    const rest = { ...large(MAX_MESSAGE - 8) };
    rest.bytes[rest.offset + 28 + 7] = 0;
    add(other, rest);
    add(other, fragment(2, [1, 2, 3, 4, 5, 6, 7, 8]));
    expect(other.evicted).toBe(0);
    add(other, fragment(3, [1]));
    expect(other.evicted).toBe(1);
    expect(add(other, fragment(3, [5], { last: true }))).toBe(null);
  });

  it("of too many messages the oldest are given up and counted", () => {
    const assembler = new FragmentAssembler(2);
    for (const key of ["a", "b", "c"]) add(assembler, fragment(1, [1]), key);
    expect(assembler.evicted).toBe(1);
    expect(add(assembler, fragment(2, [2], { last: true }), "b")).toEqual([1, 2]);
    expect(add(assembler, fragment(2, [2], { last: true }), "c")).toEqual([1, 2]);
    expect(add(assembler, fragment(2, [2], { last: true }), "a")).toBe(null);
  });

  it("of too many bytes as well, but never the message at hand", () => {
    const assembler = new FragmentAssembler(10, 4);
    add(assembler, fragment(1, [1, 2]), "a");
    add(assembler, fragment(1, [1, 2]), "b");
    expect(assembler.evicted).toBe(0);
    add(assembler, fragment(1, [1]), "c");
    expect(assembler.evicted).toBe(1);
    expect(add(assembler, fragment(2, [2], { last: true }), "b")).toEqual([1, 2, 2]);
    const alone = new FragmentAssembler(10, 1);
    add(alone, fragment(1, [1, 2, 3]), "a");
    expect(add(alone, fragment(2, [4], { last: true }), "a")).toEqual([1, 2, 3, 4]);
    expect(alone.evicted).toBe(0);
    // What was whole takes no room any more.
    add(alone, fragment(1, [1]), "b");
    expect(alone.evicted).toBe(0);
  });

  it("the oldest are the same for one that looks for them from the first on each time", () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const next = random32(seed);
      const under = (limit: number) => next() % limit;
      const [most, bytes] = [1 + under(6), 1 + under(60)];
      const assembler = new FragmentAssembler(most, bytes);
      let plain = new FragmentAssembler(most, bytes);
      for (let i = 0; i < 500; i += 1) {
        const body = Array.from({ length: under(20) }, () => under(3));
        const piece = fragment(1 + under(3), body, { last: under(4) === 0, id: under(3) });
        const key = `sa/${under(5)}`;
        const again = new FragmentAssembler(most, bytes);
        again.restore(plain.save());
        plain = again;
        expect(add(assembler, piece, key), `seed ${seed}`).toEqual(add(plain, piece, key));
        expect(assembler.evicted, `seed ${seed}`).toBe(plain.evicted);
      }
      expect(assembler.evicted).toBeGreaterThan(0);
    }
  });

  it("a state holds the pieces at hand", () => {
    const assembler = new FragmentAssembler();
    add(assembler, fragment(1, [1]));
    const restored = new FragmentAssembler();
    restored.restore(assembler.save());
    expect(add(restored, fragment(2, [2], { last: true }))).toEqual([1, 2]);
  });
});
