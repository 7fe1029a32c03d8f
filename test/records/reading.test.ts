import { describe, expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { capturePointOf } from "../../src/capture/message-rows.ts";
import { openSource } from "../../src/feed/formats.ts";
import type { RecordSource } from "../../src/records/reader.ts";
import { AT, HEADER, IKE, PLACE } from "./made.ts";

const textOf = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** Text that comes in pieces of so many bytes. */
const source = (text: string, piece = text.length) =>
  new IterableSource(
    (async function* () {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    })(),
  );

/** Reads lines and gives the rows that come out: the second of each, and its packet's number; marks have none. */
const readLines = (lines: readonly object[], reorder?: number) => readText(source(textOf(lines)), reorder);

async function readText(bytes: IterableSource, reorder = 5_000_000) {
  const source = await openSource(bytes, "lines", { reorder });
  const rows: string[] = [];
  const places: number[] = [];
  for (let batch = await source.next(); batch !== null; batch = await source.next()) {
    if (batch.provenance === "packet") throw new Error("messages were asked for");
    for (let i = 0; i < batch.count; i += 1) {
      const number = batch.rows[i] === null ? "" : ` ${batch.frames[i]}`;
      places.push(batch.interfaces[i]);
      rows.push(`${(batch.micros[i] - AT) / 1_000_000}${number}`);
    }
  }
  return { rows, places, source };
}
const at = (second: number, more: object = {}) => ({ ...IKE, t: `${AT + second * 1_000_000}000`, ...more });
const mark = (type: "header" | "trailer", second: number) => ({
  ...(type === "header" ? HEADER : { type, ...PLACE, packets: 1, end: "clean" }),
  t: `${AT + second * 1_000_000}000`,
});

describe("lines that are read", () => {
  it.each<[string, object[], string[]]>([
    ["come in the order of their times", [at(2), at(1), at(3)], ["1 1", "2 2", "3 3"]],
    [
      "those of one time in the order of the input",
      [at(1), at(1, { order: AT + 1_000_000 }), at(0)],
      ["0 1", "1 2", "1 3"],
    ],
    [
      "or in the order that their sensor had them in",
      [at(2), at(1, { order: AT + 3_000_000 })],
      ["2 1", "1 2"],
    ],
    ["those behind a step of the clock last", [at(9, { segment: 1 }), at(5, { segment: 1 })], ["5 1", "9 2"]],
    [
      "after all of before, whatever their times",
      [at(9), at(8), at(1, { segment: 1 }), at(0, { segment: 1 })],
      ["8 1", "9 2", "0 3", "1 4"],
    ],
    ["a header tells a time where no packet has it", [mark("header", 0), at(1)], ["0", "1 1"]],
    ["and nothing where one has", [mark("header", 1), at(1)], ["1 1"]],
    ["so does a trailer", [at(1), mark("trailer", 2)], ["1 1", "2"]],
    ["and nothing behind the last packet", [at(1), mark("trailer", 1)], ["1 1"]],
  ])("%s", async (_, lines, wanted) => {
    expect((await readLines(lines)).rows).toEqual(wanted);
  });

  it("that were delivered again are skipped, by their numbers", async () => {
    const { rows, source } = await readLines([
      at(1, { seq: 5 }),
      at(2, { seq: 6 }),
      at(2, { seq: 6 }),
      at(1, { seq: 5 }),
      at(3),
    ]);
    expect(rows).toEqual(["1 1", "2 2", "3 3"]);
    expect(source).toMatchObject({ taken: { lines: 5, seq: 6, redelivered: 2 } });
  });

  it("that came later than the window allows are told of, by sensor, and taken where they are", async () => {
    // The window is that of --reorder, and the ten seconds after which a last sign of life is written.
    const { source } = await readLines([
      at(20),
      at(5),
      at(4.9, { sensor: "late" }),
      at(1, { sensor: "late" }),
    ]);
    expect(source.summary.notes).toEqual([
      {
        code: "sensor-clock",
        message: expect.stringMatching(/^lines: 2 lines of sensor late came later than the window of 5 s/),
      },
    ]);
    expect(source.summary.packets).toBe(4);
  });

  it("that came too late from more than twenty sensors are told of together", async () => {
    const late = Array.from({ length: 23 }, (_, i) => at(i % 2, { sensor: `late ${i}` }));
    const { source } = await readLines([at(20), ...late, at(0, { sensor: "late 3" })]);
    const told = source.summary.notes!.map(({ message }) => message.replace(/ came later .*/, ""));
    expect(told).toHaveLength(21);
    expect(told[3]).toBe("lines: 2 lines of sensor late 3");
    expect(told[20]).toBe("lines: 3 lines of further sensors");
  });

  it("of one time all come, in their order; of so many that the half waits no longer", async () => {
    const short = { type: "keepalive", ...PLACE, from: "::1", to: "::2", keys: ["::1"], fromPort: 0 };
    const count = 280_000;
    const lines = Array.from({ length: count }, (_, toPort) =>
      JSON.stringify({ ...short, toPort: toPort & 0xffff }),
    );
    const opened = await openSource(source(`${lines.join("\n")}\n`, 1 << 20), "lines", {
      reorder: 0,
    });
    let at = 0;
    for (let batch = await opened.next(); batch !== null; batch = await opened.next()) {
      if (batch.provenance === "packet") throw new Error("messages were asked for");
      if (at === 0) expect((opened as RecordSource).taken.lines).toBeLessThan(count);
      for (const row of batch.rows) {
        if (row === null) continue;
        if (row.destinationPort !== (at & 0xffff))
          throw new Error(`line ${at + 1} did not come in its place`);
        at += 1;
      }
    }
    expect(at).toBe(count);
  });

  it("that are none are counted, and the first five named", async () => {
    const bad = { ...at(1), digest: "?" };
    const lines = [at(0), bad, at(1, { to: "2001:db8::1" }), at(2), { ...at(1), t: "9007199254740992000" }];
    const first = await readLines(lines);
    expect(first.rows).toEqual(["0 1", "2 2"]);
    expect(first.source.summary.notes).toEqual([
      {
        code: "malformed-line",
        message: expect.stringMatching(/: 3 lines are not message records and were skipped: line 2, 3, 5\.$/),
      },
    ]);
    const many = await readLines([at(0), ...Array(6).fill(bad)]);
    expect(many.source.summary.notes?.[0].message).toMatch(/: 6 lines .*: line 2, 3, 4, 5, 6, \.\.\.\.$/);
  });

  it("may come in pieces, and the last without its end", async () => {
    const text = textOf([mark("header", 0), at(1), at(2)]);
    for (const piece of [1, 100, 500]) {
      const whole = await readText(source(text, piece));
      expect(whole.rows).toEqual(["0", "1 1", "2 2"]);
      expect(whole.source.summary).toMatchObject({ bytes: text.length, end: "clean" });
    }
    expect((await readText(source(text.trimEnd(), 100))).rows).toEqual(["0", "1 1", "2 2"]);
    expect((await readText(source(text.slice(0, -9), 100))).rows).toEqual(["0", "1 1"]);
  });

  it("that are empty are nothing, and are counted for the numbers of others", async () => {
    const text = `${textOf([at(0)])}\n  \n${textOf([at(1)])}{}\n`;
    const { rows, source: read } = await readText(source(text));
    expect(rows).toEqual(["0 1", "1 2"]);
    expect(read.summary.notes?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/: 1 lines .*: line 5\.$/),
    ]);
  });

  it("of another interface, source or sensor were captured at another place", async () => {
    const lines = [at(1), at(2, { interface: 1 }), at(3, { source: 1 }), at(4, { sensor: "other" }), at(5)];
    expect((await readLines(lines)).places).toEqual([0, 1, 2, 3, 0]);
  });

  it("of ever new sensors were captured at one place, once there are many", () => {
    const known = new Map<string, number>();
    const places = Array.from({ length: 20_000 }, (_, i) => capturePointOf(known, `sensor ${i}`));
    expect(places.slice(0, 16_384)).toEqual(Array.from({ length: 16_384 }, (_, i) => i));
    expect(new Set(places.slice(16_384)).size).toBe(1);
    expect([known.size, capturePointOf(known, "sensor 7")]).toEqual([16_384, 7]);
  });

  it("may begin with a bad one, but not with a hundred", async () => {
    const bad = (count: number) => '{"type":"none"}\n'.repeat(count);
    expect((await readText(source(bad(99) + textOf([at(1)]), 1_000))).rows).toEqual(["1 1"]);
    await expect(readText(source(bad(100) + textOf([at(1)])))).rejects.toMatchObject({
      code: "not-a-capture",
    });
    await expect(readText(source(bad(1)))).rejects.toMatchObject({ code: "not-a-capture" });
    await expect(readLines([{ ...HEADER, version: 9 }])).rejects.toMatchObject({ code: "unsupported" });
  });

  it("have nanoseconds where a header says that its clock has them", async () => {
    expect(
      (await readLines([{ ...mark("header", 0), timeDigits: 9 }, at(1)])).source.summary.timeDigits,
    ).toBe(9);
    expect((await readLines([mark("header", 0), at(1)])).source.summary.timeDigits).toBe(6);
  });

  it("behind a header of another version are not read", async () => {
    const { rows, source } = await readLines([at(0), { ...HEADER, version: 9 }, at(1)]);
    expect(rows).toEqual(["0 1"]);
    expect(source.summary).toMatchObject({
      end: "corrupt",
      problem: expect.stringMatching(
        /^lines: line 2 is a header of version 9 .*; nothing behind it was read\.$/,
      ),
    });
  });
});
