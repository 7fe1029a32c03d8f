import { describe, expect, it, test } from "vitest";
import {
  byteSwapped,
  classifyPattern,
  contradictsVendor,
  isSequential,
  wordOfOne,
} from "../../src/judgement/pattern.ts";
import { random32 } from "../support/random.ts";

describe("classifyPattern", () => {
  const cases: [string, number[][], number | null, string][] = [
    ["one ID 1 of an unknown system", [[1]], null, "sequential"],
    ["one ID 1 of Windows 10", [[1]], 9, "sequential"],
    ["1, 2 at once, as Windows behind a NAT starts", [[1, 2]], 8, "sequential"],
    ["1..6 within one IKE SA", [[1, 2, 3, 4, 5, 6]], 9, "sequential"],
    ["a gap, because packets were lost", [[1, 2, 4]], null, "sequential"],
    ["late: the third and fourth quick mode", [[3, 4]], null, "sequential"],
    ["three IKE SAs that each begin at 1", [[1], [1], [1]], null, "sequential"],
    ["three IKE SAs that each begin at 1, against the vendor ID", [[1], [1], [1]], 4, "sequential"],
    ["one large ID of an unknown system", [[0x9a3f11c2]], null, "random"],
    ["two large IDs of strongSwan", [[0xe63f4c36, 0xd3188c6d]], null, "random"],
    ["large IDs of Windows XP", [[0x00a1b2c3, 0x77e1f001]], 4, "random"],
    ["large IDs that rise", [[0x1a2b3c4d, 0x2b3c4d5e, 0x7c4d5e6f]], null, "random"],
    ["IDs that count down from 6", [[6, 5, 4, 3, 2, 1]], null, "random"],
    ["no quick mode at all", [], 9, "undetermined"],
    ["one ID that could be either", [[400_000]], null, "undetermined"],
    ["byte-swapped counting", [[0x01000000, 0x02000000, 0x03000000]], null, "sequential"],
  ];
  it.each(cases)("%s", (_name, sas, version, kind) => {
    expect(classifyPattern(sas, version).kind).toBe(kind);
  });

  it("says which byte order won", () => {
    expect(classifyPattern([[1, 2]], null).byteOrder).toBe("big-endian");
    expect(classifyPattern([[0x01000000, 0x02000000]], null).byteOrder).toBe("byte-swapped");
    expect(byteSwapped(0x01020304)).toBe(0x04030201);
    expect(byteSwapped(0x000000ff)).toBe(0xff000000);
  });

  it("reports what contradicts the vendor ID, both ways, and nothing else", () => {
    expect(classifyPattern([[1, 2, 3]], 4).contradictsVendor).toBe(true);
    expect(classifyPattern([[0x9a3f11c2, 0x1234abcd]], 9).contradictsVendor).toBe(true);
    expect(classifyPattern([[1, 2, 3]], 9).contradictsVendor).toBe(false);
    expect(classifyPattern([[0x9a3f11c2]], 4).contradictsVendor).toBe(false);
    expect(classifyPattern([[1, 2, 3]], null).contradictsVendor).toBe(false);
  });

  it("computes the posterior of one ID 1 as the formula gives it by hand", () => {
    // likelihood ratio: 0.95 * (1 / 2.612375) * (2^32 - 1) = 1.5619e9, even odds
    expect(1 - classifyPattern([[1]], null).confidence).toBeCloseTo(1 / 1.5619e9, 12);
  });
});

describe("error rates on simulated random clients", () => {
  const draws = 1_000_000;

  it("calls at most one in ten thousand with one ID sequential, whatever the vendor ID says", () => {
    for (const version of [null, 9]) {
      const next = random32(version === null ? 1 : 2);
      let wrong = 0;
      for (let i = 0; i < draws; i += 1) {
        const id = next() || 1;
        if (classifyPattern([[id]], version).kind === "sequential") wrong += 1;
      }
      expect(wrong).toBeLessThanOrEqual(draws / 10_000);
    }
  });

  it("calls none with four or more IDs sequential", () => {
    const next = random32(3);
    for (let i = 0; i < draws; i += 1) {
      const ids = [next() || 1, next() || 1, next() || 1, next() || 1];
      if (classifyPattern([ids], 9).kind === "sequential") expect.fail(`${ids}`);
    }
  });

  it("names every counting client that starts at 1 and loses some of its quick modes", () => {
    const next = random32(4);
    for (let i = 0; i < 100_000; i += 1) {
      const ids = [1, 2, 3, 4, 5, 6].filter(() => next() % 4 > 0);
      if (ids.length === 0) continue;
      expect(classifyPattern([ids], null).kind).toBe("sequential");
    }
  });
});

test("one ID tells the same as a word", () => {
  const next = random32(7);
  const drawn = Array.from({ length: 2_000 }, (_, i) => next() >>> (i % 32)).filter((id) => id > 0);
  const small = Array.from({ length: 300 }, (_, i) => [i + 1, byteSwapped(i + 1), 399_000 + 17 * i]).flat();
  for (const id of [...drawn, ...small, 0xffff_ffff]) {
    for (const version of [null, 4, 9]) {
      const pattern = classifyPattern([[id]], version);
      const word = wordOfOne(id, version);
      expect(word & 0xfffff, `${id} ${version}`).toBe(Math.round(pattern.confidence * 1e6));
      const kind = ["undetermined", "sequential", "random"][(word >>> 20) & 3];
      expect([kind, isSequential(word)]).toEqual([pattern.kind, pattern.kind === "sequential"]);
      expect([(word & (4 << 20)) !== 0, contradictsVendor(word)]).toEqual([
        pattern.byteOrder === "byte-swapped",
        pattern.contradictsVendor,
      ]);
    }
  }
});
