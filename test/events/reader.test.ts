import { describe, expect, it } from "vitest";
import { EventReader } from "../../src/events/reader.ts";
import { DIAL, event, MAIN, QUICK, read, SECURITY } from "./made.ts";

describe("events of a Windows client", () => {
  it("are read with their places", () => {
    const { events } = read(`${QUICK}\n${MAIN}\n${DIAL}\n${event(4624, SECURITY, [])}`);
    expect(events).toMatchObject([
      {
        fact: "quick-mode-failed",
        id: "4654",
        messageId: 1,
        local: "198.51.100.12",
        remote: "192.0.2.1",
        line: 1,
      },
      { fact: "main-mode-failed", initiatorCookie: "0123456789abcdef", line: 2 },
      { fact: "dial-failed", error: 789, line: 3 },
    ]);
    expect(events[2].reason).toMatch(/^error 789: the security layer/);
    expect(new Date(events[0].at / 1_000).toISOString()).toBe("2026-03-02T08:00:10.123Z");
  });

  it("are the same with a root around them, and in pieces of any size", () => {
    const whole = read(`${QUICK}${MAIN}${DIAL}`).events;
    for (const size of [1, 7, 100, 1000]) {
      expect(
        read(`<?xml version='1.0'?><Events>${QUICK}${MAIN}${DIAL}</Events>`, size).events,
        `${size}`,
      ).toEqual(whole);
    }
  });

  it("of a dial are told by their words, too", () => {
    const words =
      "CoId={1}: The user a dialed a connection named b which has failed. The error code returned on failure is 809.";
    expect(read(event(20_227, "RasClient", [["", words]])).events).toMatchObject([{ error: 809 }]);
  });

  it("of the same number from another provider are not taken", () => {
    expect(read(event(20_227, "Other", [["", "1"]])).events).toEqual([]);
  });
});

describe("bad input", () => {
  it("expands no entity, and reads a value once", () => {
    const bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>";
    const { events } = read(
      bomb +
        event(4654, SECURITY, [
          ["FailureReason", "&b;&amp;lt;&#65;"],
          ["MessageID", "1"],
        ]),
    );
    expect(events).toMatchObject([{ reason: "&b;&lt;A" }]);
  });

  it("gives no time to a year of another millennium, whose microseconds are not exact", () => {
    const late = event(4654, SECURITY, [["MessageID", "1"]]).replace("2026-03", "9926-03");
    expect(read(late).events.map(({ at }) => at)).toEqual([Number.NaN]);
  });

  it("does not take a value for a tag", () => {
    const forged = "&lt;/Data&gt;&lt;Data Name='MessageID'&gt;7&lt;/Data&gt;";
    const { events } = read(
      event(4654, SECURITY, [
        ["FailureReason", forged],
        ["MessageID", "1"],
        ["MessageID", "9"],
      ]),
    );
    expect(events).toMatchObject([{ messageId: 1 }]);
  });

  it("holds little of megabytes without a tag, and of an event that never ends", () => {
    const reader = new EventReader("x");
    const piece = "x".repeat(1 << 20);
    let found = 0;
    for (let i = 0; i < 8; i += 1) for (const _ of reader.take(piece)) found += 1;
    for (const _ of reader.take("<Event ")) found += 1;
    for (let i = 0; i < 8; i += 1) for (const _ of reader.take(piece)) found += 1;
    for (const _ of reader.take(QUICK)) found += 1;
    expect(found).toBe(1);
    expect(reader.cutter.skipped).toBe(1);
  });

  it.each([1 << 20, 1_000])(
    "finds an event behind one that was cut off long before, in pieces of %i",
    (size) => {
      const reader = new EventReader("x");
      const text = `<Event ${"x".repeat(70_000)}${QUICK}`;
      let found = 0;
      for (let at = 0; at < text.length; at += size) {
        for (const _ of reader.take(text.slice(at, at + size))) found += 1;
      }
      expect([found, reader.cutter.skipped]).toEqual([1, 1]);
    },
  );

  it("passes over megabytes of beginnings in a moment", () => {
    const reader = new EventReader("x");
    const began = performance.now();
    for (const _ of reader.take("<Event ".repeat(150_000))) throw new Error("none of these is an event");
    expect(performance.now() - began).toBeLessThan(5_000);
    reader.cutter.end();
    expect(reader.cutter.skipped).toBeGreaterThan(140_000);
  });
});
