import { describe, expect, it, test } from "vitest";
import { ScreenView } from "../../src/cli/views/screen-view.ts";
import { painter } from "../../src/printers/text.ts";
import { UTC } from "../../src/report/clock.ts";
import { playLive } from "../support/played-live.ts";
import { Screen } from "../support/screen.ts";
import { Client, Stage } from "../support/session.ts";

/** Plays a stage into a screen; `at` gives what was seen after so many seconds. */
function played(
  stage: Stage,
  { columns = 80, rows = 24, rest = 10, color = false, names = new Map<string, string>() } = {},
) {
  const screen = new Screen(columns, rows);
  const seen = new Map<number, string>();
  let now = 0;
  let widest = 0;
  const view = new ScreenView({
    write: (text) => screen.write(text),
    paint: painter(color),
    clock: UTC,
    names,
    all: false,
    now: () => now,
    size: () => ({ columns, rows }),
  });
  playLive(stage.sorted(), rest, {
    watch: (analysis, at, lines) => {
      now = at;
      view.lines(lines);
      view.status(analysis, undefined, true);
      seen.set(Math.floor(at / 1000), screen.text);
      widest = Math.max(widest, ...screen.text.split("\n").map((line) => line.length));
    },
  });
  return { screen, view, widest, at: (seconds: number) => seen.get(seconds) ?? "" };
}

/** One client connected, a second kept out until the first has gone. */
function collision(): Stage {
  const stage = new Stage(3);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 22).farewell(23);
  new Client(stage, { address: "198.51.100.12" }).connect(10).unanswered(10.2);
  new Client(stage, { address: "198.51.100.12" }).connect(30).quickMode(30.2).esp(31, 34);
  return stage;
}

describe("one screen that is drawn over itself", () => {
  const { screen, view, at, widest } = played(collision());

  it("says at each moment who is connected and who is kept out", () => {
    expect(at(5)).toMatch(/^ {2}connected +198\.51\.100\.11:500 +since 08:00:00, last sign /m);
    expect(at(5)).not.toContain("kept out");
    expect(at(20)).toMatch(/^ {2}kept out +198\.51\.100\.12:500 +1 try since 08:00:10, last sign /m);
    expect(at(20)).toMatch(/^Gateway 192\.0\.2\.1 \(Cisco.*\): 1 kept out, 1 connected$/m);
    expect(at(28)).toMatch(/^ {2}left +198\.51\.100\.11:500/m);
    expect(at(35)).toMatch(/^ {2}connected +198\.51\.100\.12:500 +since 08:00:30/m);
    expect(at(35)).not.toMatch(/^ {2}kept out/m);
  });

  it("puts clients that are kept out above all others", () => {
    const lines = at(20).split("\n");
    const rowOf = (state: string) => lines.findIndex((line) => line.startsWith(`  ${state} `));
    expect(rowOf("kept out")).toBeLessThan(rowOf("connected"));
  });

  it("tells the last events, the finding and what became of it", () => {
    expect(at(20)).toMatch(/^ {2}08:00:1[12] {2}#1 predicted: 198\.51\.100\.12 against 198\.51\.100\.11$/m);
    expect(at(20)).toMatch(
      /^ {2}08:00:15 {2}#1 predicted -> rejected: 198\.51\.100\.12 kept out by 198\.51\.100\.11$/m,
    );
  });

  it("never fills the last column, and takes no more lines than there are", () => {
    expect(widest).toBeLessThan(80);
    for (let second = 1; second < 40; second += 1) expect(at(second).split("\n").length).toBeLessThan(24);
  });

  it("is drawn over itself: nothing is left above or below it", () => {
    expect(screen.history.match(/Last events/g)).toHaveLength(1);
    view.erase();
    expect(screen.history.trim()).toBe("");
  });
});

test("many clients: those that are kept out are on it, the others are counted", () => {
  const stage = collision();
  for (let i = 0; i < 60; i += 1) {
    const address = `203.0.113.${i + 1}`;
    new Client(stage, { address }, [0x7000_0000 + i * 977]).connect(2 + i / 10).quickMode(3 + i / 10);
  }
  const { at } = played(stage);
  expect(at(20).split("\n").length).toBeLessThanOrEqual(23);
  expect(at(20)).toMatch(/^ {2}kept out +198\.51\.100\.12/m);
  expect(at(20)).toMatch(/^ {2}\.\.\. \d+ more clients$/m);
  expect(at(20)).toContain("Last events");
});

test("several gateways: the one that keeps a client out comes first, and none is passed over unsaid", () => {
  const stage = collision();
  for (let i = 0; i < 9; i += 1) {
    new Client(stage, { address: `203.0.113.${i + 1}`, responder: `192.0.2.${i + 10}` })
      .connect(2)
      .quickMode(3);
  }
  const { at } = played(stage);
  const gateways = at(20).match(/^Gateway (\S+)/gm) ?? [];
  expect(gateways[0]).toBe("Gateway 192.0.2.1");
  const more = Number(/^\.\.\. (\d+) more gateways?$/m.exec(at(20))?.[1] ?? 0);
  expect(gateways.length + more).toBe(10);
});

test.each([
  [40, 10],
  [120, 40],
  [20, 5],
])("a terminal of %i by %i is not overrun", (columns, rows) => {
  const { screen, at } = played(collision(), { columns, rows });
  expect(at(20).split("\n").length).toBeLessThan(rows);
  for (const line of at(20).split("\n")) expect([...line].length).toBeLessThan(columns);
  expect(screen.history.match(/ike-dupcheck:/g)).toHaveLength(1);
});

test("names stand beside addresses", () => {
  const names = new Map([
    ["198.51.100.12", "bob"],
    ["192.0.2.1", "vpn"],
  ]);
  const { text } = played(collision(), { names }).screen;
  expect(text).toMatch(/^Gateway 192\.0\.2\.1 \(vpn\)/m);
  expect(text).toMatch(/ 198\.51\.100\.12:500 \(bob\) {2}/);
  expect(text).toMatch(/^ {2}\S+ {2}#1 .*198\.51\.100\.12 \(bob\)/m);
});

test("while a recording is read, one line alone stands there", () => {
  const screen = new Screen(80, 24);
  let now = 0;
  const view = new ScreenView({
    write: (text) => screen.write(text),
    paint: painter(true),
    clock: UTC,
    names: new Map(),
    all: false,
    now: () => now,
    size: () => ({ columns: 80, rows: 24 }),
  });
  playLive(collision().sorted(), 1, {
    watch: (analysis, at) => {
      now = at;
      view.status(analysis, undefined, false);
    },
  });
  expect(screen.text).toMatch(/^ike-dupcheck: reading, \d+ packets, /);
  expect(screen.text).not.toContain("\n");
});
