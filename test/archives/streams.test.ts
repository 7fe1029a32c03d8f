/** Packed streams byte by byte: LZ4 and Zstandard made by hand, bzip2 as bzip2 1.0.8 packed it. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { unpackBzip2 } from "../../src/archives/bzip2.ts";
import { unpackLz4 } from "../../src/archives/lz4.ts";
import { windowOfFirstFrame, zstdPieces } from "../../src/archives/zstd-frames.ts";
import { lz4Block, lz4Frame, lz4Legacy, skippable } from "../support/archive-forms.ts";
import { random32 } from "../support/random.ts";

async function* inPieces(all: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return Buffer.concat(parts);
}

const SIZES = [1, 7, 1_000_000];
const code = (error: { code?: string }) => error.code;

describe("LZ4", () => {
  const unpacked = async (packed: Uint8Array, size = 1_000_000) =>
    (await joined(unpackLz4(inPieces(packed, size)))).toString("latin1");
  const letters = (count: number) =>
    Array.from({ length: count }, (_, i) => String.fromCharCode(97 + (i % 26))).join("");

  it.each([
    ["nothing", lz4Frame([]), ""],
    ["bytes that are stored", lz4Frame(["stored"]), "stored"],
    ["literals", lz4Frame([lz4Block([{ literals: "plain" }])]), "plain"],
    [
      "14 literals, 15 and 300",
      lz4Frame([14, 15, 16, 269, 270, 300].map((n) => lz4Block([{ literals: letters(n) }]))),
      [14, 15, 16, 269, 270, 300].map(letters).join(""),
    ],
    [
      "a match",
      lz4Frame([lz4Block([{ literals: "abcdef", distance: 6, length: 5 }, { literals: "!" }])]),
      "abcdefabcde!",
    ],
    [
      "a match that goes into itself",
      lz4Frame([lz4Block([{ literals: "ab", distance: 2, length: 9 }, { literals: "" }])]),
      "abababababa",
    ],
    ...[4, 18, 19, 20, 273, 274, 600].map((length): [string, Buffer, string] => [
      `a match of ${length}`,
      lz4Frame([lz4Block([{ literals: "x", distance: 1, length }, { literals: "y" }])]),
      `${"x".repeat(length + 1)}y`,
    ]),
    [
      "a match of the block before",
      lz4Frame([
        lz4Block([{ literals: "before" }]),
        lz4Block([{ literals: "", distance: 6, length: 6 }, { literals: "!" }]),
      ]),
      "beforebefore!",
    ],
    [
      "a match of stored bytes before",
      lz4Frame(["before", lz4Block([{ literals: "", distance: 6, length: 6 }, { literals: "!" }])]),
      "beforebefore!",
    ],
    [
      "checksums of blocks and of the content, its size, a dictionary",
      lz4Frame(["one", lz4Block([{ literals: "two" }])], { flags: 0x1d }),
      "onetwo",
    ],
    [
      "frames that follow each other, with one of user data between",
      Buffer.concat([
        lz4Frame(["one"]),
        skippable(Buffer.from("user")),
        skippable(Buffer.alloc(0), 15),
        lz4Frame(["two"]),
      ]),
      "onetwo",
    ],
    [
      "blocks of the older form, and a frame behind them",
      Buffer.concat([
        lz4Legacy([lz4Block([{ literals: "one" }]), lz4Block([{ literals: "two" }])]),
        lz4Frame(["three"]),
        lz4Legacy([lz4Block([{ literals: "four" }])]),
        lz4Legacy([lz4Block([{ literals: "five" }])]),
      ]),
      "onetwothreefourfive",
    ],
  ] as [string, Buffer, string][])("unpacks %s, in pieces of any size", async (_, packed, wanted) => {
    for (const size of SIZES) expect(await unpacked(packed, size)).toBe(wanted);
  });

  it("a match reaches 64 KB back, over blocks and through moves of the window", async () => {
    const next = random32(9);
    const noise = (length: number) =>
      Buffer.from(Array.from({ length }, () => next() & 0xff)).toString("latin1");
    const parts = Array.from({ length: 8 }, () => noise(50_000));
    const all = parts.join("");
    let wanted = "";
    const blocks = parts.flatMap((part) => {
      wanted += part;
      const far = Math.min(65_535, wanted.length);
      const again = wanted.slice(-far).slice(0, 40);
      wanted += `${again}.`;
      return [part, lz4Block([{ literals: "", distance: far, length: 40 }, { literals: "." }])];
    });
    expect(all.length).toBe(400_000);
    expect((await unpacked(lz4Frame(blocks))) === wanted).toBe(true);
  });

  it.each([
    ["another version", Buffer.from("04224d18204073" + "00000000", "hex")],
    ["a size of blocks that is not defined", Buffer.from("04224d18603073" + "00000000", "hex")],
    [
      "a block that is larger than the frame's",
      Buffer.concat([Buffer.from("04224d18604073", "hex"), Buffer.from([1, 0, 1, 0]), Buffer.alloc(70_000)]),
    ],
    ["a match at distance 0", lz4Frame([lz4Block([{ literals: "abcd", distance: 0 }, { literals: "" }])])],
    [
      "a match of what was not there",
      lz4Frame([lz4Block([{ literals: "abcd", distance: 5 }, { literals: "" }])]),
    ],
    [
      "a match of a frame before",
      Buffer.concat([
        lz4Frame(["before"]),
        lz4Frame([lz4Block([{ literals: "a", distance: 6 }, { literals: "" }])]),
      ]),
    ],
    ["a block without its last literals", lz4Frame([lz4Block([{ literals: "abcd", distance: 4 }])])],
    ["literals that are not there", lz4Frame([Buffer.from([0x50, 0x61])])],
    ["a distance that is not there", lz4Frame([Buffer.from([0x10, 0x61, 0x01])])],
    [
      "more than a block may hold",
      lz4Frame([lz4Block([{ literals: "x", distance: 1, length: 65_536 }, { literals: "" }])]),
    ],
    ["something else behind a frame", Buffer.concat([lz4Frame(["x"]), Buffer.from("what else")])],
    [
      "a block of the older form that is larger than one may be",
      Buffer.concat([Buffer.from("02214c18", "hex"), Buffer.from([1, 2, 0x81, 0])]),
    ],
  ])("is damaged: %s", async (_, packed) => {
    expect(await unpacked(packed).catch(code)).toBe("Z_DATA_ERROR");
  });

  it("is cut off where it ends too soon, at any byte", async () => {
    const packed = lz4Frame(["stored", lz4Block([{ literals: "plain" }])], { flags: 0x1d });
    for (let length = 1; length < packed.length; length += 1) {
      expect(await unpacked(packed.subarray(0, length)).catch(code), `${length} bytes`).toBe("Z_BUF_ERROR");
    }
  });
});

describe("Zstandard", () => {
  /** RFC 8878 3.1.1: a header, blocks that are raw (0) or of one byte repeated (1), and four bytes of a checksum. */
  const block = (kind: number, size: number, bytes: string, last: boolean) => {
    const head = Buffer.alloc(3);
    head.writeUIntLE((size << 3) | (kind << 1) | Number(last), 0, 3);
    return Buffer.concat([head, Buffer.from(bytes, "latin1")]);
  };
  const frame = (header: string, checksum = false) =>
    Buffer.concat([
      Buffer.from(`28b52ffd${header}`, "hex"),
      block(0, 5, "plain", false),
      block(1, 300, "r", false),
      block(2, 4, "\x10ab\0", true),
      Buffer.alloc(checksum ? 4 : 0, 0x5a),
    ]);
  const pieces = async (packed: Uint8Array, size = 1_000_000) => {
    const found: number[] = [];
    const parts: Uint8Array[] = [];
    for await (const piece of zstdPieces(inPieces(packed, size), () => 1_000_000_000)) {
      found.push(piece.length);
      parts.push(piece);
    }
    return { lengths: found, bytes: Buffer.concat(parts) };
  };

  it.each([
    ["a window", "0058", false, 6, 2 ** 21],
    ["a window between two powers", "005d", false, 6, 2 ** 21 + (2 ** 21 / 8) * 5],
    ["a checksum", "0458", true, 6, 2 ** 21],
    ["a dictionary of 1 byte", "0158aa", false, 7, 2 ** 21],
    ["of 2", "0258aaaa", false, 8, 2 ** 21],
    ["of 4", "0358aaaaaaaa", false, 10, 2 ** 21],
    ["a window and a content size of 2 bytes", "40580001", false, 8, 2 ** 21],
    ["of 4", "805800010000", false, 10, 2 ** 21],
    ["of 8", `c058${"00".repeat(8)}`, false, 14, 2 ** 21],
    ["a single segment of 1 byte", "20ff", false, 6, 255],
    ["of 2, counted from 256", "600102", false, 7, 513 + 256],
    ["of 4", "a000000100", false, 9, 65_536],
    ["of 8", "e00000010000000000", false, 13, 65_536],
    ["of 1 with a dictionary of 4", "23aabbccdd10", false, 10, 16],
  ])("frames with %s are taken apart, in pieces of any size", async (_, header, checksum, head, window) => {
    const packed = frame(header, checksum);
    for (const size of SIZES) {
      const { lengths, bytes } = await pieces(packed, size);
      expect(lengths).toEqual([head, 8, 4, checksum ? 11 : 7]);
      expect(bytes.equals(packed)).toBe(true);
    }
    const first = await windowOfFirstFrame(inPieces(packed, 1_000_000));
    expect(first.window).toBe(window);
    expect((await joined(first.whole)).equals(packed)).toBe(true);
  });

  it("frames that follow each other come without those of user data", async () => {
    const packed = [
      skippable(Buffer.from("user")),
      frame("0058"),
      skippable(Buffer.alloc(0), 15),
      frame("0458", true),
    ];
    const { lengths, bytes } = await pieces(Buffer.concat(packed), 7);
    expect(lengths).toEqual([6, 8, 4, 7, 6, 8, 4, 11]);
    expect(bytes.equals(Buffer.concat([packed[1], packed[3]]))).toBe(true);
    expect((await windowOfFirstFrame(inPieces(Buffer.concat(packed), 1_000_000))).window).toBe(0);
  });

  // What zstd makes of an empty file, without and with a checksum, and of a byte.
  it.each(["28b52ffd2000010000", "28b52ffd240001000099e9d851", "28b52ffd200109000041"])(
    "a last frame that is shorter than the longest header is whole: %s",
    async (last) => {
      const packed = Buffer.concat([frame("0058"), Buffer.from(last, "hex")]);
      for (const size of SIZES) expect((await pieces(packed, size)).bytes.equals(packed)).toBe(true);
      expect((await windowOfFirstFrame(inPieces(Buffer.from(last, "hex"), 1_000_000))).window).toBeLessThan(
        2,
      );
    },
  );

  it.each([
    [
      "a block of the reserved kind",
      Buffer.concat([Buffer.from("28b52ffd0058", "hex"), block(3, 5, "plain and more", true)]),
    ],
    [
      "a block of more than 128 KB",
      Buffer.concat([Buffer.from("28b52ffd0058", "hex"), block(0, 131_073, "x".repeat(131_073), true)]),
    ],
    ["something else behind a frame", Buffer.concat([frame("0058"), Buffer.from("what else is this")])],
    ["a window of more than 128 MB", frame("0089")],
    ["a single segment of more than 128 MB", frame("a001000008")],
  ])("is damaged, or not unpacked: %s", async (_, packed) => {
    expect(await pieces(packed).catch(code)).toBe("Z_DATA_ERROR");
  });

  it("takes a block of 128 KB and a window of 128 MB", async () => {
    const largest = Buffer.concat([
      Buffer.from("28b52ffd0088", "hex"),
      block(0, 131_072, "x".repeat(131_072), true),
    ]);
    expect((await pieces(largest)).lengths).toEqual([6, 131_075]);
    expect((await pieces(frame("a000000008"))).lengths[0]).toBe(9);
  });

  it("is cut off where it ends too soon, at any byte", async () => {
    const packed = frame("0458", true);
    for (let length = 1; length < packed.length; length += 1) {
      expect(await pieces(packed.subarray(0, length)).catch(code), `${length} bytes`).toBe("Z_BUF_ERROR");
    }
  });
});

describe("bzip2", () => {
  const packed: Record<string, string> = JSON.parse(
    readFileSync(new URL("packed-by-bzip2.json", import.meta.url), "utf8"),
  );
  const of = (name: string) => Buffer.from(packed[name], "base64");
  const unpacked = (bytes: Uint8Array, size = 1_000_000) => joined(unpackBzip2(inPieces(bytes, size)));

  /** Bytes of which the larger ones are rarer: their codes are long. */
  function skewed(): Buffer {
    const next = random32(5);
    const rare = () => Math.min(255, Math.floor(-Math.log2((next() + 1) / 0x1_0000_0001) * 3));
    return Buffer.from(Array.from({ length: 3000 }, rare));
  }
  const INPUTS: Record<string, Buffer> = {
    empty: Buffer.alloc(0),
    a: Buffer.from("a"),
    runs: Buffer.concat([1, 3, 4, 5, 258, 259, 260, 600].map((n, i) => Buffer.alloc(n, 65 + (i % 3)))),
    all: Buffer.from(Array.from({ length: 256 }, (_, i) => 255 - i)),
    skew: skewed(),
    two: Buffer.alloc(150_000, "a line that comes again and again\n"),
  };

  it.each(Object.keys(INPUTS))(
    "unpacks %s, in pieces of any size, and streams that follow each other",
    async (name) => {
      const input = INPUTS[name];
      for (const size of SIZES) expect((await unpacked(of(name), size)).equals(input)).toBe(true);
      const twice = await unpacked(Buffer.concat([of(name), of(name)]));
      expect(twice.equals(Buffer.concat([input, input]))).toBe(true);
    },
  );

  it("is cut off where it ends too soon, at any byte", async () => {
    const bytes = of("runs");
    for (let length = 1; length < bytes.length; length += 1) {
      expect(await unpacked(bytes.subarray(0, length)).catch(code), `${length} bytes`).toBe("Z_BUF_ERROR");
    }
  });

  it("gives what was packed, or says that it is damaged, where a bit is another", async () => {
    const bytes = of("runs");
    let wrong = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] ^= 0x80 >> (bit & 7);
      const got = await unpacked(damaged).catch(code);
      if (typeof got === "string") wrong += 1;
      else expect(got?.equals(INPUTS.runs)).toBe(true);
    }
    expect(wrong).toBeGreaterThan(100);
  });

  it.each([
    ["a level of 0", (bytes: Buffer) => bytes.fill("0", 3, 4)],
    ["a level of :", (bytes: Buffer) => bytes.fill(":", 3, 4)],
    ["another mark", (bytes: Buffer) => bytes.fill("C", 0, 1)],
    ["another checksum of the block", (bytes: Buffer) => bytes.fill(bytes[10] ^ 1, 10, 11)],
    ["another mark of the block", (bytes: Buffer) => bytes.fill(bytes[4] ^ 1, 4, 5)],
    ["the bit of a form before 0.9.5", (bytes: Buffer) => bytes.fill(bytes[14] | 0x80, 14, 15)],
  ])("is refused with %s", async (name, damage) => {
    const wanted = name.includes("0.9.5") ? "UNSUPPORTED_PACKING" : "Z_DATA_ERROR";
    expect(await unpacked(damage(Buffer.from(of("runs")))).catch(code)).toBe(wanted);
  });

  it("gives the blocks before one that is damaged", async () => {
    const bytes = Buffer.from(of("two"));
    bytes[bytes.length - 30] ^= 0xff;
    const parts: Uint8Array[] = [];
    const read = async () => {
      for await (const part of unpackBzip2(inPieces(bytes, 1000))) parts.push(part.slice());
    };
    await expect(read()).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
    const got = Buffer.concat(parts);
    expect(got.length).toBeGreaterThan(90_000);
    expect(got.equals(INPUTS.two.subarray(0, got.length))).toBe(true);
  });
});
