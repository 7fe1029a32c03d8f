import { describe, expect, test } from "vitest";
import { ticksOf } from "../../src/printers/ticks.ts";
import { clockOf, UTC } from "../../src/report/clock.ts";

const SUMMER = "2026-07-01T22:30:05.123456Z";
const WINTER = "2026-01-01T22:30:05.123456Z";

describe("times for people, with UTC beside them where it differs", () => {
  test.each([
    ["UTC", "utc", SUMMER, "2026-07-01 22:30:05 UTC"],
    ["summer time", "Europe/Paris", SUMMER, "2026-07-02 00:30:05 UTC+02:00 (2026-07-01 22:30:05 UTC)"],
    ["winter time", "Europe/Paris", WINTER, "2026-01-01 23:30:05 UTC+01:00 (22:30:05 UTC)"],
    ["half an hour", "Asia/Kolkata", SUMMER, "2026-07-02 04:00:05 UTC+05:30 (2026-07-01 22:30:05 UTC)"],
    ["three quarters", "Asia/Kathmandu", WINTER, "2026-01-02 04:15:05 UTC+05:45 (2026-01-01 22:30:05 UTC)"],
    ["behind UTC", "America/St_Johns", WINTER, "2026-01-01 19:00:05 UTC-03:30 (22:30:05 UTC)"],
    ["a zone that is UTC in winter", "Europe/London", WINTER, "2026-01-01 22:30:05 UTC"],
  ])("%s", (_, zone, time, expected) => {
    expect(clockOf(zone).second(time)).toBe(expected);
  });

  test("all digits of the capture", () => {
    expect(clockOf("Europe/Paris").exact(WINTER)).toBe("2026-01-01 23:30:05.123456 UTC+01:00 (22:30:05 UTC)");
    expect(UTC.exact("2026-01-01T22:30:05.123456789Z")).toBe("2026-01-01 22:30:05.123456789 UTC");
  });

  test("a range across the change of the clock gives both offsets", () => {
    expect(clockOf("Europe/Paris").range("2026-03-29T00:59:59.000000Z", "2026-03-29T01:00:01.000000Z")).toBe(
      "2026-03-29 01:59:59 UTC+01:00 (00:59:59 UTC) to 2026-03-29 03:00:01 UTC+02:00 (01:00:01 UTC)",
    );
  });

  test("local is the zone of this machine, which a test runs under TZ=UTC", () => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(clockOf("local").zone).toBe(here === "Etc/UTC" ? "UTC" : here);
  });

  test("a name that is not a zone is refused", () => {
    expect(() => clockOf("Europe/Nowhere")).toThrow(RangeError);
  });
});

describe("ticks stand at round times of the wall clock", () => {
  const micros = (time: string) => Date.parse(time) * 1_000;
  const labels = (from: string, to: string, most: number, zone = "utc") =>
    ticksOf(micros(from), micros(to), most, clockOf(zone)).map(({ label }) => label);

  test.each([
    [
      "seconds",
      labels("2026-03-02T08:00:03Z", "2026-03-02T08:01:50Z", 8),
      ["08:00:15", "08:00:30", "08:00:45", "08:01:00", "08:01:15", "08:01:30", "08:01:45"],
    ],
    [
      "hours",
      labels("2026-03-02T08:07:00Z", "2026-03-02T12:10:00Z", 5),
      ["09:00", "10:00", "11:00", "12:00"],
    ],
    [
      "hours where the zone is half an hour off",
      labels("2026-03-02T08:07:00Z", "2026-03-02T12:10:00Z", 5, "Asia/Kolkata"),
      ["14:00", "15:00", "16:00", "17:00"],
    ],
    [
      "days",
      labels("2026-03-01T12:00:00Z", "2026-03-04T12:00:00Z", 4),
      ["2026-03-02", "2026-03-03", "2026-03-04"],
    ],
  ])("%s", (_, ticks, expected) => {
    expect(ticks).toEqual(expected);
  });

  test("never more than there is room for", () => {
    for (const hours of [0.001, 0.1, 1, 10, 100, 1_000, 100_000]) {
      const ticks = ticksOf(0, hours * 3_600_000_000, 6, UTC);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });
});
