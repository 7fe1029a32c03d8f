/** What comes out of frames of Zstandard where the window goes along in a larger room is what fzstd makes of them alone. */

import { execFileSync } from "node:child_process";
import { Decompress } from "fzstd";
import { describe, expect, it } from "vitest";
import { SlidingWindow } from "../../src/archives/sliding-window.ts";
import { unpackZstd } from "../../src/node/unpack/zstd.ts";
import { random32 } from "../support/random.ts";
import { hasTool } from "../support/tools.ts";

async function* inPieces(all: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

/** What comes out, up to an error. */
async function unpacked(packed: Uint8Array, size: number): Promise<{ bytes: Buffer; error: string | null }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of unpackZstd(inPieces(packed, size))) parts.push(part);
  } catch (error) {
    return { bytes: Buffer.concat(parts), error: (error as Error).message };
  }
  return { bytes: Buffer.concat(parts), error: null };
}

/** The same by fzstd, which is given all at once. */
function plainly(packed: Uint8Array): { bytes: Buffer; error: string | null } {
  const parts: Uint8Array[] = [];
  try {
    new Decompress((part) => parts.push(part.slice())).push(packed, true);
  } catch (error) {
    return { bytes: Buffer.concat(parts), error: (error as Error).message };
  }
  return { bytes: Buffer.concat(parts), error: null };
}

/** New bytes and copies of older ones, near and far. */
function copied(seed: number, length: number, far: number): Buffer {
  const next = random32(seed);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = Math.min(length - at, 1 + (next() % 400));
    const back = 1 + (next() % Math.min(far, at + 1));
    if (at < 1000 || next() % 4 === 0) for (let i = 0; i < count; i += 1) bytes[at + i] = next();
    else for (let i = 0; i < count; i += 1) bytes[at + i] = bytes[at + i - back];
    at += count;
  }
  return bytes;
}

/** @param window descriptor of its size (RFC 8878 3.1.1.1.2) */
function frameOf(window: number, blocks: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from("28b52ffd00", "hex"), Buffer.from([window]), ...blocks]);
}

function block(kind: "raw" | "same", size: number, content: Buffer, isLast = false): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (kind === "same" ? 2 : 0) | (isLast ? 1 : 0), 0, 3);
  return Buffer.concat([header, kind === "same" ? content.subarray(0, 1) : content.subarray(0, size)]);
}

describe("the window of zstd", () => {
  it.each([10, 12, 17, 20, 23])("of 2^%i bytes gives what was packed", async (log) => {
    if (!hasTool("zstd")) return;
    for (let seed = 1; seed <= 3; seed += 1) {
      const frames = [3, 700_000 * seed, 1, 90_000].map((length, i) => copied(seed + i, length, 1 << log));
      const args = ["-qc", `-${[1, 5, 12][seed - 1]}`, `--zstd=wlog=${log}`];
      const packed = Buffer.concat(
        frames.map((input) => execFileSync("zstd", args, { input, maxBuffer: 1 << 28 })),
      );
      const { bytes, error } = await unpacked(packed, [100, 65_536, packed.length][seed - 1]);
      expect(error).toBeNull();
      expect(bytes.equals(Buffer.concat(frames))).toBe(true);
    }
  });

  it("is that of fzstd alone, with blocks of every size and errors", async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const next = random32(seed);
      const content = copied(seed, 131_072, 5_000);
      const frames = Array.from({ length: 1 + (next() % 4) }, () => {
        const count = 1 + (next() % 40);
        // Windows of 1 kB to 8 kB: blocks of more are errors.
        const most = next() % 8 === 0 ? 9_000 : 1_025;
        const blocks = Array.from({ length: count }, (_, i) =>
          block(next() % 2 === 0 ? "raw" : "same", next() % most, content, i === count - 1),
        );
        return frameOf((next() % 4) << 3, blocks);
      });
      const packed = Buffer.concat(frames);
      const { bytes, error } = await unpacked(packed, 1 + (next() % 3_000));
      const plain = plainly(packed);
      expect(error, `seed ${seed}`).toBe(plain.error);
      // What came before an error may be handed on or not.
      expect(plain.bytes.subarray(0, bytes.length).equals(bytes), `seed ${seed}`).toBe(true);
      if (error === null) expect(bytes.length, `seed ${seed}`).toBe(plain.bytes.length);
    }
  });

  it.each([1, 1_000, 70_000, 2_000_000])("of %i bytes shows what came last", (size) => {
    const next = random32(size);
    const all = copied(size, 3_000_000, 1_000);
    const window = new SlidingWindow(all.subarray(0, size));
    for (let at = size; at < all.length; ) {
      const count = Math.min(all.length - at, next() % (next() % 50 === 0 ? 131_073 : 20_000));
      window.add(all.subarray(at, at + count));
      at += count;
      expect(Buffer.compare(window.bytes, all.subarray(at - size, at))).toBe(0);
    }
  });
});
