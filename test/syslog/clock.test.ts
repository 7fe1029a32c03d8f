/** The clock of a log against the capture's: shifted by hours, drifting, with lines lost and foreign lines between. */

import { describe, expect, it } from "vitest";
import { captureTime, estimateClock, type Pair } from "../../src/syslog/clock.ts";
import { random32 } from "../support/random.ts";

const SECOND = 1_000_000;

/** What a log of clients on one message ID gives: each line goes with each message of the same client. */
function world(seed: number, options: { offset: number; drift: number; hours: number; loss: number }) {
  const next = random32(seed);
  const share = () => next() / 0x1_0000_0000;
  const pairs: Pair[] = [];
  const truth: { logAt: number; at: number }[] = [];
  let event = 0;
  for (let client = 0; client < 4; client += 1) {
    const times = Array.from({ length: 6 }, () => share() * options.hours * 3600 * SECOND);
    for (const time of times) {
      event += 1;
      if (share() < options.loss) continue;
      const exact = (time - options.offset) / (1 + options.drift / 1e6);
      const logAt = Math.floor((exact + share() * 50_000) / SECOND) * SECOND;
      truth.push({ logAt, at: time });
      times.forEach((at, session) => {
        pairs.push({ event, logAt, resolution: SECOND, at, session: client * 100 + session });
      });
    }
  }
  return { pairs, truth };
}

const ROWS = [
  { name: "the same clock", offset: 0, drift: 0, hours: 1, loss: 0 },
  { name: "seven hours apart: a time zone", offset: -7 * 3600 * SECOND, drift: 0, hours: 2, loss: 0 },
  { name: "a year and 12.4 s apart", offset: 31_536_012.4 * SECOND, drift: 0, hours: 2, loss: 0.1 },
  { name: "drifting by 80 millionths over two days", offset: 3 * SECOND, drift: 80, hours: 48, loss: 0 },
  {
    name: "drifting the other way, a fifth of the lines lost",
    offset: 1800 * SECOND,
    drift: -120,
    hours: 30,
    loss: 0.2,
  },
];

describe("the clock of a log", () => {
  it.each(ROWS)("$name: is found within its uncertainty", ({ offset, drift, hours, loss }) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { pairs, truth } = world(seed, { offset, drift, hours, loss });
      const clock = estimateClock(pairs)!;
      expect(clock, `seed ${seed}`).not.toBeNull();
      expect(clock.matches).toBeGreaterThan(truth.length * 0.8);
      expect(clock.uncertainty).toBeLessThan(1.5 * SECOND);
      for (const { logAt, at } of truth) {
        expect(Math.abs(captureTime(clock, logAt) - at), `seed ${seed}`).toBeLessThan(2.5 * SECOND);
      }
    }
  });

  it("is not told by one line", () => {
    expect(estimateClock([{ event: 1, logAt: 0, resolution: SECOND, at: 0, session: 1 }])).toBeNull();
    expect(estimateClock([])).toBeNull();
  });

  it("is not told by one line that goes with two messages", () => {
    const one = { event: 1, logAt: 0, resolution: SECOND };
    expect(
      estimateClock([
        { ...one, at: 0, session: 1 },
        { ...one, at: 400_000, session: 2 },
      ]),
    ).toBeNull();
  });

  it("is told by two lines of one session where the clocks are a time zone apart, and not otherwise", () => {
    const lines = (hours: number) =>
      [0, 1].map((event) => ({
        event,
        logAt: event * SECOND - hours * 3600 * SECOND,
        resolution: SECOND,
        at: event * SECOND + 500_000,
        session: 1,
      }));
    expect(estimateClock(lines(0))?.matches).toBe(2);
    expect(Math.round(estimateClock(lines(-7))!.offset / SECOND / 3600)).toBe(-7);
    expect(estimateClock(lines(23.4))).toBeNull();
  });

  it("is not told where two differences fit as well: a client that dials every ten minutes", () => {
    const pairs: Pair[] = [];
    for (let i = 0; i < 3; i += 1) {
      for (const at of [0, 600 * SECOND])
        pairs.push({ event: i, logAt: i * 600 * SECOND, resolution: SECOND, at, session: at });
    }
    expect(estimateClock(pairs)).toBeNull();
  });

  it("is not told by clients that have nothing to do with the capture", () => {
    let told = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const next = random32(seed);
      const time = () => (next() / 0x1_0000_0000) * 7_200 * SECOND;
      const [lines, messages] = [0, 1].map(() => Array.from({ length: 6 }, time));
      const pairs = lines.flatMap((logAt, event) =>
        messages.map((at, session) => ({ event, logAt, resolution: SECOND, at, session })),
      );
      if (estimateClock(pairs) !== null) told += 1;
    }
    expect(told).toBeLessThan(4);
  });

  it("looks at 5,000 pairs of more, spread over all", () => {
    const tenth = SECOND / 10;
    // The second half alone agrees on a difference.
    const pairs = Array.from({ length: 20_000 }, (_, event) => ({
      event,
      logAt: event * tenth,
      resolution: tenth,
      at: event < 10_000 ? 2_400 * SECOND : event * tenth,
      session: event,
    }));
    expect(estimateClock(pairs)?.matches).toBe(2_500);
  });

  it.each([
    ["30 s from right at most is believed", 30, true],
    ["further off is not", 31, false],
  ])("that a network sets and is %s where lines may agree by chance", (_, seconds, isTold) => {
    const pairs = Array.from({ length: 8 }, (_, event) => ({
      event,
      logAt: event * 300 * SECOND,
      resolution: 0,
      // Two lines of two sessions agree, and six do not.
      at: event < 2 ? (event * 300 + seconds) * SECOND : (1_000 + event * event * 37) * SECOND,
      session: event,
    }));
    expect(estimateClock(pairs)).toBeNull();
    expect(estimateClock(pairs, "set") !== null).toBe(isTold);
    expect(estimateClock(pairs, "named")?.offset).toBe(seconds * SECOND);
  });

  /** Lines whose messages lie by these seconds ahead, each of a session of its own. */
  const ahead = (...seconds: number[][]): Pair[] =>
    seconds.flatMap((each, event) =>
      each.map((second) => ({
        event,
        logAt: event * 300 * SECOND,
        resolution: 0,
        at: (event * 300 + second) * SECOND,
        session: event,
      })),
    );

  it.each([
    ["above", ahead([0, 600], [0, 600], [0, 600])],
    ["below, of seven tenths of its lines and more", ahead([600, 0], [600, 0], [600, 0], [600])],
  ])("is not told where another difference fits as well, %s", (_, pairs) => {
    expect(estimateClock(pairs, "named")).toBeNull();
  });

  it("is told where another one fits fewer lines", () => {
    expect(estimateClock(ahead([600, 0], [600, 0], [600], [600]), "named")?.offset).toBe(600 * SECOND);
    expect(estimateClock(ahead([0, 600], [0, 600], [0], [0]), "named")?.offset).toBe(0);
  });

  it.each([
    ["before", -1],
    ["after", 1],
  ])("is believed by two of eight lines where the others are spread over weeks %s them", (_, sign) => {
    const others = [2, 3, 4, 5, 6, 7].map((i) => [sign * i * i * 86_400]);
    expect(estimateClock(ahead([7], [7], ...others))?.offset).toBe(7 * SECOND);
    const near = [2, 3, 4, 5, 6, 7].map((i) => [sign * i * i * 50]);
    expect(estimateClock(ahead([7], [7], ...near))).toBeNull();
  });

  it.each([
    ["text of seconds was cut", { resolution: SECOND }, -0.5, 0.75],
    ["a line that may come ten seconds late", { delay: 10 * SECOND }, 5, 5.25],
    ["neither", {}, 0, 0.25],
  ])("lies in the middle of what fits: %s", (_, over, offset, uncertainty) => {
    const pairs = ahead([100], [100]).map((pair) => ({ ...pair, ...over }));
    expect(estimateClock(pairs, "named")).toMatchObject({
      offset: (100 + offset) * SECOND,
      uncertainty: uncertainty * SECOND,
      matches: 2,
      drift: 0,
    });
  });
});
