import { describe, expect, it } from "vitest";
import { Schedule } from "../../src/analysis/schedule.ts";

const seen = (messages: number, packets = messages) => ({ messages, packets });

/** A schedule whose last judgement ended at 10,000 ms, took so long, and was of 5 messages and 5 packets. */
function judged(cost = 0): Schedule {
  const schedule = new Schedule();
  schedule.begin(10_000);
  schedule.done(10_000, cost, { ...seen(5), evicted: 0 });
  return schedule;
}

/** When it is due of an input of which nothing comes any more, asked every 50 ms up to 20 s. */
function dueTimes(schedule: Schedule): number[] {
  const dueAt: number[] = [];
  for (let now = 10_200; now <= 20_000; now += 50) {
    if (!schedule.isDue(now, seen(5), false)) continue;
    dueAt.push(now);
    schedule.begin(now);
    schedule.done(now, 0, { ...seen(5), evicted: 0 });
  }
  return dueAt;
}

describe("an input that goes on is judged again", () => {
  it.each<[string, number, number, { messages: number; packets: number }, boolean, boolean]>([
    ["200 ms after the last time where a message came", 0, 10_200, seen(6), false, true],
    ["not before", 0, 10_199, seen(6), false, false],
    ["four times as long as judging takes", 100, 10_400, seen(6), false, true],
    ["not before that", 100, 10_399, seen(6), false, false],
    ["not where nothing came", 0, 99_000, seen(5), false, false],
    ["a second later where signs of life came alone", 0, 11_000, seen(5, 6), false, true],
    ["not before", 0, 10_999, seen(5, 6), false, false],
    ["ten times as long as judging takes, of those", 200, 12_000, seen(5, 6), false, true],
    ["not before that", 200, 11_999, seen(5, 6), false, false],
    ["where it is time to look for sessions that ended, though nothing came", 0, 11_000, seen(5), true, true],
    ["not sooner for it", 0, 10_999, seen(5), true, false],
  ])("%s", (_, cost, now, scanned, clean, due) => {
    expect(judged(cost).isDue(now, scanned, clean)).toBe(due);
  });

  it("at once the first time", () => {
    expect(new Schedule().isDue(0, seen(1), false)).toBe(true);
  });

  it("2 s and 5 s after a quick mode that may have no answer, on a grid of 100 ms, once each", () => {
    const schedule = judged();
    schedule.remind(10_000);
    schedule.remind(10_050);
    expect(dueTimes(schedule)).toEqual([12_100, 15_100]);
  });

  it("for each quick mode of its own moment", () => {
    const schedule = judged();
    for (const now of [10_000, 10_300]) schedule.remind(now);
    expect(dueTimes(schedule)).toEqual([12_100, 12_400, 15_100, 15_400]);
  });
});
