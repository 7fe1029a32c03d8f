import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaptureError } from "../../src/capture/source.ts";
import {
  type FrameRecord,
  interfaceDescription,
  pcap,
  pcapng,
  pcapngBlock,
  sectionHeader,
} from "../support/capture-files.ts";
import { CHUNK_SIZES, openBytes, readAll } from "../support/sources.ts";

const NS = 1_000_000_000n;
const frames: FrameRecord[] = [
  { at: 1_700_000_000n * NS + 123_456_789n, frame: Buffer.alloc(60, 1) },
  { at: 1_700_000_000n * NS + 999_999_999n, frame: Buffer.alloc(0), original: 60 },
  { at: 1_700_000_001n * NS, frame: Buffer.alloc(301, 3), original: 1500 },
];

/** What a reader must give for `frames`, with times cut to `unit` nanoseconds. */
function expected(unit: bigint, linkType = 1) {
  return frames.map(({ at, frame, original }, i) => ({
    frame: i + 1,
    at: at - (at % unit),
    bytes: Buffer.from(frame).toString("hex"),
    original: original ?? frame.length,
    linkType,
    interface: 0,
  }));
}

const files: [string, Buffer, bigint, string][] = [];
for (const bigEndian of [false, true]) {
  const order = bigEndian ? "big-endian" : "little-endian";
  files.push([`pcap, ${order}`, pcap(frames, { bigEndian }), 1000n, "pcap"]);
  files.push([`nanosecond pcap, ${order}`, pcap(frames, { bigEndian, nanos: true }), 1n, "pcap-ns"]);
  files.push([
    `modified pcap, ${order}`,
    pcap(frames, { bigEndian, modified: true }),
    1000n,
    "pcap-modified",
  ]);
  files.push([`pcapng, ${order}`, pcapng(frames, { bigEndian }), 1000n, "pcapng"]);
  files.push([
    `pcapng in nanoseconds, ${order}`,
    pcapng(frames, { bigEndian, interfaces: [{ tsresol: 9 }] }),
    1n,
    "pcapng",
  ]);
  files.push([
    `pcapng with an old packet block, ${order}`,
    pcapng(frames, { bigEndian, block: "old" }),
    1000n,
    "pcapng",
  ]);
  files.push([
    `pcapng with a time offset, ${order}`,
    pcapng(frames, { bigEndian, interfaces: [{ tsoffset: -3600n }] }),
    1000n,
    "pcapng",
  ]);
}
files.push(["gzip around pcap", gzipSync(pcap(frames)), 1000n, "pcap+gzip"]);
const halves = [pcap(frames).subarray(0, 100), pcap(frames).subarray(100)];
files.push(["gzip of two members", Buffer.concat(halves.map((half) => gzipSync(half))), 1000n, "pcap+gzip"]);

describe.each(files)("%s", (_name, bytes, unit, format) => {
  it.each(CHUNK_SIZES)("is read in chunks of %d bytes", async (size) => {
    const source = await openBytes(bytes, size);
    expect(await readAll(source)).toEqual(expected(unit));
    expect(source.summary).toMatchObject({ format, packets: 3, linkTypes: [1], end: "clean", problem: null });
  });
});

describe("a capture cut off", () => {
  const cases = files.filter(([name]) => !name.includes("gzip"));
  it.each(cases)(
    "%s: at every byte, what is whole is kept and the end is told",
    async (_name, bytes, unit) => {
      const whole = expected(unit);
      for (let length = 0; length < bytes.length; length += 1) {
        try {
          const source = await openBytes(bytes.subarray(0, length));
          const records = await readAll(source);
          expect(records).toEqual(whole.slice(0, records.length));
          expect(["clean", "truncated"]).toContain(source.summary.end);
          expect(records.length).toBeLessThan(3);
        } catch (error) {
          expect(error).toBeInstanceOf(CaptureError);
          expect(length).toBeLessThan(24);
        }
      }
    },
  );

  it("between two records is clean, inside one it is not", async () => {
    const bytes = pcap(frames);
    const end = async (length: number) => {
      const source = await openBytes(bytes.subarray(0, length));
      await readAll(source);
      return source.summary.end;
    };
    expect(await end(24)).toBe("clean");
    expect(await end(24 + 16 + 60)).toBe("clean");
    expect(await end(24 + 16 + 59)).toBe("truncated");
    expect(await end(24 + 16 + 60 + 15)).toBe("truncated");
  });

  it("inside gzip, what could be unpacked is kept", async () => {
    const many = Array.from({ length: 2000 }, (_, i) => ({
      at: BigInt(i) * NS,
      frame: Buffer.alloc(100, i),
    }));
    const packed = gzipSync(pcap(many), { level: 0 });
    const cut = await openBytes(packed.subarray(0, packed.length >> 1));
    expect((await readAll(cut)).length).toBeGreaterThan(500);
    expect(cut.summary.end).toBe("truncated");
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, packed.length >> 1, (packed.length >> 1) + 8);
    const source = await openBytes(damaged);
    await readAll(source);
    expect(source.summary.end).toBe("corrupt");
    expect(source.summary.problem).toMatch(/damaged|claims/);
  });
});

describe("captures that cat has joined", () => {
  it.each(CHUNK_SIZES)("are read one after the other, in pieces of %i bytes", async (chunk) => {
    const joined = Buffer.concat([pcap(frames), pcap([]), pcap(frames, { linkType: 101 })]);
    const source = await openBytes(joined, chunk);
    const numbered = [...expected(1000n), ...expected(1000n, 101)].map((each, i) => ({
      ...each,
      frame: i + 1,
    }));
    expect(await readAll(source)).toEqual(numbered);
    expect(source.summary).toMatchObject({
      end: "clean",
      packets: 6,
      bytes: joined.length,
      linkTypes: [1, 101],
    });
  });

  it.each<[string, Buffer]>([
    ["another byte order", pcap(frames, { bigEndian: true })],
    ["nanoseconds", pcap(frames, { nanos: true })],
  ])("one of another form ends the reading: %s", async (_, other) => {
    const source = await openBytes(Buffer.concat([pcap(frames), other]));
    expect(await readAll(source)).toEqual(expected(1000n));
    expect(source.summary.end).toBe("corrupt");
    expect(source.summary.problem).toMatch(/another capture begins at byte 433, .* mergecap -a\.$/);
  });

  it("a second one cut off in its header is a capture cut off", async () => {
    const source = await openBytes(Buffer.concat([pcap(frames), pcap([]).subarray(0, 23)]));
    expect(await readAll(source)).toEqual(expected(1000n));
    expect(source.summary.end).toBe("truncated");
  });
});

describe("faults", () => {
  it("a record larger than any program writes ends the reading, and the records before it stand", async () => {
    const bytes = pcap(frames);
    bytes.writeUInt32LE(0xffffffff, 24 + 16 + 60 + 8);
    const source = await openBytes(bytes);
    expect((await readAll(source)).length).toBe(1);
    expect(source.summary.end).toBe("corrupt");
    expect(source.summary.problem).toContain("at byte 100 claims 4294967295 bytes");
  });

  it("the upper bits of the link type are flags", async () => {
    const bytes = pcap(frames);
    bytes.writeUInt32LE(0x34000001, 20);
    expect((await openBytes(bytes)).summary.linkTypes).toEqual([1]);
  });

  const section = sectionHeader();
  const ethernet = interfaceDescription();
  const block = (type: number, length: number, declared = length) => {
    const bytes = pcapngBlock(type, Buffer.alloc(length - 12));
    bytes.writeUInt32LE(declared, 4);
    return bytes;
  };
  const enhanced = (captured: number, id = 0) => {
    const body = Buffer.alloc(20 + 8);
    body.writeUInt32LE(id, 0);
    body.writeUInt32LE(captured, 12);
    return pcapngBlock(6, body);
  };
  it.each([
    ["a block length below its minimum", [section, block(6, 32, 8)], "impossible length 8"],
    ["an interface description without room for its fields", [pcapngBlock(1, Buffer.alloc(4))], "too short"],
    ["a block length that is no multiple of four", [section, block(5, 32, 30)], "impossible length 30"],
    ["a packet block of 4 GiB", [section, ethernet, block(6, 32, 0xfffffffc)], "claims 4294967292 bytes"],
    [
      "two lengths that differ",
      [section, ethernet, Buffer.concat([enhanced(8).subarray(0, -4), Buffer.from([9, 0, 0, 0])])],
      "differ",
    ],
    ["an interface that is not described", [section, ethernet, enhanced(8, 1)], "not described"],
    [
      "a simple packet block without any interface",
      [section, pcapngBlock(3, Buffer.alloc(8))],
      "not described",
    ],
    ["more captured bytes than the block holds", [section, ethernet, enhanced(9)], "claims 9 bytes"],
    [
      "a packet block without room for its header",
      [section, ethernet, pcapngBlock(6, Buffer.alloc(8))],
      "too short",
    ],
    [
      "a section without byte-order magic",
      [section, pcapngBlock(0x0a0d0d0a, Buffer.alloc(16))],
      "byte-order magic",
    ],
  ])("pcapng with %s", async (_name, blocks, problem) => {
    const good = pcapng(frames);
    const source = await openBytes(Buffer.concat([good, ...blocks]));
    expect((await readAll(source)).length).toBe(3);
    expect(source.summary.end).toBe("corrupt");
    expect(source.summary.problem).toContain(problem);
  });

  it("a fault is told once the records before it were handed on", async () => {
    const damaged = pcap(frames);
    damaged.writeUInt32LE(0xffffffff, 24 + 16 + 60 + 8);
    for (const bytes of [damaged, Buffer.concat([pcapng(frames), block(6, 32, 8)])]) {
      const source = await openBytes(bytes, undefined, 65_536);
      expect(await source.next()).not.toBeNull();
      expect(source.summary.end).toBe("clean");
      expect(await source.next()).toBeNull();
      expect(source.summary.end).toBe("corrupt");
    }
  });

  it("a block that is passed over may be cut off as well", async () => {
    const names = pcapngBlock(4, Buffer.alloc(100));
    const end = async (cut: number) => {
      const source = await openBytes(Buffer.concat([pcapng(frames), names.subarray(0, names.length - cut)]));
      expect(await readAll(source)).toHaveLength(3);
      return source.summary.end;
    };
    expect([await end(0), await end(1), await end(100)]).toEqual(["clean", "truncated", "truncated"]);
  });

  it("a section with more interfaces than anybody has is given up", async () => {
    const source = await openBytes(
      Buffer.concat([section, ...new Array<Buffer>(65_537).fill(ethernet)]),
      undefined,
      65536,
    );
    expect(await readAll(source)).toEqual([]);
    expect(source.summary.problem).toContain("more than 65536 interfaces");
  });
});

describe("pcapng", () => {
  it("keeps sections of either byte order and their interfaces apart", async () => {
    const file = Buffer.concat([
      pcapng([{ at: 5n * NS, frame: Buffer.from([1]) }], { interfaces: [{ linkType: 101 }] }),
      pcapngBlock(0x0bad, Buffer.alloc(40)),
      pcapng([{ at: 6n * NS + 1n, frame: Buffer.from([2]), interface: 1 }], {
        bigEndian: true,
        interfaces: [{ linkType: 1 }, { linkType: 113, tsresol: 9 }],
      }),
    ]);
    for (const size of CHUNK_SIZES) {
      const source = await openBytes(file, size);
      expect((await readAll(source)).map(({ at, linkType, interface: id }) => [at, linkType, id])).toEqual([
        [5n * NS, 101, 0],
        [6n * NS + 1n, 113, 2],
      ]);
      expect(source.summary.linkTypes).toEqual([101, 1, 113]);
      expect(source.summary.timeDigits).toBe(9);
    }
  });

  it("gives a simple packet block the time before it, and the bytes that the snaplen left", async () => {
    const simple = pcapngBlock(3, Buffer.concat([Buffer.from([60, 0, 0, 0]), Buffer.alloc(20, 7)]));
    const file = Buffer.concat([
      sectionHeader(),
      interfaceDescription({ snaplen: 20 }),
      pcapng([{ at: 9n * NS, frame: Buffer.alloc(4) }]).subarray(28 + 20),
      simple,
    ]);
    const source = await openBytes(file);
    const records = await readAll(source);
    expect(records[1]).toMatchObject({ at: 9n * NS, bytes: "07".repeat(20), original: 60 });
    expect(source.summary.untimed).toBe(1);
    const unlimited = await openBytes(Buffer.concat([sectionHeader(), interfaceDescription(), simple]));
    expect((await readAll(unlimited))[0]).toMatchObject({ bytes: "07".repeat(20), original: 60 });
  });

  it("has times in nanoseconds where an interface says so", async () => {
    for (const [described, digits] of [
      [{}, 6],
      [{ tsresol: 6 }, 6],
      [{ tsresol: 9 }, 9],
    ] as const) {
      const source = await openBytes(pcapng(frames, { interfaces: [described] }));
      await readAll(source);
      expect(source.summary.timeDigits).toBe(digits);
    }
  });

  it.each([0, 3, 6, 7, 9, 12, 0x80 | 10, 0x80 | 20, 0x80 | 30])(
    "reads times in units of resolution %d exactly",
    async (tsresol) => {
      for (const units of [0n, 1n, 999n, (1n << 32n) - 1n, 1n << 32n, 1_700_000_000_123_456n]) {
        const perSecond = (tsresol & 0x80) === 0 ? 10n ** BigInt(tsresol) : 2n ** BigInt(tsresol & 0x7f);
        const nanoseconds = (units * NS) / perSecond;
        if (nanoseconds / 1000n > BigInt(Number.MAX_SAFE_INTEGER)) continue;
        const body = Buffer.alloc(20);
        body.writeUInt32LE(Number(units >> 32n), 4);
        body.writeUInt32LE(Number(units & 0xffffffffn), 8);
        const file = Buffer.concat([
          sectionHeader(),
          interfaceDescription({ tsresol }),
          pcapngBlock(6, body),
        ]);
        expect((await readAll(await openBytes(file)))[0].at).toBe(nanoseconds);
      }
    },
  );
});

describe("whatever the bytes are", () => {
  it("reading ends in records or a CaptureError", async () => {
    const starts = files.map(([, bytes]) => bytes).concat([Buffer.alloc(0)]);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.array(fc.tuple(fc.nat(500), fc.nat(255)), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 64 }),
        async (start, flips, tail) => {
          const bytes = Buffer.concat([start, tail]);
          for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
          try {
            const source = await openBytes(bytes);
            const records = await readAll(source);
            expect(records.length).toBe(source.summary.packets);
          } catch (error) {
            expect(error).toBeInstanceOf(CaptureError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
