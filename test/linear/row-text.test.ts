/** Text of rows: each step is what plain JavaScript writes. */

import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { RowText } from "../../src/linear/row-text.ts";
import { isoTime } from "../../src/report/time.ts";

type Step = (text: RowText) => string;

const nat32 = fc.nat(0xffffffff);
const dotted = (word: number) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join(".");

/** The specification of Community IDs, byte by byte: a flow of UDP has the same one in both directions. */
function flowId(ends: readonly { word: number; port: number }[]): string {
  const [first, second] = ends.toSorted((a, b) => a.word - b.word || a.port - b.port);
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(first.word, 2);
  bytes.writeUInt32BE(second.word, 6);
  bytes[10] = 17;
  bytes.writeUInt16BE(first.port, 12);
  bytes.writeUInt16BE(second.port, 14);
  return `"1:${createHash("sha1").update(bytes).digest("base64")}"`;
}

/** Often the same address, or the same port. */
const flowEnd = fc.record({
  word: fc.oneof(nat32, fc.nat(2)),
  port: fc.oneof(fc.nat(0xffff), fc.nat(1)),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  nat32.map((number) => (text: RowText) => {
    text.whole(number);
    return String(number);
  }),
  fc.nat(1_000_000).map((number) => (text: RowText) => {
    text.millionths(number);
    return JSON.stringify(number / 1e6);
  }),
  nat32.map((id) => (text: RowText) => {
    text.hex(id);
    return `"0x${id.toString(16).padStart(8, "0")}"`;
  }),
  nat32.map((word) => (text: RowText) => {
    text.address(word);
    return `"${dotted(word)}"`;
  }),
  fc.tuple(flowEnd, flowEnd).map(([one, other]) => (text: RowText) => {
    text.flow(one.word, one.port, other.word, other.port);
    return flowId([one, other]);
  }),
  fc.tuple(nat32, nat32).map(([high, low]) => (text: RowText) => {
    text.cookie(high, low);
    return `"${[high, low].map((word) => word.toString(16).padStart(8, "0")).join("")}"`;
  }),
  fc.integer({ min: -1e12, max: 5e15 }).map((whole) => (text: RowText) => {
    const micros = whole + 0.5;
    const isWritten = text.time(micros);
    expect(isWritten).toBe(micros >= 0 && micros < 2 ** 32 * 1e6);
    return isWritten ? `"${isoTime(micros, 0, 6)}"` : "";
  }),
  fc.string({ unit: "binary" }).map((any) => (text: RowText) => {
    text.text(any);
    // Half a pair of surrogates is nothing that UTF-8 has.
    return new TextDecoder().decode(new TextEncoder().encode(any));
  }),
  fc.string().map((any) => (text: RowText) => {
    const isPlain = JSON.stringify(any) === `"${any}"` && /^[ -~]*$/.test(any);
    expect(text.quoted(any)).toBe(isPlain);
    return isPlain ? `"${any}"` : "";
  }),
);

it("is what its steps are, one after another", () => {
  const text = RowText.make()!;
  const piece = text.piece("a piece, ä");
  const decoder = new TextDecoder();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let wanted = "";
      for (const each of steps) {
        text.put(piece);
        wanted += `a piece, ä${each(text)}`;
      }
      expect(decoder.decode(text.take())).toBe(wanted);
    }),
    { numRuns: 500 },
  );
});

it("has room for texts of some length, and refuses what is longer", () => {
  const text = RowText.make()!;
  text.quoted("x".repeat(10_000));
  text.text("é".repeat(5_000));
  expect(text.isFull).toBe(false);
  expect(text.take()).toHaveLength(10_002 + 10_000);
  expect(() => text.text("x".repeat(70_000))).toThrow(RangeError);
  text.quoted("x".repeat(70_000));
  expect(text.isFull).toBe(true);
  expect(() => text.take()).toThrow(RangeError);
});

it("keeps so many pieces, and no more", () => {
  const text = RowText.make()!;
  const pieces = Array.from({ length: 8 }, (_, i) => text.piece(`${i}`.repeat(1_000)));
  expect(() => text.piece("x".repeat(1_000))).toThrow(RangeError);
  for (const piece of pieces) text.put(piece);
  expect(new TextDecoder().decode(text.take())).toBe(
    [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `${i}`.repeat(1_000)).join(""),
  );
});
