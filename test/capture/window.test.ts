/** Bytes that readers look at: a window over a stream, a part of a file, and what ended them. */

import { describe, expect, it } from "vitest";
import { type Batch, cutTo, packetsIn, type Slice } from "../../src/capture/batch.ts";
import { BatchBuffer } from "../../src/capture/batch-buffer.ts";
import type { ByteSource } from "../../src/capture/byte-source.ts";
import { ByteWindow, endOf } from "../../src/capture/byte-window.ts";
import { MessageRows } from "../../src/capture/message-rows.ts";
import { MemoryBytes, RangeSource } from "../../src/capture/random-access.ts";

/** Pieces, each given when it is asked for, then the end or an error. */
function pieces(sizes: readonly number[], error: Error | null = null) {
  const asked = { count: 0 };
  const source: ByteSource = {
    size: null,
    read: async (into, at) => {
      const size = sizes[asked.count];
      asked.count += 1;
      if (size !== undefined) into.fill(asked.count, at, at + size);
      else if (error !== null) throw error;
      return size ?? 0;
    },
    position: () => 0,
    close: async () => {},
  };
  return { asked, source };
}

describe("a window over a stream", () => {
  it("reads no more than it is asked for", async () => {
    const { asked, source } = pieces([4, 4, 4]);
    const window = new ByteWindow(source, 8);
    expect(await window.have(4)).toBe(true);
    expect(asked.count).toBe(1);
    expect(await window.have(5)).toBe(true);
    expect(asked.count).toBe(2);
  });

  it("takes no more memory where what was read is consumed, and as much as a record needs", async () => {
    const { source } = pieces([8, 8, 8, 8]);
    const window = new ByteWindow(source, 8);
    for (let i = 0; i < 3; i += 1) {
      await window.more();
      expect([...window.bytes.subarray(window.start, window.end)]).toEqual(Array(8).fill(i + 1));
      window.consume(8);
    }
    expect([window.bytes.length, window.offset]).toEqual([8, 24]);
    await window.more();
    await window.more();
    expect([window.bytes.length > 8, window.available]).toEqual([true, 8]);
  });

  it("reads without waiting where its source can, and says where it cannot", async () => {
    const { source } = pieces([1, 1]);
    let left = 2;
    source.readNow = (into, at) => {
      if (left === 0) return null;
      left -= 1;
      into.fill(9, at, at + 4);
      return 4;
    };
    const window = new ByteWindow(source, 8);
    expect([window.moreNow(), window.moreNow(), window.moreNow(), window.available]).toEqual([
      true,
      true,
      false,
      8,
    ]);
    await window.more();
    expect([...window.bytes.subarray(window.start, window.end)]).toEqual([9, 9, 9, 9, 9, 9, 9, 9, 1]);
    source.readNow = () => {
      throw new Error("broken");
    };
    expect([window.moreNow(), window.ended, window.failure?.message]).toEqual([true, true, "broken"]);
  });

  it("without a source that can does not read before it may wait", () => {
    const { asked, source } = pieces([4]);
    expect([new ByteWindow(source, 8).moreNow(), asked.count]).toEqual([false, 0]);
  });

  it("is at its end behind a failure, and does not read again", async () => {
    const { asked, source } = pieces([4], new Error("broken"));
    const window = new ByteWindow(source, 8);
    expect(await window.have(8)).toBe(false);
    expect([window.ended, window.available, window.failure?.message]).toEqual([true, 4, "broken"]);
    await window.more();
    expect(asked.count).toBe(2);
  });

  it.each<[string | null, number, string]>([
    [null, 0, "clean"],
    [null, 1, "truncated"],
    ["Z_BUF_ERROR", 0, "truncated"],
    ["Z_DATA_ERROR", 0, "corrupt"],
    ["UNSUPPORTED_PACKING", 0, "corrupt"],
    ["EIO", 0, "corrupt"],
    ["", 0, "corrupt"],
  ])("whose failure is %s, with %i bytes at hand, is %s", async (code, left, end) => {
    const error = code === null ? null : Object.assign(new Error("why"), { code });
    const window = new ByteWindow(
      pieces(
        [left].filter((size) => size > 0),
        error,
      ).source,
      8,
    );
    await window.have(8);
    expect(endOf(window, "a.pcap").end).toBe(end);
  });

  it("says of packed data that it is damaged, and of what else why it could not be read", async () => {
    const problem = async (code: string) => {
      const window = new ByteWindow(pieces([], Object.assign(new Error("why"), { code })).source, 8);
      await window.have(1);
      return endOf(window, "a").problem!;
    };
    expect(await problem("Z_DATA_ERROR")).toContain("compressed");
    expect(await problem("UNSUPPORTED_PACKING")).toContain("compressed");
    expect(await problem("EIO")).not.toContain("compressed");
    expect(await problem("OUT_OF_Z_")).not.toContain("compressed");
  });
});

describe("a part of bytes at any place", () => {
  const all = new MemoryBytes([Uint8Array.of(0, 1, 2), Uint8Array.of(3, 4, 5, 6), Uint8Array.of(7, 8, 9)]);

  it("is read as a stream, and ends where the part does", async () => {
    const part = new RangeSource(all, 2, 6);
    const into = new Uint8Array(10).fill(0xff);
    expect(await part.read(into.subarray(0, 5), 1)).toBe(4);
    expect(await part.read(into, 5)).toBe(2);
    expect(await part.read(into, 7)).toBe(0);
    expect([[...into], part.position()]).toEqual([[0xff, 2, 3, 4, 5, 6, 7, 0xff, 0xff, 0xff], 6]);
  });

  it("is read at any place, and no further", async () => {
    const part = new RangeSource(all, 2, 6).random();
    const bytes = async (position: number, length: number) => {
      const into = new Uint8Array(length);
      const count = await part.read(into, position);
      return [...into.subarray(0, count)];
    };
    expect(await bytes(0, 3)).toEqual([2, 3, 4]);
    expect(await bytes(4, 9)).toEqual([6, 7]);
    expect(await bytes(5, 1)).toEqual([7]);
    expect(await bytes(6, 1)).toEqual([]);
    expect(await bytes(7, 1)).toEqual([]);
    expect(await bytes(7, 9)).toEqual([]);
    expect(part.size).toBe(6);
  });
});

describe("a batch", () => {
  it("has room for the records that may come, up to 8,192", () => {
    expect([0.5, 4, 4.5, 1e6].map((records) => new BatchBuffer(records).capacity)).toEqual([1, 4, 4, 8_192]);
  });

  const slice = (batch: Batch, start: number, end: number) => ({ batch, start, end }) as Slice;

  it("of frames has a packet a row", () => {
    const cut = slice(new BatchBuffer(9), 2, 9);
    expect(packetsIn(cut)).toBe(7);
    cutTo(cut, 8);
    expect(cut.end).toBe(9);
    cutTo(cut, 3);
    expect(cut.end).toBe(5);
  });

  it("of messages has rows that tell a time alone, which are no packets", () => {
    const rows = new MessageRows("record");
    rows.begin();
    const row = {} as NonNullable<Parameters<typeof rows.add>[0]>;
    for (const each of [null, row, null, row, row]) {
      rows.add(each, { micros: 0, nanos: 0, capturePoint: 0 });
    }
    expect(rows.packets).toBe(3);
    const cut = slice(rows, 0, 5);
    expect([packetsIn(cut), packetsIn(slice(rows, 2, 4))]).toEqual([3, 1]);
    cutTo(cut, 2);
    expect(packetsIn(cut)).toBe(2);
    // The next batch begins behind the packets of this one.
    rows.begin();
    expect([rows.count, rows.rows.length, rows.packets, rows.firstFrame]).toEqual([0, 0, 0, 4]);
  });
});
