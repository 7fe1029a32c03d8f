/** Where records, batches and buffers end: what is at a bound, and what is behind it. */

import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { BatchBuffer, MAX_RECORD } from "../../src/capture/batch-buffer.ts";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { ByteWindow } from "../../src/capture/byte-window.ts";
import { FrameArena } from "../../src/capture/frame-arena.ts";
import { Glass, MemoryBytes, spoolInMemory } from "../../src/capture/random-access.ts";
import { label } from "../../src/capture/source.ts";
import { openSource } from "../../src/feed/formats.ts";
import { pcap, pcapng, pcapngBlock, sectionHeader } from "../support/capture-files.ts";
import { chunks, openBytes, readAll } from "../support/sources.ts";

const FRAMES = [60, 301, 98].map((length, i) => ({ at: BigInt(i), frame: Buffer.alloc(length, 0xa1 + i) }));
const hexOf = (frames: readonly { frame: Uint8Array }[]) =>
  frames.map(({ frame }) => Buffer.from(frame).toString("hex"));

/** A capture of a file, whose size is known. */
const openFile = (bytes: Uint8Array) =>
  openSource(new IterableSource(chunks(bytes, Number.POSITIVE_INFINITY), { size: bytes.length }), "file");

describe("a pcap of another link type than Ethernet", () => {
  /** Of a patched kernel, by the standard magic number. The first frame has 0x0800 where Ethernet's type would be read. */
  function patched(): Buffer {
    const frames = FRAMES.map(({ at, frame }) => ({ at, frame: Buffer.from(frame) }));
    frames[0].frame.writeUInt16BE(0x0800, 4);
    const bytes = pcap(frames, { modified: true, linkType: 101 });
    bytes.writeUInt32LE(0xa1b2c3d4, 0);
    return bytes;
  }

  it("is of the dialect that its records tell, where it is a file", async () => {
    const source = await openFile(patched());
    expect(await readAll(source)).toHaveLength(3);
    expect(source.summary.format).toBe("pcap-modified");
  });

  it("is standard pcap where it comes through a pipe", async () => {
    const source = await openBytes(patched());
    await source.next();
    expect(source.summary.format).toBe("pcap");
  });
});

describe("a pcap that goes on", () => {
  it("is told by two records that make sense, whatever their frames: a pipe is not kept waiting", async () => {
    let asked = false;
    const pipe = new IterableSource(
      (async function* () {
        yield pcap(FRAMES.slice(0, 2));
        asked = true;
      })(),
    );
    const source = await openSource(pipe, "pipe");
    expect((await source.next())?.count).toBe(2);
    expect(asked).toBe(false);
  });

  it("of version 2.4 has its lengths in their order, though more was captured than there was", async () => {
    const [record] = await readAll(await openBytes(pcap([{ ...FRAMES[0], original: 42 }])));
    expect(record.original).toBe(42);
  });
});

it("a pcap may end with another one that has no records", async () => {
  const source = await openBytes(Buffer.concat([pcap(FRAMES), pcap([])]));
  expect(await readAll(source)).toHaveLength(3);
  expect(source.summary.end).toBe("clean");
});

it("a pcap of one dialect alone does not keep a pipe waiting, whatever its first frame is", async () => {
  let asked = false;
  const pipe = new IterableSource(
    (async function* () {
      yield pcap(FRAMES.slice(0, 1), { nanos: true });
      asked = true;
    })(),
  );
  const source = await openSource(pipe, "pipe");
  expect([(await source.next())?.count, asked]).toEqual([1, false]);
});

describe("an interface of a pcapng", () => {
  /** Its description with these options, and a packet at `units` of its clock. */
  async function timeOf(units: bigint, options: readonly Buffer[], end = Buffer.alloc(4)) {
    const packet = Buffer.alloc(20);
    packet.writeUInt32LE(Number(units >> 32n), 4);
    packet.writeUInt32LE(Number(units & 0xffff_ffffn), 8);
    const ethernet = Buffer.from("0100000000000000", "hex");
    const described = pcapngBlock(1, Buffer.concat([ethernet, ...options, end]));
    const source = await openBytes(Buffer.concat([sectionHeader(), described, pcapngBlock(6, packet)]));
    return (await readAll(source))[0].at;
  }
  const option = (code: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(code, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
  };
  const milliseconds = option(9, Buffer.of(3));
  const SECOND = 1_000_000_000n;

  it("may have an option that ends with its block", async () => {
    expect(await timeOf(5_000n, [milliseconds])).toBe(5n * SECOND);
    expect(await timeOf(5_000n, [milliseconds], Buffer.alloc(0))).toBe(5n * SECOND);
  });

  it("has an offset in seconds, whatever its units are, and none of another size", async () => {
    const offset = Buffer.alloc(8);
    offset.writeBigInt64LE(3_600n);
    expect(await timeOf(5_000n, [milliseconds, option(14, offset)])).toBe(3_605n * SECOND);
    expect(await timeOf(5_000_000n, [option(14, offset)])).toBe(3_605n * SECOND);
    expect(await timeOf(5_000n, [milliseconds, option(14, offset.subarray(0, 4))])).toBe(5n * SECOND);
  });
});

it("a simple packet block of a pcapng has the time of the packet before it, to the nanosecond", async () => {
  const simple = pcapngBlock(3, Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.alloc(4)]));
  const timed = pcapng([{ at: 9_000_000_007n, frame: Buffer.alloc(4) }], { interfaces: [{ tsresol: 9 }] });
  const records = await readAll(await openBytes(Buffer.concat([timed, simple]), undefined, 4_096));
  expect(records.map(({ at }) => at)).toEqual([9_000_000_007n, 9_000_000_007n]);
});

it("a pcapng may have a block without a body", async () => {
  const [whole, more] = [pcapng(FRAMES), pcapng(FRAMES.slice(0, 1))];
  const source = await openBytes(Buffer.concat([whole, pcapngBlock(0x0bad, Buffer.alloc(0)), more]));
  expect((await readAll(source)).map(({ bytes }) => bytes)).toEqual(hexOf([...FRAMES, FRAMES[0]]));
  expect(source.summary.end).toBe("clean");
});

describe("a buffer", () => {
  it("for frames is full where it may not have room for the next one", () => {
    const arena = new FrameArena();
    const batch = new BatchBuffer(4);
    arena.begin(batch);
    arena.put(batch, new Uint8Array(1024 * 1024 - MAX_RECORD));
    expect(arena.isFull).toBe(false);
    expect(arena.put(batch, Uint8Array.of(7))).toBe(1024 * 1024 - MAX_RECORD);
    expect(arena.isFull).toBe(true);
    arena.begin(batch);
    expect(arena.isFull).toBe(false);
  });

  it("over bytes at any place reads ahead more and more where reads go on, and little where they jump", async () => {
    const bytes = new MemoryBytes([new Uint8Array(1024 * 1024)]);
    const asked: [position: number, length: number][] = [];
    const glass = new Glass({
      size: bytes.size,
      read: (into, position) => {
        asked.push([position, into.length]);
        return bytes.read(into, position);
      },
      close: async () => {},
    });
    const KB = 1024;
    for (const position of [0, 4 * KB, 8 * KB, 24 * KB, 500 * KB, 504 * KB]) {
      expect(await glass.at(position, 4 * KB)).toHaveLength(4 * KB);
    }
    // What is at hand, to its last byte, is not read again.
    expect(asked).toEqual([
      [0, 8 * KB],
      [8 * KB, 16 * KB],
      [24 * KB, 32 * KB],
      [500 * KB, 4 * KB],
      [504 * KB, 8 * KB],
    ]);
    // A gap as large as a jump is passed over, and no larger one.
    asked.length = 0;
    for (const position of [600 * KB, 608 * KB, 620 * KB + 1]) await glass.at(position, 4 * KB);
    expect(asked.map(([, length]) => length)).toEqual([4 * KB, 8 * KB, 4 * KB]);
    expect(await glass.at(bytes.size - 1, 2)).toBeNull();
  });
});

it("of a stream that is kept, what is behind enough of it is not", async () => {
  const pieces = [Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5)];
  const kept = async (isEnough?: (piece: Uint8Array) => boolean) => {
    const window = new ByteWindow(new IterableSource(Readable.from(pieces)), 8);
    const bytes = await spoolInMemory(window, "pipe", ...(isEnough === undefined ? [] : [isEnough]));
    const into = new Uint8Array(9);
    return [...into.subarray(0, await bytes.read(into, 0))];
  };
  expect(await kept()).toEqual([1, 2, 3, 4, 5]);
  expect(await kept(([first]) => first === 3)).toEqual([1, 2, 3]);
});

describe("a source", () => {
  it("is read as far as its bytes are", async () => {
    const bytes = pcap(FRAMES);
    const source = await openBytes(bytes);
    await readAll(source);
    expect(source.position()).toBe(bytes.length);
  });

  it("that is closed closes its bytes", async () => {
    const calls: string[] = [];
    const onClose = () => void calls.push("closed");
    const source = await openSource(new IterableSource(chunks(pcap(FRAMES), 64), { onClose }), "file");
    expect(calls).toEqual([]);
    await source.close();
    expect(calls).toEqual(["closed"]);
  });

  it("of a stream that cannot be given up is closed all the same", async () => {
    const endless = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    await expect(new IterableSource(endless).close()).resolves.toBeUndefined();
  });

  it("is called by its name, and standard input so", () => {
    expect([label("a.pcap"), label("-")]).toEqual(["a.pcap", "standard input"]);
  });
});
