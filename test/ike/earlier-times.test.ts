import { expect, it } from "vitest";
import { type EarlierTime, EarlierTimes } from "../../src/ike/earlier-times.ts";
import { random32 } from "../support/random.ts";

/** As many as are kept of a row. */
const KEPT = 8;
const ROWS = 40;

it("times of earlier segments are those of lists of them, also when rows are numbered anew and kept in a state", () => {
  const next = random32(5);
  let plain = new Map<number, EarlierTime[]>();
  let times = new EarlierTimes();
  for (let segment = 0; segment < 3_000; segment += 1) {
    const row = next() % (1 + (next() % ROWS));
    const at = next() / 7;
    times.add(row, at, segment);
    plain.set(row, [...(plain.get(row) ?? []), { at, segment }].slice(-KEPT));
    if (segment % 500 === 499) {
      const moved = Int32Array.from({ length: ROWS }, (_, i) => (i % 3 === 0 ? -1 : (i * 7) % ROWS));
      plain = new Map([...plain].filter(([i]) => moved[i] >= 0).map(([i, list]) => [moved[i], list]));
      times.move(moved);
    }
    if (segment % 700 === 699) {
      const saved = structuredClone(times.save());
      times = new EarlierTimes();
      times.restore(saved);
    }
    const other = next() % ROWS;
    const wanted = segment - (next() % 100);
    expect(times.of(other)).toEqual(plain.get(other) ?? []);
    const found = plain.get(other)?.find((each) => each.segment === wanted);
    expect(times.lastIn(other, wanted)).toBe(found?.at ?? Number.NaN);
  }
  expect(times.save()).toEqual(plain);
});
