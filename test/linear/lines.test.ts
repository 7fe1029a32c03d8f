import { describe, expect, it } from "vitest";
import { LineTable } from "../../src/linear/lines.ts";
import { LinearMemory, type Memory, ordinaryMemory } from "../../src/linear/memory.ts";

const memories: [string, () => Memory][] = [
  ["arrays of their own", () => ordinaryMemory],
  ["linear memory", () => LinearMemory.make()],
];

/** Writes other values to every field of the first lines, and gives what is read of them again. */
function filled(table: LineTable, lines: number) {
  const numbers = [0, 8, 16].map((offset) => table.number(offset));
  const integers = [24, 28].map((offset) => table.integer(offset));
  const words = [32, 60].map((offset) => table.word(offset));
  for (let line = 0; line < lines; line += 1) {
    numbers.forEach((field, i) => {
      field.set(line, line + 0.25 * i);
    });
    integers.forEach((field, i) => {
      field.set(line, -line - i);
    });
    words.forEach((field, i) => {
      field.set(line, 0xffff_ff00 + line + i);
    });
  }
  return (line: number) => [...numbers, ...integers, ...words].map((field) => field.of(line));
}

const written = (line: number) => [
  ...[line, line + 0.25, line + 0.5],
  ...[0 - line, -line - 1],
  ...[0xffff_ff00 + line, 0xffff_ff01 + line],
];

describe.each(memories)("lines in %s", (_, memory) => {
  it("are zero at first, and keep what is written to each field when they grow", () => {
    const table = new LineTable(memory(), 4);
    expect([table.length, table.number(56).of(3), table.word(60).of(3)]).toEqual([4, 0, 0]);
    const read = filled(table, 4);
    table.grow();
    expect(table.length).toBe(8);
    for (let line = 0; line < 4; line += 1) expect(read(line)).toEqual(written(line));
    expect([table.number(0).of(4), table.integer(24).of(7)]).toEqual([0, 0]);
  });

  it("are copied, saved and restored whole", () => {
    const table = new LineTable(memory(), 4);
    const read = filled(table, 3);
    table.copy(2, 0);
    expect([read(0), read(1), read(2)]).toEqual([written(2), written(1), written(2)]);
    const other = new LineTable(memory(), 2);
    other.restore(table.save());
    expect([other.length, other.number(8).of(0), other.word(60).of(1)]).toEqual([4, 2.25, 0xffff_ff02]);
  });

  it("count modulo 2^32", () => {
    const word = new LineTable(memory(), 1).word(4);
    word.set(0, 0xffff_ffff);
    word.add(0, 3);
    expect(word.of(0)).toBe(2);
  });
});
