import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { extractFrom } from "../../src/analysis/extraction.ts";
import { IterableSource } from "../../src/capture/byte-source.ts";
import type { Feed } from "../../src/feed/feed.ts";
import { openSource } from "../../src/feed/formats.ts";
import { analyze, extract, type Report } from "../../src/index.ts";
import { recordSchema } from "../../src/records/schema.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { LiveProgram } from "../support/live-program.ts";
import { PlayedInputs } from "../support/played-live.ts";
import { PROGRAM, programIsBuilt } from "../support/program.ts";
import { random32 } from "../support/random.ts";
import { Client, Stage } from "../support/session.ts";
import { simulate } from "../support/world.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
const names = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-records-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function recordsOf(inputs: readonly string[], sensor = "tap"): Promise<string> {
  let text = "";
  const { failures } = await extract(inputs, { sensor }, async (lines) => {
    text += lines;
  });
  expect(failures).toEqual([]);
  return text;
}

/** What a report concludes; frames and sources are those of the input. */
function conclusions({ findings, clients, responders, summary }: Report) {
  const plain = findings.map(({ attempts, ...finding }) => ({
    ...finding,
    attempts: attempts.map(({ frame, source, claim, events, ...attempt }) => ({
      ...attempt,
      events: events.map(({ at, sender, what }) => ({ at, sender, what })),
      claim: claim === null ? null : { at: claim.at, implied: claim.implied, lastLifeAt: claim.lastLifeAt },
    })),
  }));
  // What the input could not show is not the same: records do not tell that the capture was cut off.
  const text = summary.text.replace(/^Not shown: .*$/m, "");
  return { findings: plain, clients, responders, summary: { ...summary, text } };
}

describe("records of a capture", () => {
  it.each(names)(
    "%s: every line fits the schema, and the findings are those of the capture",
    async (name) => {
      const path = join(samples, name);
      const text = await recordsOf([path]);
      for (const line of text.trimEnd().split("\n")) {
        expect(recordSchema.safeParse(JSON.parse(line)).error, line).toBeUndefined();
      }
      const whole = await reportOn([await readFile(path)]);
      const report = await reportOn([Buffer.from(text)]);
      expect(conclusions(report)).toEqual(conclusions(whole));
      expect(report.capture.quickModeMessages).toBe(whole.capture.quickModeMessages);
      expect({ ...report.capture.messages, malformed: 0 }).toEqual({
        ...whole.capture.messages,
        malformed: 0,
      });
    },
  );

  it("extracted from a world and split over sensors, they give the findings of the captures", async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const { records } = simulate(seed);
      const next = random32(seed + 99);
      const sensors = 1 + (next() % 50);
      const parts: (typeof records)[] = Array.from({ length: sensors }, () => []);
      for (const record of records) parts[next() % sensors].push(record);
      const texts: Buffer[] = [];
      for (const [i, part] of parts.entries()) {
        if (part.length === 0) continue;
        const path = join(folder, `${seed}-${i}.pcap`);
        await writeFile(path, pcap(part));
        texts.push(Buffer.from(await recordsOf([path], `sensor-${i}`)));
      }
      const captures = parts.filter((part) => part.length > 0).map((part) => pcap(part));
      const whole = conclusions(await reportOn(captures));
      expect(conclusions(await reportOn(texts)), `seed ${seed}`).toEqual(whole);
    }
  });
});

it("a file of records may be larger than what is read at a time", async () => {
  const stage = new Stage(73);
  for (let i = 0; i < 300; i += 1) {
    new Client(stage, { address: `198.51.100.${i % 250}` }).connect(i).quickMode(i + 0.2);
  }
  const captures = [pcap(stage.sorted())];
  const path = join(folder, "large.pcap");
  await writeFile(path, captures[0]);
  const text = Buffer.from(await recordsOf([path]));
  expect(text.length).toBeGreaterThan(600_000);
  expect(conclusions(await reportOn([text]))).toEqual(conclusions(await reportOn(captures)));
});

it.each([
  "two-windows-clients.pcap",
  "lab-asa-drops-second.pcap",
  "same-nat.pcap",
  "fragments-windows.pcap",
  "fragments-strongswan.pcap",
  "both-sides-of-nat.pcap",
  "retransmission-and-echo.pcapng",
])("%s and its records in one run are one capture and its echo", async (name) => {
  const capture = await readFile(join(samples, name));
  const records = Buffer.from(await recordsOf([join(samples, name)]));
  const alone = await reportOn([capture]);
  for (const inputs of [
    [capture, records],
    [records, capture],
  ]) {
    const report = await reportOn(inputs);
    const { findings } = conclusions(report);
    expect(findings).toEqual(conclusions(alone).findings);
    expect(report.capture.retransmissions).toBe(alone.capture.retransmissions);
    expect(report.capture.echoes).toBe(alone.capture.echoes + alone.capture.messages.ikev1);
  }
});

it("lines wait for older ones, but not for ever where nothing follows", async () => {
  const text = await recordsOf([join(samples, "two-windows-clients.pcap")]);
  const endless = (async function* () {
    yield Buffer.from(text);
    await new Promise(() => {});
  })();
  const source = await openSource(new IterableSource(endless), "-", { reorder: 2_000_000 });
  vi.useFakeTimers();
  try {
    const lines = text.trimEnd().split("\n").length;
    // The window, and the 10 s after which the last sign of life of a flow is written.
    await source.next();
    const early = source.summary.packets;
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(lines - 1);
    const rest = source.next();
    let told = false;
    void rest.then(() => {
      told = true;
    });
    await vi.advanceTimersByTimeAsync(11_900);
    expect(told).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toBe(true);
    // All but the header, whose time is that of the first packet.
    expect(source.summary.packets).toBeGreaterThanOrEqual(lines - 2);
  } finally {
    vi.useRealTimers();
  }
});

describe("bad lines", () => {
  it("are counted with their numbers and skipped", async () => {
    const lines = (await recordsOf([join(samples, "two-windows-clients.pcap")])).trimEnd().split("\n");
    // The last of them is of 2279: a number does not hold its microseconds.
    const far = lines[1].replace(/"t":"\d+"/, '"t":"9772434931010000000"');
    lines.splice(1, 0, "{nonsense", '{"type":"ike"}', far);
    const report = await reportOn([Buffer.from(lines.join("\n"))]);
    expect(report.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringMatching(/^malformed-line .*: 3 lines .*: line 2, 3, 4\.$/),
    ]);
    expect(report.summary.findings.rejected).toBe(1);
  });

  it("an unknown version of the schema is refused", async () => {
    const path = join(folder, "version.jsonl");
    const text = await recordsOf([join(samples, "ikev2.pcap")]);
    await writeFile(path, text.replace('"version":1', '"version":2'));
    const { failures } = await analyze([path]);
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(/version 2 .* knows version 1/),
    ]);
  });

  it("a sensor whose clock is off by more than the window is named", async () => {
    const lines = (await recordsOf([join(samples, "two-windows-clients.pcap")])).trimEnd().split("\n");
    const late = lines
      .filter((line) => line.includes('"type":"ike"'))
      .map((line) => line.replace('"tap"', '"slow"'));
    const report = await reportOn([Buffer.from([...lines, ...late.slice(0, 2)].join("\n"))]);
    expect(report.warnings.find(({ code }) => code === "sensor-clock")?.message).toMatch(
      /2 lines of sensor slow /,
    );
  });

  it.skipIf(!programIsBuilt())("of a pipe that goes on, they are written as they come", async () => {
    const stage = new Stage(71);
    new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 9, 1);
    const bytes = pcap(stage.sorted());
    const sensor = new LiveProgram(spawn(process.execPath, [PROGRAM, "extract", "--sensor", "tap", "-"]));
    const half = bytes.length >> 1;
    sensor.child.stdin!.write(bytes.subarray(0, half));
    await sensor.writes(/"type":"header".*("type":"ike".*){6}/s);
    expect(sensor.stdout).not.toContain("trailer");
    sensor.child.stdin!.end(bytes.subarray(half));
    expect(await sensor.ended).toEqual({ status: 0, signal: null });
    const path = join(folder, "whole.pcap");
    await writeFile(path, bytes);
    const nameless = (text: string) => text.replace(/"name":"[^"]*"/, "");
    expect(nameless(sensor.stdout)).toBe(nameless(await recordsOf([path])));
  });

  it.skipIf(!programIsBuilt())(
    "a signal ends the wait for older lines, and all that came is reported",
    async () => {
      const records = await recordsOf([join(samples, "two-windows-clients.pcap")]);
      const whole = await reportOn([Buffer.from(records)]);
      const program = new LiveProgram(spawn(process.execPath, [PROGRAM, "--format", "ndjson", "-"]));
      program.child.stdin!.write(records);
      await program.tells("rejected");
      program.child.kill("SIGTERM");
      expect(await program.ended).toEqual({ status: 1, signal: null });
      const last = program.lines.at(-1)!;
      if (last.type !== "report") throw new Error(program.stderr);
      expect(last.report.summary).toEqual(whole.summary);
      expect(last.report.capture.packets).toBe(whole.capture.packets);
    },
  );

  it("the last sign of life of a window is written when nothing else comes", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    const stage = new Stage(72);
    new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).esp(1, 4, 1);
    const played = new PlayedInputs();
    let end = () => {};
    const inputs: Feed = {
      ...{ summaries: played.summaries, times: played.times, clockSteps: played.clockSteps },
      rounds: async function* () {
        for (const record of stage.sorted()) yield [played.slice(record)];
        await new Promise<void>((resolve) => {
          end = resolve;
        });
      },
    };
    let text = "";
    const signs = () => text.split('"type":"esp"').length - 1;
    const over = extractFrom(inputs, { sensor: "tap", now: () => performance.now() }, async (lines) => {
      text += lines;
    });
    await vi.waitFor(() => expect(signs()).toBe(2), { interval: 1, timeout: 30_000 });
    await vi.advanceTimersByTimeAsync(12_000);
    // Of each direction the first and the last.
    expect(signs()).toBe(4);
    vi.useRealTimers();
    end();
    await over;
  });
});
