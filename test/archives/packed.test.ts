/** Packed captures in forms that one unpacker cannot read alone, several at once, and what costs too much. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { unpackLz4 } from "../../src/archives/lz4.ts";
import { MAX_MEMBERS } from "../../src/archives/members.ts";
import { TarHeaders } from "../../src/archives/tar.ts";
import { windowOfFirstFrame, zstdPieces } from "../../src/archives/zstd-frames.ts";
import { analyze } from "../../src/index.ts";
import { HERE, large } from "../../src/node/unpack/decompressors.ts";
import { unpackZstd } from "../../src/node/unpack/zstd.ts";
import { pcap } from "../support/capture-files.ts";
import { random32 } from "../support/random.ts";
import { hasTool } from "../support/tools.ts";

const SAMPLE = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));
const bytes = new Uint8Array(readFileSync(SAMPLE));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-packed-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function packedBy(program: string, args: readonly string[], input: Uint8Array = bytes): string {
  const path = join(folder, `${program}${args.join("")}`);
  writeFileSync(path, execFileSync(program, args, { input, maxBuffer: 1 << 28 }));
  return path;
}

async function* inPieces(all: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return Buffer.concat(parts);
}

const WITH_PROGRAM: [string, string, string[]][] = [
  ["xz with SHA-256 checks", "xz", ["-c", "-C", "sha256"]],
  ["xz with a filter for programs", "xz", ["-c", "--x86", "--lzma2"]],
  ["xz with a dictionary of 100 MB", "xz", ["-c", "--lzma2=dict=100MiB"]],
  ["zstd with a window of 128 MB", "zstd", ["-c", "-q", "--long=27"]],
];

describe("what a package cannot unpack", () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  it.each(WITH_PROGRAM)("%s is read by the system's program", async (_, program, args) => {
    if (!hasTool(program)) return;
    const { report, failures } = await analyze([packedBy(program, args)]);
    expect(failures).toEqual([]);
    expect(report.summary.findings.rejected).toBe(1);
  });

  it("is said in one sentence, with what to do, where there is no such program", async () => {
    if (!hasTool("xz")) return;
    const packed = packedBy("xz", ["-c", "-C", "sha256"]);
    process.env.PATH = folder;
    const { failures } = await analyze([packed]);
    expect(failures.map(({ code, message }) => [code, message])).toEqual([
      [
        "unsupported",
        `${packed} is xz data that has a check or filter that is not known here, or a dictionary of more than 64 MB: install xz, or unpack it elsewhere`,
      ],
    ]);
  });

  it("is said where the program would need too much memory", async () => {
    if (!hasTool("xz")) return;
    const { failures } = await analyze([packedBy("xz", ["-c", "--lzma2=dict=1GiB,mode=fast,nice=8,mf=hc3"])]);
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining("wants more memory")]);
  });
});

describe("large files", () => {
  it.each([
    ["xz", ["-c"]],
    ["bzip2", ["-c"]],
    ["lz4", ["-c", "-q"]],
    ["zstd", ["-c", "-q"]],
  ] as const)("of %s are unpacked by the system's program, to the same bytes", async (program, args) => {
    if (!hasTool(program)) return;
    const packed = new Uint8Array(readFileSync(packedBy(program, args)));
    let here = 0;
    const decompress = large(
      program,
      (stream) => {
        here += 1;
        return HERE[program](stream);
      },
      packed.length,
    );
    expect(await joined(await decompress(inPieces(packed), packed.length))).toEqual(Buffer.from(bytes));
    expect(here).toBe(0);
    // One that is shorter, or whose size is not known, is not large.
    expect(await joined(await decompress(inPieces(packed), packed.length - 1))).toEqual(Buffer.from(bytes));
    expect(await joined(await decompress(inPieces(packed), null))).toEqual(Buffer.from(bytes));
    expect(here).toBe(2);
  });

  it.each(["xz", "bzip2", "lz4", "zstd"])("of %s that are cut off are said to be", async (program) => {
    if (!hasTool(program)) return;
    const packed = new Uint8Array(readFileSync(packedBy(program, ["-c"])));
    const decompress = large(program, () => Promise.reject(new Error("not asked for")), 1);
    const cut = await decompress(inPieces(packed.subarray(0, packed.length - 40)), packed.length);
    await expect(joined(cut)).rejects.toMatchObject({ code: "Z_BUF_ERROR" });
  });
});

describe("several packed captures", () => {
  it.each([
    ["xz", ["-0c"]],
    ["bzip2", ["-1c"]],
    ["zstd", ["-qc"]],
    ["lz4", ["-qc"]],
  ] as const)("of %s are merged, though none ends before the others", async (program, args) => {
    if (!hasTool(program)) return;
    const names = [1, 2, 3].map((seed) => {
      const next = random32(seed);
      // More than a window holds, with times that take turns.
      const records = Array.from({ length: 1500 }, (_, i) => ({
        at: BigInt(3 * i + seed) * 1_000_000_000n,
        frame: Buffer.alloc(1000, next() & 0xff),
      }));
      const path = join(folder, `${program}-${seed}`);
      writeFileSync(path, execFileSync(program, args, { input: pcap(records), maxBuffer: 1 << 28 }));
      return path;
    });
    const { report, failures } = await analyze(names);
    expect(failures).toEqual([]);
    expect(report.capture.sources.map(({ packets, end }) => [packets, end])).toEqual(
      Array(3).fill([1500, "clean"]),
    );
  });
});

describe("packed data that is made to keep a machine busy", () => {
  it("lz4: a hundred thousand empty frames of large blocks are passed over at once", async () => {
    // Blocks of 4 MB, of which there is none.
    const empty = Buffer.from("04224d18607073" + "00000000", "hex");
    const begin = process.cpuUsage();
    expect(
      (await joined(unpackLz4(inPieces(Buffer.alloc(100_000 * empty.length, empty), 65_536)))).length,
    ).toBe(0);
    expect(process.cpuUsage(begin).user).toBeLessThan(5_000_000);
  });

  it("lz4: blocks of a byte give their bytes", async () => {
    const block = Buffer.from("02000000" + "1041", "hex");
    const frame = Buffer.concat([
      Buffer.from("04224d18604073", "hex"),
      Buffer.alloc(70_000 * block.length, block),
      Buffer.alloc(4),
    ]);
    const got = await joined(unpackLz4(inPieces(Buffer.concat([frame, frame]), 4096)));
    expect(got.equals(Buffer.alloc(140_000, "A"))).toBe(true);
  });

  it.each([
    [1, false],
    [2048, true],
  ])(
    "zstd: blocks that stand for %i bytes and each move a window of 8 MB go on: %s",
    async (size, goesOn) => {
      const block = Buffer.alloc(4);
      block.writeUIntLE((size << 3) | 2, 0, 3);
      const frame = Buffer.concat([Buffer.from("28b52ffd0068", "hex"), Buffer.alloc(4 * 5000, block)]);
      let unpacked = 0;
      const taken = async () => {
        for await (const piece of zstdPieces(inPieces(frame, 65_536), () => unpacked)) {
          if (piece.length === block.length) unpacked += size;
        }
      };
      // Nothing ends the frame.
      await expect(taken()).rejects.toThrow(goesOn ? "unexpected end of file" : "blocks too small");
      if (goesOn) expect(unpacked).toBe(5000 * size);
      else expect(unpacked).toBeLessThan(600);
    },
  );

  /** RFC 8878 3.1.1: a single segment of one raw block, of at most 255 bytes and without a checksum. */
  const rawFrame = (content: string) =>
    Buffer.concat([
      Buffer.from("28b52ffd20", "hex"),
      Buffer.from([content.length, (content.length << 3) | 1, content.length >> 5, 0]),
      Buffer.from(content),
    ]);

  it.each([
    [["a", "beautiful capture"]],
    [["a capture that ends in a", "b"]],
    [["", "a", "b", "c", "", "and a longer one", "d", ""]],
    [["a"]],
  ])("zstd: frames with less than 18 bytes come out, with all behind them: %j", async (contents) => {
    const packed = Buffer.concat(contents.map(rawFrame));
    for (const size of [1, 7, 1000]) {
      expect((await joined(unpackZstd(inPieces(packed, size)))).toString()).toBe(contents.join(""));
    }
  });

  it("zstd: the window of the first frame is seen in its header, and the stream is whole", async () => {
    const { window, whole } = await windowOfFirstFrame(
      inPieces(Buffer.from(`28b52ffd0088${"00".repeat(12)}`, "hex")),
    );
    expect(window).toBe(128 * 1024 * 1024);
    expect((await joined(whole)).length).toBe(18);
    expect((await windowOfFirstFrame(inPieces(new Uint8Array(0)))).window).toBe(0);
    expect((await windowOfFirstFrame(inPieces(Buffer.from("28b52ffd", "hex")))).window).toBe(0);
  });
});

describe("a tar of names without end", () => {
  const header = (name: string, size: number) => {
    const block = Buffer.alloc(512);
    block.write(name, 0);
    block.write(size.toString(8).padStart(11, "0"), 124);
    block.fill(0x20, 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return block;
  };

  it.each([100, 512, 65_536])(
    "is enough behind the last that is looked at, in pieces of %i bytes",
    (size) => {
      const names = Buffer.alloc(70_000 * 512, header("x", 0));
      const headers = new TarHeaders();
      let at = 0;
      while (at < names.length && !headers.isEnough(names.subarray(at, at + size))) at += size;
      expect(Math.floor((at + size) / 512)).toBeGreaterThanOrEqual(MAX_MEMBERS + 1);
      expect(at / 512).toBeLessThanOrEqual(MAX_MEMBERS + 1);
    },
  );

  it("is not one of a few files with much in them", () => {
    const headers = new TarHeaders();
    const file = Buffer.concat([header("x", 3000), Buffer.alloc(3072, header("y", 0))]);
    for (let i = 0; i < 20_000; i += 1) expect(headers.isEnough(file)).toBe(false);
  });
});
