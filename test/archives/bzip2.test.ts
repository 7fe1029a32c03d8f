/** bzip2 against the program that defines it, damage, and blocks that are made to hurt. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { unpackBzip2 } from "../../src/archives/bzip2.ts";
import { random32 } from "../support/random.ts";
import { hasTool } from "../support/tools.ts";

const SAMPLE = readFileSync(
  fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url)),
);

async function* inPieces(all: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function joined(packed: Uint8Array, size = 65_536): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of unpackBzip2(inPieces(packed, size))) parts.push(chunk.slice());
  return Buffer.concat(parts);
}

function noise(length: number): Buffer {
  const next = random32(7);
  return Buffer.from(Uint8Array.from({ length }, next));
}

const packedBy = (input: Uint8Array, level: string) =>
  execFileSync("bzip2", ["-c", level], { input, maxBuffer: 1 << 28 });

const INPUTS: [string, Buffer][] = [
  ["nothing", Buffer.alloc(0)],
  ["a byte", Buffer.from("a")],
  ["a run without more", Buffer.alloc(4, "a")],
  ["the longest run", Buffer.alloc(259)],
  ["a run that begins anew", Buffer.alloc(263)],
  ["a capture", SAMPLE],
  ["zeros of many pieces", Buffer.alloc(5_000_000)],
  ["noise of several blocks", noise(1_200_000)],
  ["every byte between runs", Buffer.concat([Buffer.alloc(100_000), noise(50_000), Buffer.alloc(777, 255)])],
];

describe.runIf(hasTool("bzip2"))("what bzip2 packs", () => {
  it.each(INPUTS)(
    "%s is unpacked to what it was, in streams that follow each other as well",
    async (_, input) => {
      for (const level of ["-1", "-9"]) {
        const packed = packedBy(input, level);
        expect((await joined(packed)).equals(input)).toBe(true);
        const twice = await joined(Buffer.concat([packed, packed]));
        expect(twice.equals(Buffer.concat([input, input]))).toBe(true);
      }
    },
  );

  it("comes in pieces of any size", async () => {
    const packed = packedBy(SAMPLE, "-1");
    for (const size of [1, 7, 4096]) expect((await joined(packed, size)).equals(SAMPLE)).toBe(true);
  });

  it("is cut off where it ends too soon, at any byte", async () => {
    const packed = packedBy(Buffer.from("a short text, a short text"), "-9");
    for (let length = 1; length < packed.length; length += 1) {
      await expect(joined(packed.subarray(0, length))).rejects.toMatchObject({ code: "Z_BUF_ERROR" });
    }
  });

  it("gives what was packed or says that it is damaged, whichever of its bits is another", async () => {
    const input = Buffer.from("a short text, a short text");
    const packed = packedBy(input, "-9");
    for (let bit = 0; bit < packed.length * 8; bit += 1) {
      const damaged = Buffer.from(packed);
      damaged[bit >> 3] ^= 0x80 >> (bit & 7);
      // Some bits do not matter: of the level, of tables that are not used, behind the end.
      const got = await joined(damaged).catch((error: { code: string }) => error.code);
      if (typeof got === "string") expect(got).toMatch(/^Z_|^UNSUPPORTED_PACKING$/);
      else expect(got.equals(input)).toBe(true);
    }
  });

  it("is damaged where something else follows a stream", async () => {
    const packed = Buffer.concat([packedBy(SAMPLE, "-1"), Buffer.from("what else")]);
    await expect(joined(packed)).rejects.toMatchObject({ code: "Z_DATA_ERROR" });
  });

  it("costs no more memory than some pieces, though a block stands for 45 MB", async () => {
    const packed = packedBy(Buffer.alloc(45_000_000), "-9");
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let bytes = 0;
    for await (const chunk of unpackBzip2(inPieces(packed, 65_536))) {
      bytes += chunk.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(bytes).toBe(45_000_000);
    expect(most).toBeLessThan(64_000_000);
  });

  it("is given up where it is made of blocks of a byte each", async () => {
    const packed = packedBy(Buffer.from("a"), "-1");
    await expect(joined(Buffer.alloc(30_000 * packed.length, packed))).rejects.toThrow(/blocks too small/);
  });
});
