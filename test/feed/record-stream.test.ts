import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { IterableSource } from "../../src/capture/byte-source.ts";
import { openSource } from "../../src/feed/formats.ts";
import { RecordStream } from "../../src/feed/record-stream.ts";
import { extract } from "../../src/index.ts";
import { pcap } from "../support/capture-files.ts";

/** Lines with a number each, as a stream gives them. */
let lines: string[] = [];
beforeAll(async () => {
  const sample = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));
  let text = "";
  await extract([sample], { sensor: "tap" }, async (more) => {
    text += more;
  });
  lines = text
    .trimEnd()
    .split("\n")
    .map((line, i) => line.replace("{", `{"seq":${10 + i},`));
});

type Saved = ReturnType<RecordStream["save"]>;

function streamOf(bytes: Uint8Array, saved: Saved = null): RecordStream {
  const source = new IterableSource(
    (async function* () {
      yield bytes;
    })(),
  );
  const stream = new RecordStream({
    name: "part",
    once: true,
    open: () => openSource(source, "part"),
    abandon: () => {},
  });
  stream.restore(structuredClone(saved));
  return stream;
}

const textOf = (part: readonly string[]) => Buffer.from(part.map((line) => `${line}\n`).join(""));

/** Times and packets' numbers of all rows that come out. */
async function rowsOf(stream: RecordStream, isLast = false): Promise<string[]> {
  const rows: string[] = [];
  const take = (
    slices: Iterable<{ batch: unknown; clock: Float64Array; start: number; end: number; segment: number }>,
  ) => {
    for (const { batch, clock, start, end, segment } of slices) {
      const { frames } = batch as { frames: Uint32Array };
      for (let i = start; i < end; i += 1) rows.push(`${segment} ${clock[i]} ${frames[i]}`);
    }
  };
  for await (const round of { [Symbol.asyncIterator]: () => stream.rounds() }) take(round);
  if (isLast) take(stream.heldBack());
  return rows;
}

describe("a stream of message records that goes on with another input", () => {
  it.each([1, 3, 7])(
    "gives the rows of the whole in parts of %i lines, each once and in order",
    async (size) => {
      const whole = await rowsOf(streamOf(textOf(lines)), true);
      const rows: string[] = [];
      let saved: Saved = null;
      for (let at = 0; at < lines.length; at += size) {
        const stream = streamOf(textOf(lines.slice(at, at + size)), saved);
        rows.push(...(await rowsOf(stream, at + size >= lines.length)));
        saved = stream.save();
        await stream.close();
      }
      expect(whole.length).toBeGreaterThan(10);
      expect(rows).toEqual(whole);
    },
  );

  it("gives what waited where nothing more comes", async () => {
    const first = streamOf(textOf(lines));
    const before = await rowsOf(first);
    const rest = await rowsOf(streamOf(new Uint8Array(0), first.save()), true);
    expect([...before, ...rest]).toEqual(await rowsOf(streamOf(textOf(lines)), true));
    expect(rest.length).toBeGreaterThan(0);
  });

  it("knows what was taken, of this input and of those before", async () => {
    const first = streamOf(textOf(lines.slice(0, 6)));
    expect([first.save(), first.taken, first.summaries, first.times]).toEqual([
      null,
      { lines: 0, seq: null, redelivered: 0 },
      [],
      [],
    ]);
    await rowsOf(first);
    expect(first.taken).toEqual({ lines: 6, seq: 15, redelivered: 0 });

    const second = streamOf(textOf(lines.slice(4, 8)), first.save());
    expect(second.taken).toEqual({ lines: 0, seq: 15, redelivered: 0 });
    expect(second.summaries).toMatchObject([{ format: "records" }]);
    expect(second.times).toEqual(first.times);
    await rowsOf(second);
    // Two lines were in the first input as well.
    expect(second.taken).toEqual({ lines: 4, seq: 17, redelivered: 2 });
  });

  it("that was kept before its first line has no greatest number", async () => {
    const unnumbered = lines.slice(0, 3).map((line) => line.replace(/"seq":\d+,/, ""));
    const first = streamOf(textOf(unnumbered));
    await rowsOf(first);
    expect(streamOf(new Uint8Array(0), first.save()).taken).toEqual({ lines: 0, seq: null, redelivered: 0 });
  });

  it("is nothing at all where the first input is empty, which is not a fault", async () => {
    const stream = streamOf(new Uint8Array(0));
    expect(await rowsOf(stream)).toEqual([]);
    expect(stream.save()).toBeNull();
  });

  it.each([null, "something"])("is not made of a capture, whatever was before (%s)", async (before) => {
    const first = streamOf(textOf(lines));
    await rowsOf(first);
    const stream = streamOf(
      pcap([{ at: 1_000n, frame: Buffer.alloc(60) }]),
      before === null ? null : first.save(),
    );
    await expect(rowsOf(stream)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringMatching(
        /^--state keeps what message records told, and part is pcap: .* extract/,
      ),
    });
  });

  it("that cannot be read is not an empty one, though something was before", async () => {
    const first = streamOf(textOf(lines));
    await rowsOf(first);
    const stream = streamOf(Buffer.from("hello, world"), first.save());
    await expect(rowsOf(stream)).rejects.toMatchObject({ code: "not-a-capture" });
  });
});
