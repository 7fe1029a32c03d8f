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
