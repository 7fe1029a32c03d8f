import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { Decoder } from "../src/feed/decoder.ts";
import { drive } from "../src/feed/drive.ts";
import { Sequencer } from "../src/feed/sequencer.ts";
import { type Analysis, analyze, type Report } from "../src/index.ts";
import { evidenceCapture } from "../src/node/evidence.ts";
import { EvidenceRing } from "../src/node/evidence-ring.ts";
import { fileInputs } from "../src/node/files.ts";
import { portSet } from "../src/wire/locate.ts";
import { pcap } from "./support/capture-files.ts";
import { allCaptures } from "./support/captures.ts";
import { runProgram, SHELL_COMMAND } from "./support/program.ts";
import { simulate } from "./support/world.ts";

const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-evidence-"));
afterAll(() => rmSync(folder, { recursive: true }));

const samples = fileURLToPath(new URL("../samples/", import.meta.url));
const hasTshark = spawnSync("tshark", ["--version"]).status === 0;

async function writeEvidence({ evidence }: Analysis, name: string): Promise<string> {
  const path = join(folder, name);
  const chunks: Uint8Array[] = [];
  for await (const chunk of evidenceCapture({ ...evidence!, ports: [], path })) chunks.push(chunk);
  writeFileSync(path, Buffer.concat(chunks));
  return path;
}

/** Findings without what names a place in a file. */
function findingsOf(report: Report): unknown[] {
  return report.findings.map(({ attempts, ...finding }) => ({
    ...finding,
    attempts: attempts.map(({ frame, source, claim, events, ...attempt }) => ({
      ...attempt,
      events: events.map(({ at, what, sender }) => ({ at, what, sender })),
      claim: claim === null ? null : { ...claim, frame: null, source: null },
    })),
  }));
}

async function roundTrip(inputs: readonly string[], name: string): Promise<void> {
  const analysis = await analyze(inputs);
  if (analysis.evidence === null) return expect(analysis.report.findings).toEqual([]);
  const again = await analyze([await writeEvidence(analysis, name)]);
  expect(findingsOf(again.report)).toEqual(findingsOf(analysis.report));
  expect(again.report.capture.packets).toBeLessThanOrEqual(analysis.report.capture.packets);
}

describe("the evidence alone gives the same findings", () => {
  const files = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name));
  for (const format of ["pcap", "pcapng"]) {
    it.each(files)(`%s as ${format}`, (name) => roundTrip([join(samples, name)], `${name}.${format}`));
  }

  it.each([...allCaptures("lab"), ...allCaptures("ike")])("%s", (path) => roundTrip([path], "real.pcapng"));

  it("in simulated worlds", async () => {
    let found = 0;
    for (let seed = 1; seed <= 150; seed += 1) {
      const path = join(folder, `${seed}.pcap`);
      writeFileSync(path, pcap(simulate(seed).records));
      const analysis = await analyze([path]);
      if (analysis.evidence === null) continue;
      found += 1;
      const again = await analyze([await writeEvidence(analysis, "world.pcapng")]);
      expect(findingsOf(again.report), `seed ${seed}`).toEqual(findingsOf(analysis.report));
    }
    expect(found).toBeGreaterThan(30);
  });

  it("of two captures of one time, each with its interface", async () => {
    const { records } = simulate(findingSeed);
    const halves = [0, 1].map((half) => {
      const path = join(folder, `half-${half}.pcap`);
      writeFileSync(path, pcap(records.filter((_, i) => i % 2 === half)));
      return path;
    });
    await roundTrip(halves, "both.pcapng");
  });
});

/** A world with a refusal, by the simulated gateway. */
const findingSeed = Array.from({ length: 100 }, (_, i) => i + 1).find((seed) =>
  simulate(seed).refusals.some(({ heldBy }) => heldBy.length > 0),
)!;

describe("the evidence capture", () => {
  const sample = join(samples, "two-windows-clients.pcap");

  it("is small beside a capture that is mostly ESP, and keeps its last packet", async () => {
    const { records } = simulate(findingSeed);
    const esp = records.find(({ frame }) => frame.length > 42 && isEsp(frame))!;
    const end = records[records.length - 1].at;
    const many = Array.from({ length: 20_000 }, (_, i) => ({
      at: end + BigInt(i) * 1_000_000n,
      frame: esp.frame,
    }));
    const path = join(folder, "long.pcap");
    writeFileSync(path, pcap([...records, ...many]));
    const analysis = await analyze([path]);
    const evidence = await analyze([await writeEvidence(analysis, "long-evidence.pcap")]);
    const { packets, sources } = evidence.report.capture;
    expect(packets).toBeLessThan(records.length + 20);
    expect(sources[0].lastPacketAt).toBe(analysis.report.capture.sources[0].lastPacketAt);
  });

  it.skipIf(!hasTshark)(
    "says of each packet what it is, with bytes, times and lengths as they were",
    async () => {
      const analysis = await analyze([sample]);
      const path = await writeEvidence(analysis, "comments.pcapng");
      const fields = (file: string) =>
        spawnSync(
          "tshark",
          [
            "-r",
            file,
            "-T",
            "fields",
            "-e",
            "frame.time_epoch",
            "-e",
            "frame.len",
            "-e",
            "isakmp.messageid",
            "-e",
            "frame.comment",
          ],
          { encoding: "utf8" },
        )
          .stdout.trim()
          .split("\n")
          .map((line) => line.split("\t"));
      const all = fields(sample);
      const kept = fields(path);
      for (const [time, length, id, comment] of kept) {
        const frame = Number(/^frame (\d+) of two-windows-clients\.pcap: /.exec(comment)![1]);
        expect([time, length, id]).toEqual(all[frame - 1].slice(0, 3));
      }
      // Counted by hand in the sample: QM 1 is sent at frame 20, and again at 23, 24 and 25.
      const captions = kept.map((row) => row[3]);
      expect(captions).toContain(
        "frame 20 of two-windows-clients.pcap: contender's quick mode 0x00000001, message 1",
      );
      expect(captions).toContain(
        "frame 25 of two-windows-clients.pcap: contender's quick mode 0x00000001, retransmission 3",
      );
      expect(captions).toContain(
        "frame 7 of two-windows-clients.pcap: holder's quick mode 0x00000001, message 1",
      );
      expect(captions).toContain(
        "frame 8 of two-windows-clients.pcap: responder's quick mode 0x00000001 to the holder, message 1",
      );
    },
  );
});

function isEsp(frame: Uint8Array): boolean {
  const ports = Buffer.from(frame).subarray(34, 38);
  return ports.includes(Buffer.from([0x11, 0x94])) && Buffer.from(frame).readUInt32BE(42) !== 0;
}

describe("what is kept of a capture that cannot be read again", () => {
  it("is its end, in order, when there was more than fits", async () => {
    const { records } = simulate(findingSeed);
    const path = join(folder, "whole.pcap");
    writeFileSync(path, pcap(records));
    const merged = new Sequencer(fileInputs([path]));
    const ring = new EvidenceRing(() => merged.summaries, 4096);
    await drive(merged, new Decoder(portSet([]), [ring]));
    const { report } = await analyze(ring.finish());
    ring.remove();
    expect(ring.overwritten).toBeGreaterThan(1);
    const whole = (await analyze([path])).report.capture;
    expect(report.capture.sources.map(({ lastPacketAt }) => lastPacketAt)).toContain(
      whole.sources[0].lastPacketAt,
    );
    const { packets } = report.capture;
    expect(packets).toBeGreaterThan(10);
    // The last records of the capture, by their times, less those that are neither IKE nor ESP.
    const ends = report.capture.sources.map(({ firstPacketAt }) => firstPacketAt!).sort();
    expect(ends[0] > whole.sources[0].firstPacketAt!).toBe(true);
    expect(report.warnings.filter(({ code }) => code === "clock-step")).toEqual([]);
  });
});

describe("evidence of what cannot be read again, where no room is left for it", () => {
  it("is what came before, and the reading goes on", async () => {
    const small = mkdtempSync(join(folder, "small-"));
    vi.stubEnv("TMPDIR", small);
    const path = join(folder, "roomless.pcap");
    writeFileSync(path, pcap(simulate(findingSeed).records));
    const merged = new Sequencer(fileInputs([path]));
    const ring = new EvidenceRing(() => merged.summaries, 4096);
    vi.unstubAllEnvs();
    const told: unknown[] = [];
    ring.onFailure = (error) => told.push(error);
    // The second half finds no folder to lie in, as on a full disk.
    const [own] = readdirSync(small);
    renameSync(join(small, own), join(small, "gone"));
    await drive(merged, new Decoder(portSet([]), [ring]));
    expect(told).toEqual([expect.objectContaining({ code: "ENOENT" })]);
    expect(ring.failure).toBe(told[0]);
    renameSync(join(small, "gone"), join(small, own));
    const { report } = await analyze(ring.finish());
    ring.remove();
    expect(report.capture.packets).toBeGreaterThan(0);
    expect(report.capture.sources).toMatchObject([{ end: "clean" }]);
    expect(readdirSync(small)).toEqual([]);
  });
});

describe("-w", () => {
  const sample = join(samples, "two-windows-clients.pcap");

  it("writes the file and leaves the report as it is", () => {
    const path = join(folder, "w.pcapng");
    const plain = runProgram([sample]);
    const written = runProgram(["-w", path, sample]);
    expect([written.status, written.stdout, written.stderr]).toEqual([plain.status, plain.stdout, ""]);
    expect(runProgram(["--json", path]).status).toBe(1);
  });

  it("refuses an input and the report's file", () => {
    const before = readFileSync(sample);
    expect(runProgram(["-w", sample, sample])).toMatchObject({ status: 2, stdout: "" });
    expect(readFileSync(sample)).toEqual(before);
    const same = runProgram(["-w", join(folder, "s"), "-o", join(folder, "s"), sample]);
    expect(same.stderr).toContain("-o and -w name the same file");
  });

  it("of a pipe, which cannot be read again, gives the same findings", async () => {
    const path = join(folder, "piped.pcapng");
    const command = `cat '${sample}' | ${SHELL_COMMAND} -q --json -w '${path}' - > /dev/null`;
    const { status, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
    expect([status, stderr]).toEqual([1, ""]);
    const [whole, evidence] = await Promise.all([analyze([sample]), analyze([path])]);
    expect(findingsOf(evidence.report)).toEqual(findingsOf(whole.report));
  });

  it("of a redirected file asks for its name", () => {
    const command = `${SHELL_COMMAND} -w '${join(folder, "r.pcap")}' - < '${sample}'`;
    const { status, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toContain("name the capture");
  });

  it("says so when there is nothing to write, and leaves an older file alone", () => {
    const path = join(folder, "old.pcap");
    writeFileSync(path, "older evidence");
    const { status, stderr } = runProgram(["-w", path, join(samples, "random-ids.pcap")]);
    expect(status).toBe(0);
    expect(stderr).toContain("nothing was found");
    expect(readFileSync(path, "utf8")).toBe("older evidence");
  });

  it("asks for pcapng where one pcap cannot hold all link types", () => {
    const other = join(folder, "raw.pcap");
    // LINKTYPE_RAW: the same packets without their 14 bytes of Ethernet.
    const { records } = simulate(findingSeed);
    const half = Math.floor(records.length / 2);
    const ethernet = join(folder, "ethernet.pcap");
    writeFileSync(ethernet, pcap(records.slice(0, half)));
    const raw = records.slice(half).map((record) => ({ ...record, frame: record.frame.subarray(14) }));
    writeFileSync(other, pcap(raw, { linkType: 101 }));
    const asPcap = join(folder, "mixed.pcap");
    const refused = runProgram(["-w", asPcap, ethernet, other]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("name the evidence .pcapng");
    expect(readdirSync(folder)).not.toContain("mixed.pcap");
    expect(runProgram(["-w", join(folder, "mixed.pcapng"), ethernet, other]).stderr).toBe("");
  });
});
