/** Tables and heaps beside the plain ways to do the same, with numbers from a seed. */

import { describe, expect, it } from "vitest";
import { AddressTable } from "../../src/collections/address-table.ts";
import { addressWords, endpoint, hostOf, portOf, word, writeU16 } from "../../src/collections/endpoints.ts";
import { append, grouped } from "../../src/collections/grouping.ts";
import { base64 } from "../../src/collections/hashes.ts";
import { Heap } from "../../src/collections/heap.ts";
import { mostAtOnce } from "../../src/collections/peak.ts";
import { firstIndex } from "../../src/collections/search.ts";
import { sourceBit } from "../../src/collections/sources.ts";
import { WordTable } from "../../src/collections/word-table.ts";
import { random32 } from "../support/random.ts";

describe("a heap", () => {
  it("gives what was pushed in order, the smallest first, whatever came between", () => {
    const next = random32(1);
    for (let round = 0; round < 50; round += 1) {
      const heap = new Heap<number>((a, b) => a < b);
      const plain: number[] = [];
      for (let i = 0; i < 40; i += 1) {
        if (next() % 3 === 0) {
          plain.sort((a, b) => a - b);
          expect(heap.pop()).toBe(plain.shift());
        } else {
          const item = next() % 20;
          heap.push(item);
          plain.push(item);
        }
        expect(heap.top).toBe(plain.length === 0 ? undefined : Math.min(...plain));
      }
      const rest = plain.map(() => heap.pop());
      expect(rest).toEqual(plain.sort((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }
  });

  it("is empty when it was cleared, and begins anew", () => {
    const heap = new Heap<number>((a, b) => a < b);
    for (const item of [3, 1, 2]) heap.push(item);
    heap.clear();
    expect([heap.top, heap.pop()]).toEqual([undefined, undefined]);
    heap.push(5);
    expect(heap.pop()).toBe(5);
  });
});

describe("a table of keys of some words", () => {
  /** Keys that differ in few bits, as addresses and cookies do. */
  const keyOf = (i: number, words: number) =>
    Array.from({ length: words }, (_, w) => (w === i % words ? i : 7));

  it.each([1, 2, 4])(
    "of %i words gives each key a row of its own, and finds it again when it has grown",
    (words) => {
      const table = new WordTable(words, 4);
      const rows = new Map<string, number>();
      for (let i = 0; i < 600; i += 1) {
        const key = keyOf(i >> 1, words);
        table.key.set(key);
        const known = rows.get(key.join());
        expect(table.find()).toBe(known ?? -1);
        expect(table.ensure()).toBe(known ?? rows.size);
        rows.set(key.join(), known ?? rows.size);
        expect(table.size).toBe(rows.size);
      }
      for (const [text, row] of rows) {
        table.key.set(text.split(",").map(Number));
        expect(table.find()).toBe(row);
        expect([...table.keys.subarray(row * words, (row + 1) * words)].join()).toBe(text);
      }
    },
  );

  const filled = (count: number) => {
    const table = new WordTable(2, 4);
    for (let i = 0; i < count; i += 1) {
      table.key.set([i, i * 3]);
      table.ensure();
    }
    return table;
  };
  const rowOf = (table: WordTable, i: number) => {
    table.key.set([i, i * 3]);
    return table.find();
  };

  it("keeps some rows in their order, and forgets the others", () => {
    const table = filled(20);
    const moved = table.retain((row) => row % 3 === 1);
    expect([...moved]).toEqual(Array.from({ length: 20 }, (_, row) => (row % 3 === 1 ? (row - 1) / 3 : -1)));
    expect(table.size).toBe(7);
    for (let i = 0; i < 20; i += 1) expect(rowOf(table, i)).toBe(moved[i]);
    table.key.set([1_000, 1_000]);
    expect(table.ensure()).toBe(7);
  });

  it.each([0, 1, 255, 256, 257, 700])("of %i rows is the same when it was kept and taken back", (count) => {
    const saved = filled(count).save();
    expect(saved.length).toBe(count * 2);
    const table = filled(3);
    table.restore(saved);
    expect(table.size).toBe(count);
    for (let i = 0; i < count; i += 1) expect(rowOf(table, i)).toBe(i);
    expect(rowOf(table, count)).toBe(-1);
    expect(table.ensure()).toBe(count);
  });
});

describe("addresses as numbers", () => {
  it("are numbered as they come, and give their bytes back", () => {
    const table = new AddressTable();
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => 0xf0 + i);
    expect([table.intern(bytes, 3, 4), table.intern(bytes, 4, 6), table.intern(bytes, 3, 4)]).toEqual([
      0, 1, 0,
    ]);
    expect([...table.bytes(0)]).toEqual([...bytes.subarray(3, 7)]);
    expect([...table.bytes(1)]).toEqual([...bytes.subarray(4, 20)]);
  });

  it.each([
    ["::ffff:1.2.3.4 is the IPv4 address", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4], 4],
    ["what differs in the first word is not", [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4], 16],
    ["what differs in the second is not", [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xff, 0xff, 1, 2, 3, 4], 16],
    ["::1.2.3.4 is not", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], 16],
  ])("%s (RFC 4291 2.5.5.2)", (_, address, length) => {
    const table = new AddressTable();
    const number = table.intern(Uint8Array.from(address), 0, 6);
    expect(table.bytes(number)).toHaveLength(length);
    expect(table.intern(Uint8Array.of(1, 2, 3, 4), 0, 4) === number).toBe(length === 4);
  });

  it("are words in network byte order, with all bits", () => {
    const out = new Uint32Array(6).fill(7);
    addressWords(Uint8Array.of(9, 0xff, 2, 3, 4), 1, 4, out, 1);
    expect([...out]).toEqual([7, 0, 0, 0xffff, 0xff02_0304, 7]);
    addressWords(
      Uint8Array.from({ length: 17 }, (_, i) => 0xe0 + i),
      1,
      6,
      out,
      1,
    );
    expect([...out]).toEqual([7, 0xe1e2_e3e4, 0xe5e6_e7e8, 0xe9ea_ebec, 0xedee_eff0, 7]);
    expect(word(Uint8Array.of(0x80, 1, 2, 3), 0)).toBe(0x8001_0203);
    const bytes = new Uint8Array(4);
    writeU16(bytes, 1, 0xabcd);
    expect([...bytes]).toEqual([0, 0xab, 0xcd, 0]);
  });

  it.each([
    [0, 0],
    [1, 65_535],
    [3_000_000, 4_500],
  ])("host %i with port %i are one number, and two again", (host, port) => {
    const number = endpoint(host, port);
    expect([hostOf(number), portOf(number)]).toEqual([host, port]);
  });
});

describe("the most that were there at once", () => {
  it.each<[string, string, number]>([
    ["nobody", "", 0],
    ["two who were there together", "+a +b -a -b", 2],
    ["one after the other", "+a -a +b -b", 1],
    ["who came twice is one", "+a +a", 1],
    ["and has to go twice", "+a +a -a +b", 2],
    ["but is gone then", "+a +a -a -a +b", 1],
    ["the most, not the last", "+a +b +c -a -b +d", 3],
    ["who goes without having come is not there", "-a +b", 1],
  ])("%s", (_, edges, most) => {
    const list = edges.split(" ").filter((each) => each !== "");
    expect(mostAtOnce(list.map(([sign, who]) => ({ who, up: sign === "+" })))).toBe(most);
  });
});

it("the first of an ordered list for which something holds is found in all of its places", () => {
  for (let length = 0; length < 20; length += 1) {
    const items = Array.from({ length }, (_, i) => i);
    for (let from = 0; from <= length; from += 1)
      expect(firstIndex(items, (item) => item >= from)).toBe(from);
  }
});

it("lists by key are in the order in which keys and values came", () => {
  const groups = grouped([3, 1, 4, 1, 5, 9, 2, 6], (value) => value % 2);
  expect([...groups]).toEqual([
    [1, [3, 1, 1, 5, 9]],
    [0, [4, 2, 6]],
  ]);
  append(groups, 2, 7);
  append(groups, 0, 8);
  expect([groups.get(2), groups.get(0)]).toEqual([[7], [4, 2, 6, 8]]);
});

it("each source has a bit, and those behind the thirtieth share one", () => {
  expect([0, 1, 29, 30, 31, 1_000].map(sourceBit)).toEqual([1, 2, 2 ** 29, 2 ** 30, 2 ** 30, 2 ** 30]);
});

it("base64 stands behind its prefix, whatever was made before", () => {
  const bytes = Uint8Array.from({ length: 9 }, (_, i) => 250 + i);
  for (const [length, prefix] of [
    [9, "1:"],
    [1, ""],
    [7, "1:"],
    [9, "2:"],
  ] as const)
    expect(base64(bytes.subarray(0, length), prefix)).toBe(
      prefix + Buffer.from(bytes.subarray(0, length)).toString("base64"),
    );
});
