import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LiveAnalysis } from "../../src/analysis/analysis.ts";
import { run as runAnalysis } from "../../src/analysis/run.ts";
import { RecordStream } from "../../src/feed/record-stream.ts";
import { Exchange } from "../../src/ike/exchange.ts";
import { Informationals } from "../../src/ike/informationals.ts";
import { IkeSa } from "../../src/ike/sa.ts";
import { extract } from "../../src/index.ts";
import { fileInputs } from "../../src/node/files.ts";
import { STATE_VERSION, StateFile } from "../../src/node/state/file.ts";
import { Keeper } from "../../src/node/state/keeper.ts";
import type { Line } from "../../src/report/lines.ts";
import type { Report } from "../../src/report/model.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { LiveProgram } from "../support/live-program.ts";
import { PROGRAM, plainEnvironment, programIsBuilt, runProgram } from "../support/program.ts";
import { random32 } from "../support/random.ts";
import { standing } from "../support/standing.ts";
import { simulate } from "../support/world.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ike-dupcheck-state-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function recordLines(path: string): Promise<string[]> {
  let text = "";
  await extract([path], { sensor: "tap" }, async (lines) => {
    text += lines;
  });
  return text.trimEnd().split("\n");
}

async function worldLines(seed: number): Promise<string[]> {
  const path = join(folder, `world-${seed}.pcap`);
  await writeFile(path, pcap(simulate(seed).records));
  return recordLines(path);
}

/** Each line with the number that a stream would give it. */
function numbered(lines: readonly string[]): string[] {
  return lines.map((line, i) => line.replace("{", `{"seq":${10 * (i + 1)},`));
}

interface Part {
  analysis: LiveAnalysis;
  stream: RecordStream;
}

/** Reads one part of a stream; `saved` is what was kept of those before. */
async function readPart(lines: readonly string[], saved: Buffer | null): Promise<Part> {
  const path = join(folder, "part.ndjson");
  await writeFile(path, `${lines.join("\n")}\n`);
  const stream = new RecordStream(fileInputs([path])[0]);
  const analysis = new LiveAnalysis(stream);
  if (saved !== null) {
    const state = deserialize(saved);
    stream.restore(state.stream);
    analysis.restore(state.analysis, 0);
  }
  for await (const round of { [Symbol.asyncIterator]: () => stream.rounds() }) {
    for (const slice of round) analysis.decoder.decode(slice);
  }
  return { analysis, stream };
}

/** The report of a stream that ends here. */
async function ended({ analysis, stream }: Part): Promise<Report> {
  for (const slice of stream.heldBack()) analysis.decoder.decode(slice);
  const { report } = analysis.finish(0);
  await stream.close();
  // Each part is read from a file of its own, by another name.
  return JSON.parse(JSON.stringify(report));
}

describe("a state", () => {
  it("is all that is known: worlds cut anywhere give the report of the whole", async () => {
    let findings = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const lines = await worldLines(seed);
      const whole = await ended(await readPart(lines, null));
      const next = random32(seed);
      let saved: Buffer | null = null;
      let part: Part | null = null;
      for (let at = 0; at < lines.length; ) {
        const end = Math.min(lines.length, at + 1 + (next() % 40));
        part = await readPart(lines.slice(at, end), saved);
        const state = { stream: part.stream.save(), analysis: part.analysis.save() };
        saved = serialize(state);
        if (end < lines.length) await part.stream.close();
        at = end;
      }
      const report = await ended(part!);
      expect(report, `seed ${seed}`).toEqual({
        ...whole,
        capture: { ...whole.capture, sources: report.capture.sources },
      });
      expect(report.capture.sources[0].packets).toBe(whole.capture.sources[0].packets);
      findings += whole.findings.length;
    }
    expect(findings).toBeGreaterThan(20);
  });

  it("has the shape of its version", async () => {
    const lines = await recordLines(join(samples, "two-windows-clients.pcap"));
    const { analysis, stream } = await readPart(lines, null);
    const paths = new Set<string>();
    const seen = new Set<object>();
    const walk = (value: unknown, path: string) => {
      if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) {
        paths.add(path);
        return;
      }
      if (seen.has(value)) return;
      seen.add(value);
      const parts = value instanceof Map || value instanceof Set ? [...value.values()] : null;
      if (parts !== null || Array.isArray(value)) {
        for (const each of parts ?? (value as unknown[])) walk(each, `${path}[]`);
      } else for (const [key, each] of Object.entries(value)) walk(each, `${path}.${key}`);
    };
    walk(analysis.save(), "analysis");
    walk(stream.save(), "stream");
    await stream.close();
    const shape = createHash("sha256")
      // What a number of a row means is told by its place alone.
      .update([...paths].sort().concat(IkeSa.layout, Exchange.layout, Informationals.layout).join("\n"))
      .digest("hex");
    // Another shape needs another STATE_VERSION: programs of both kinds exist then.
    expect({ version: STATE_VERSION, shape: shape.slice(0, 16) }).toEqual({
      version: 29,
      shape: "e3ec2eee65548505",
    });
  });

  it("is refused when it is damaged, foreign, of another version, or written by two", async () => {
    const path = join(folder, "damaged.state");
    const file = new StateFile(path);
    expect(file.read()).toBeNull();
    file.write({ some: [1, 2, 3] });
    expect(new StateFile(path).read()).toEqual({ some: [1, 2, 3] });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const bytes = await readFile(path);
    const refused = async (text: Buffer | string, sentence: RegExp) => {
      const other = join(folder, "other.state");
      await writeFile(other, text);
      expect(() => new StateFile(other).read()).toThrow(sentence);
    };
    for (let at = bytes.indexOf(0x0a) + 1; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] ^= 0x10;
      await refused(damaged, /is damaged/);
    }
    await refused(bytes.subarray(0, -1), /is damaged/);
    const later = bytes.toString("latin1").replace(`"version":${STATE_VERSION}`, '"version":99');
    await refused(later, /is a state of version 99/);
    await refused("{}\n", /is not a state of ike-dupcheck/);
    await refused("", /is not a state of ike-dupcheck/);
    await refused(await readFile(join(samples, "ikev2.pcap")), /is not a state of ike-dupcheck/);
    expect(() => new StateFile(folder).read()).toThrow(/is not a file/);
    new StateFile(path).read();
    const second = new StateFile(path);
    second.read();
    second.write(2);
    expect(() => file.write(3)).toThrow(/two analysers cannot share a state/);
    expect(new StateFile(path).read()).toBe(2);
  });

  it("is kept through a link, and a leftover of a killed program is no obstacle", async () => {
    const path = join(folder, "linked.state");
    const link = join(folder, "link.state");
    new StateFile(path).write(1);
    await symlink(path, link);
    const leftover = `${path}.0123456789abcdef.new`;
    await writeFile(leftover, "half");
    const file = new StateFile(link);
    expect(file.read()).toBe(1);
    file.write(2);
    expect(new StateFile(path).read()).toBe(2);
    expect((await readdir(folder)).filter((name) => name.endsWith(".new"))).toEqual([]);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });
});

it("lines that nobody took are told again, with the same ids, and nothing is kept beyond them", async () => {
  const path = join(folder, "two.ndjson");
  await writeFile(path, `${(await recordLines(join(samples, "two-windows-clients.pcap"))).join("\n")}\n`);
  const file = join(folder, "again.state");
  const run = async (takes: (call: number) => boolean) => {
    const stream = new RecordStream(fileInputs([path])[0]);
    const told: Line[][] = [];
    const emit = async (lines: readonly string[]) => {
      told.push(lines.map((line) => JSON.parse(line)));
      return takes(told.length);
    };
    const keeper = new Keeper(new StateFile(file), "", stream, emit, () => expect.unreachable());
    await runAnalysis(stream, {
      now: () => performance.now(),
      live: { keeper, onLines: (lines) => keeper.hold(lines) },
    });
    await stream.close();
    return told;
  };
  const [begin, lost, ...more] = await run((call) => call === 1);
  expect(begin.map(({ type }) => type)).toEqual(["checkpoint"]);
  expect(lost.map(({ type }) => type)).toEqual(["finding", "checkpoint"]);
  expect(more).toEqual([]);
  const [again] = await run(() => true);
  expect(again[0]).toEqual(lost[0]);
  expect(again[0]).toHaveProperty("id", expect.stringMatching(/^[0-9a-f]{32}\/[0-9a-f]{16}$/));
  // The whole file once more has no news of this finding that would be told as new.
  const [third] = await run(() => true);
  expect(third.map(({ type }) => type)).toEqual(["checkpoint"]);
});

/** The program with a state and standard input of its own. */
class Analyser extends LiveProgram {
  static run(state: string, ...args: string[]): Analyser {
    const words = [PROGRAM, "--format", "ndjson", "--quiet", "--state", state, ...args, "-"];
    return new Analyser(spawn(process.execPath, words, { env: plainEnvironment() }));
  }

  feed(lines: readonly string[]): void {
    this.child.stdin!.on("error", () => {});
    this.child.stdin!.write(lines.map((line) => `${line}\n`).join(""));
  }

  get checkpoint(): number {
    const last = this.lines.findLast((line) => line.type === "checkpoint");
    return last?.type === "checkpoint" ? (last.seq ?? 0) : -1;
  }
}

describe.runIf(programIsBuilt())("an analyser that is killed", () => {
  it.each([3, 8])(
    "and goes on loses and doubles no finding (world %i)",
    async (seed) => {
      const lines = await worldLines(seed);
      const text = Buffer.from(`${lines.join("\n")}\n`);
      const whole = await reportOn([text]);
      expect(whole.findings.length).toBeGreaterThan(0);
      const stream = numbered(lines);
      const state = join(folder, `killed-${seed}.state`);
      const next = random32(seed);
      const told: Line[] = [];
      let from = 0;
      for (let kill = 1; kill <= 4; kill += 1) {
        const analyser = Analyser.run(state);
        await analyser.writes(/"checkpoint"/);
        expect(analyser.checkpoint).toBe(kill === 1 ? 0 : 10 * from);
        // What came shortly before is delivered again, as by a stream that missed an acknowledgement.
        const until = Math.floor((lines.length * kill) / 5);
        analyser.feed(stream.slice(Math.max(0, from - (next() % 30)), until));
        if (kill % 2 === 1) await analyser.writes(new RegExp(`"seq":${10 * until},`));
        analyser.child.kill("SIGKILL");
        await analyser.ended;
        told.push(...analyser.lines);
        const again = runProgram(["--format", "ndjson", "--quiet", "--state", state, "-"], {
          input: Buffer.from(`${stream[0]}\n`),
        });
        const resumed = again.stdout
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Line);
        told.push(...resumed);
        const [first] = resumed.filter((line) => line.type === "checkpoint");
        from = (first.type === "checkpoint" ? (first.seq ?? 0) : 0) / 10;
        if (kill % 2 === 1) expect(from).toBe(until);
      }
      const last = Analyser.run(state);
      await last.writes(/"checkpoint"/);
      last.feed(stream.slice(from));
      await last.writes(new RegExp(`"seq":${10 * lines.length},`));
      last.child.stdin!.end();
      await last.ended;
      told.push(...last.lines);
      const end = last.lines.at(-1)!;
      if (end.type !== "report") throw new Error(last.stderr);
      const verdicts = ({ findings }: Report) =>
        findings.map(({ fingerprint, verdict }) => `${fingerprint} ${verdict}`).sort();
      expect(verdicts(end.report)).toEqual(verdicts(whole));
      expect(end.report.summary).toEqual(whole.summary);
      // Clients behind one NAT can share a fingerprint.
      const rejected = [...standing(told)].filter(([, verdict]) => verdict === "rejected");
      const expected = whole.findings.filter(({ verdict }) => verdict === "rejected");
      expect(new Set(rejected.map(([name]) => name))).toEqual(
        new Set(expected.map(({ fingerprint }) => fingerprint)),
      );
    },
    120_000,
  );

  it("ends at a signal while its input is open, and goes on with what comes later", async () => {
    const lines = await recordLines(join(samples, "two-windows-clients.pcap"));
    const state = join(folder, "signal.state");
    const first = Analyser.run(state);
    first.feed(lines.slice(0, 60));
    await first.writes(/"lines":60,/);
    const { status, report } = await first.stop("SIGTERM");
    expect(status).toBe(1);
    expect(report.summary.findings.rejected).toBe(1);
    const second = runProgram(["--json", "-q", "--state", state, "-"], {
      input: Buffer.from(lines.slice(60).join("\n")),
    });
    const whole = await reportOn([Buffer.from(lines.join("\n"))]);
    expect(JSON.parse(second.stdout).summary).toEqual(whole.summary);
  });

  it("takes an input without lines for one that brings no news", async () => {
    const state = join(folder, "empty.state");
    const records = (await recordLines(join(samples, "two-windows-clients.pcap"))).join("\n");
    const first = runProgram(["--json", "-q", "--state", state, "-"], { input: Buffer.from(records) });
    const second = runProgram(["--json", "-q", "--state", state, "-"], { input: Buffer.from("") });
    expect([first.status, second.status, second.stderr]).toEqual([1, 1, ""]);
    expect(JSON.parse(second.stdout).findings).toEqual(JSON.parse(first.stdout).findings);
  });

  it("refuses other options, other inputs and a second input, in one sentence each", async () => {
    const records = join(folder, "records.ndjson");
    await writeFile(
      records,
      `${(await recordLines(join(samples, "two-windows-clients.pcap"))).join("\n")}\n`,
    );
    const state = join(folder, "options.state");
    expect(runProgram(["--state", state, "--partition", "1/2", "-q", records]).stderr).toBe("");
    const refused = (...args: string[]) => {
      const { status, stderr } = runProgram(["--quiet", ...args]);
      return `${status} ${stderr}`;
    };
    expect(refused("--state", state, records)).toBe(
      "2 ike-dupcheck: the state was kept with other options: --partition 1/2\n",
    );
    const plain = join(folder, "plain.state");
    runProgram(["--state", plain, "-q", records]);
    expect(refused("--state", plain, "-p", "501", records)).toMatch(
      /with other options: without -p, --responder, --alias and --partition\n$/,
    );
    expect(refused("--state", join(folder, "x"), join(samples, "ikev2.pcap"))).toMatch(
      /^2 ike-dupcheck: --state keeps what message records told, and .* is pcap: .*\n$/,
    );
    expect(refused("--state", state, records, records)).toMatch(/^2 .*one input at a time.*\n$/);
    expect(refused("--state", state, "-i", "lo")).toMatch(/^2 .*--state and -i cannot go together\n$/);
    expect(refused("--state", records, records)).toMatch(/^2 .*is read or written otherwise\n$/);
    expect(refused("--state", records)).toMatch(/^2 ike-dupcheck: .* is not a state of ike-dupcheck\n$/);
    expect(refused("--state", join(folder, "none", "s"), records)).toMatch(
      /^2 ike-dupcheck: cannot (read|write) the state .*\n$/,
    );
  });
});
