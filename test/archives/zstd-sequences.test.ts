/** What blocks of Zstandard unpack to, found out beforehand: against what zstd packed, and blocks that are made to hurt. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PackedError } from "../../src/archives/packed-input.ts";
import { zstdPieces } from "../../src/archives/zstd-frames.ts";
import { BlockSizes } from "../../src/archives/zstd-sequences.ts";
import { random32 } from "../support/random.ts";
import { hasTool } from "../support/tools.ts";

const BLOCK_HEADER = 3;

/** A frame's header, then its blocks. */
async function piecesOf(packed: Uint8Array): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  const whole = (async function* () {
    yield packed;
  })();
  for await (const piece of zstdPieces(whole, () => Number.POSITIVE_INFINITY)) pieces.push(piece);
  return pieces;
}

/** What a frame without a checksum unpacks to, block by block: as it is, one byte repeated, or compressed. */
async function sizesOf(packed: Uint8Array): Promise<number[]> {
  const [, ...blocks] = await piecesOf(packed);
  const sizes = new BlockSizes();
  return blocks.map((block) => {
    const size = ((block[0] | (block[1] << 8) | (block[2] << 16)) >>> 3) & 0x1fffff;
    return ((block[0] >> 1) & 3) === 2 ? sizes.sizeOf(block.subarray(BLOCK_HEADER)) : size;
  });
}

const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
const text = (lines: number, line: (i: number) => string) =>
  Array.from({ length: lines }, (_, i) => line(i)).join("");

/** Made by zstd 1.5.4 (`--no-check`), levels 19 and 3. */
const DIALS =
  "KLUv/WDLBGUHAHZSKROgKR3xONkfANjLJFOSSeamhlMjKAAiACEARXMZqTGO2j6SsZQ15JizVlr1TC4qzfnVCoAIFAhDoDAo" +
  "RpE4EAoGQaRR7lNT55Rq5c4Q5/qErRLZOAfNQ8q0RbF4Bo09FfaFaAJjWr9XhUX+DJO9uS9SG8v5XK/uERESTj/mrw/JoNar" +
  "LwETsWXww1M4nq9TW8yiQf1PReWXRmskyVZirWhI+pYsM3aoIRRet78BkC20GREgBAlBfWM7DSxEiIoKBi5wY0Q8Dr5RoxYh" +
  "XEyKjiE0lSQsKaxKQQoQ/IikGcT1YCVvypVgYFcB";
const LINES =
  "KLUv/aAavQIAlBQAppcnEcBXqwFktPxnENndOyUrKs4NLgAlABkAYgvHFDLEBvJY/N7ho7FIHApXU1OJNBKdVZ1jTCmEjCHE" +
  "awGEgIGDgBAgYEBQEP+/qqpWVXVM6f9XVdWqqo4pZIhtiI8pZBxj4ZhyTDmmkCGG2BFVVfX/q6pqVVX1/6uqalVVmfL/q6pq" +
  "VVWFqmpVVf3/qqpaVVWFjP9/VVWtquqU/19VVQOB4Kgh8esdsUYSic3UDRJgYFAQhRDw1Nv+//9nP+plNJ01/gGhKRMqe6tM" +
  "Wdm7MseyN8v0ICeiN5c5Cm9V+KLVtuL6KWdUnljcGeoNCsvzcQhRR6jgMvgDTIW39rXITtlpsJvBDgmCynPxWlm/8oBlL8v0" +
  "ITeiGJeBTcxUOFe5t9arKWepPKrsWZm+shfLLMseEHIEQLnMief7sV3hpRBP6It/BeErBDIEjwh8Ebw0AjuCA4SOYEpgQAz/" +
  "yG6FRyE6ocf/gvAK6gVIBGcRiBGcI5CG/EyCTgnBP/GGGFbYKewTXmrGgkCF4BkCIYK/CNQIviPQQa47CSqSB05+DnGFncI+" +
  "YV8JW4QNhP1gy8FOQcCg5mmWEYsZUTSiGsFDLqKPQ5ht/COYFR6F+ISohDhCBCF+EHcQaRCLQQR3Xqh8NxaZYZwRGDV3KJAr" +
  "i0GxAuMGjwwrjDdjyG5H4FgB4YYy9DsXl7fFGZa4uoWkUUb8jBiNqBrxQVIAtmL31UGex/qYYeo9VsSDuAW648aZ/gn9xHgB" +
  "veGEeAO7YVMw1Vx1g9XNur9ju8f2j80gm4TsIhnu47////vnj59/Pvz+/Pj/4E9A38ogqhcYBEHePrAUBRJdgG0EJN3/UwVZ" +
  "+lzkfwomRx+RjS/Ixw/Jgx9AfblTBU0AAAhpAQAWPR0IAQ==";

describe("blocks of zstd", () => {
  it.each([
    ["one", DIALS, text(60, (i) => `client ${(i * 7919) % 1000} dials at ${(i * i) % 97} s\n`), 1],
    [
      "several, each with the tables of the one before",
      LINES,
      text(14_000, (i) => `line ${i % 37} of ${i % 11}\n`),
      2,
    ],
  ])("unpack to as much as was packed: %s", async (_, packed, content, blocks) => {
    const sizes = await sizesOf(Buffer.from(packed, "base64"));
    expect(sizes).toHaveLength(blocks);
    expect(sum(sizes)).toBe(content.length);
  });

  it.skipIf(!hasTool("zstd"))("of every level unpack to as much as was packed", async () => {
    const sample = readFileSync(
      fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url)),
    );
    const next = random32(3);
    const skewed = Buffer.from(
      Uint8Array.from({ length: 600_000 }, () => Math.clz32(next()) * 7 + (next() & 3)),
    );
    const numbers = Buffer.from(text(30_000, (i) => `${(i * i) % 8191} ${i} ${next() % 13}\n`));
    for (const content of [sample, skewed, numbers]) {
      for (const level of ["--fast=7", "-1", "-3", "-6", "-13", "-19"]) {
        const packed = execFileSync("zstd", ["-qc", "--no-check", level], {
          input: content,
          maxBuffer: 1 << 28,
        });
        expect(sum(await sizesOf(packed)), level).toBe(content.length);
      }
    }
  });

  const frame = (content: string) => {
    const block = Buffer.from(content, "hex");
    const header = Buffer.alloc(BLOCK_HEADER);
    header.writeUIntLE((block.length << 3) | (2 << 1) | 1, 0, BLOCK_HEADER);
    return Buffer.concat([Buffer.from("28b52ffd0000", "hex"), header, block]);
  };

  it.each([
    // No literals, 98,047 sequences of one kind each: literal length 0, offset 1, match length from 65,539 on.
    ["ten bytes that copy six gigabytes", "0100ffffff5400003401"],
    ["the same with a bit for each length", `0100ffffff54000034${"ff".repeat(64)}01`],
    // A tree whose weights are packed by a table of one symbol, which takes no bits.
    ["weights of a Huffman tree without an end", "12c00105f0030000010100"],
    ["literals that are more than a block holds", "0dffff0000"],
    ["sequences that take more literals than there are", "0900014400100301"],
    ["tables of a block before the first one", "090001fc01"],
    ["a length that there is none of", "09000154240000ff01"],
    ["sequences that are cut off", "0100"],
    ["nothing", ""],
  ])("are refused before they are unpacked: %s", async (_, content) => {
    await expect(piecesOf(frame(content))).rejects.toThrow(PackedError);
  });
});

/** Eight literals, of one byte repeated: what stands before the sequences of the rows below. */
const EIGHT = "4161";

/** A header of packed literals (3.1.1.3.1.1): type and format, how many there are, and in how many bytes; then those. */
function packedLiterals(type: number, format: number, count: number, size: number): string {
  const bits = format < 2 ? 10 : format === 2 ? 14 : 18;
  const header = BigInt(type | (format << 2)) | (BigInt(count) << 4n) | (BigInt(size) << BigInt(4 + bits));
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(header);
  // Weights of half a byte each begin so.
  return bytes.toString("hex", 0, (4 + 2 * bits) / 8) + "80".repeat(size);
}

describe("what a block unpacks to, by hand (RFC 8878 3.1.1.3)", () => {
  it.each<[string, string, number]>([
    ["literals as they are, in a header of 1 byte", "10616200", 2],
    ["31 of one byte", "f96100", 31],
    ["in a header of 2 bytes", "c5126100", 300],
    ["of 3", "0d17116100", 70_000],
    ["of 1 in its other form", "096100", 1],
    ["packed, with the tree of the block before", `${packedLiterals(3, 0, 100, 5)}00`, 100],
    ["in four streams", `${packedLiterals(3, 1, 1_000, 700)}00`, 1_000],
    ["in a header of 4 bytes", `${packedLiterals(3, 2, 9_000, 3_000)}00`, 9_000],
    ["of 5", `${packedLiterals(3, 3, 100_000, 20_000)}00`, 100_000],
    ["with a tree whose weights are not packed", `${packedLiterals(2, 0, 100, 5)}00`, 100],
    ["a sequence: 8 literals, offset 1, a match of 13", `${EIGHT}015408000a01`, 8 + 13],
    ["a match of 35 and a bit that is 0", `${EIGHT}015400002002`, 8 + 35],
    ["and a bit that is 1", `${EIGHT}015400002003`, 8 + 36],
    ["the longest code, with 16 bits", `${EIGHT}0154000034050001`, 8 + 65_544],
    ["as many literals as there are", "4d0010610154230000040001", 65_540 + 3],
    ["the largest offset, of 31 bits", `${EIGHT}0154001f0000000080`, 8 + 3],
    ["200 sequences of 3, counted in 2 bytes", `${EIGHT}80c85400000001`, 8 + 600],
    ["32,512 of 3, counted in 3 bytes", `${EIGHT}ff00005400000001`, 8 + 97_536],
    // 6, 5 and 6 bits are the states, all of which begin with symbol 0 (appendix A).
    ["the tables that a block need not describe", `${EIGHT}0100000002`, 8 + 3],
    // Then 4, 6 and 5 bits lead to the same states again.
    ["twice", `${EIGHT}02000000000001`, 8 + 6],
    ["the last state of match lengths, symbol 46 with 10 bits", `${EIGHT}010000fc0008`, 8 + 1_027],
  ])("%s", (_, block, size) => {
    expect(new BlockSizes().sizeOf(Buffer.from(block, "hex"))).toBe(size);
  });

  it("goes on with the tables of the block before", () => {
    const sizes = new BlockSizes();
    expect(sizes.sizeOf(Buffer.from(`${EIGHT}015408000a01`, "hex"))).toBe(21);
    expect(sizes.sizeOf(Buffer.from(`${EIGHT}01fc01`, "hex"))).toBe(21);
  });

  it.each([
    ["44,512 sequences of 3", `${EIGHT}ffe02e5400000001`],
    ["one literal more than there are", "4d0010610154230000050001"],
    ["a bit too many", `${EIGHT}015400000002`],
    ["no bits", `${EIGHT}015400000000`],
    ["a bit too few", `${EIGHT}015400002001`],
    ["a bit of the modes that has no meaning", `${EIGHT}015508000a01`],
    ["a code of literals beyond the last", `${EIGHT}015424000001`],
    ["of offsets", `${EIGHT}0154002000${"00".repeat(4)}01`],
    ["of matches", `${EIGHT}015400003501`],
    ["nothing behind the number of sequences", `${EIGHT}01`],
    ["no table in place of a symbol", `${EIGHT}0154`],
  ])("refuses %s", (_, block) => {
    expect(() => new BlockSizes().sizeOf(Buffer.from(block, "hex"))).toThrow(PackedError);
  });
});
