/** Hashes by the core and in JavaScript are the same. */

import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { MOST_HASHED } from "../../src/core/report-layout.ts";

type Hashes = typeof import("../../src/linear/hashes.ts");
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** The module as a start has it: which messages the core takes depends on how many came before. */
async function fresh(): Promise<Hashes> {
  vi.resetModules();
  return import("../../src/linear/hashes.ts");
}

function expectAllAlike({ sha1, sha256 }: Hashes): void {
  for (let length = 0; length <= MOST_HASHED + 80; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 11 + length) & 0xff);
    for (const [name, hash] of Object.entries({ sha1, sha256 })) {
      expect(hex(hash(bytes)), `${name} of ${length} bytes`).toBe(
        createHash(name).update(bytes).digest("hex"),
      );
    }
  }
}

describe("hashes of a report", () => {
  it("are those of node:crypto, at every length", async () => {
    const hashes = await fresh();
    expectAllAlike(hashes);
    // Once more: by now the core takes those that JavaScript took.
    expectAllAlike(hashes);
  });

  it("are so of texts, of whatever letters", async () => {
    const { sha256Of } = await fresh();
    for (const letter of ["a", "\u00e9", "\u20ac", "\u{1f600}"]) {
      for (let length = 0; length <= MOST_HASHED + 80; length += 1) {
        const text = letter.repeat(length);
        expect(hex(sha256Of(text)), `${letter} ${length}`).toBe(
          createHash("sha256").update(text).digest("hex"),
        );
      }
    }
  });

  it("are so where the runtime may not compile", async () => {
    vi.stubGlobal("WebAssembly", {
      Module: class {
        constructor() {
          throw new Error("not allowed");
        }
      },
    });
    expectAllAlike(await fresh());
    vi.unstubAllGlobals();
  });

  it("stay as they were when the next one is made", async () => {
    const { sha1 } = await fresh();
    const first = Array.from({ length: 40 }, (_, i) => sha1(Uint8Array.of(i)));
    first.forEach((hash, i) => {
      expect(hex(hash)).toBe(createHash("sha1").update(Uint8Array.of(i)).digest("hex"));
    });
  });
});
