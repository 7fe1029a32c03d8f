import { describe, expect, it } from "vitest";
import { type Edge, mostAtOnce, mostIntervalsAtOnce } from "../../src/collections/peak.ts";
import { random32 } from "../support/random.ts";

describe("the most that are there at once", () => {
  it("of intervals in any order is what it is of each one's coming and going", () => {
    const next = random32(7);
    const peaks = new Set<number>();
    for (let round = 0; round < 300; round += 1) {
      const count = next() % 12;
      const from = Float64Array.from({ length: count }, () => next() % 40);
      const until = from.map((at) => at + 1 + (next() % 10));
      const edges: (Edge<number> & { at: number })[] = [];
      from.forEach((at, who) => {
        edges.push({ at, who, up: true }, { at: until[who], who, up: false });
      });
      edges.sort((a, b) => a.at - b.at || Number(a.up) - Number(b.up));
      const peak = mostIntervalsAtOnce(from, until);
      expect(peak).toBe(mostAtOnce(edges));
      peaks.add(peak);
    }
    expect(peaks.size).toBeGreaterThan(3);
  });
});
