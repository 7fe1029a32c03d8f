import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Anonymizer } from "../../src/anonymize/anonymizer.ts";
import { analyze, type Report } from "../../src/index.ts";
import { nodeHash } from "../../src/node/anonymize.ts";
import { evidenceCapture } from "../../src/node/evidence.ts";
import { reportToHtml } from "../../src/printers/html.ts";
import { reportToJson } from "../../src/printers/json.ts";
import { reportToMarkdown } from "../../src/printers/markdown.ts";
import { reportToTable } from "../../src/printers/table.ts";
import { UTC } from "../../src/report/clock.ts";
import { AT, ESP } from "../records/made.ts";
import { hasTool } from "../support/tools.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
/** Captures of real daemons, where they are at hand. */
const lab = process.env.IKE_CAPTURES === undefined ? null : join(process.env.IKE_CAPTURES, "lab");
if (lab === null) console.log("skipped: the lab captures, because IKE_CAPTURES is not set");
const isCapture = (name: string) => /\.pcap(ng)?$/.test(name);
const captures = [samples, ...(lab === null ? [] : [lab])].flatMap((directory) =>
  readdirSync(directory)
    .filter(isCapture)
    .map((name) => [name, join(directory, name)] as const),
);
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-anonymous-"));
afterAll(() => rmSync(folder, { recursive: true }));
const hasTshark = hasTool("tshark");

/** What must not change, without what names anybody. */
function essence({ findings, clients, warnings, capture }: Report): unknown {
  return {
    findings: findings.map(({ verdict, severity, cause, caveats, notes, messageIds, attempts }) => ({
      verdict,
      severity,
      cause,
      caveats,
      notes,
      messageIds,
      attempts: attempts.map(({ outcome, overlap, retransmissions, at, frame }) => ({
        outcome,
        overlap,
        retransmissions,
        at,
        frame,
      })),
    })),
    clients: clients.map(({ pattern, outcome, platform, port }) => ({ pattern, outcome, platform, port })),
    warnings: warnings.map(({ code }) => code),
    messages: capture.messages,
  };
}

/** Fields that tshark reads in a capture. */
function fields(path: string, ...names: string[]): string[] {
  const { stdout, status } = spawnSync(
    "tshark",
    ["-r", path, "-T", "fields", ...names.flatMap((name) => ["-e", name])],
    { encoding: "utf8" },
  );
  // 2: a capture that is cut off, of which it reads the rest.
  expect([0, 2]).toContain(status);
  return [...new Set(stdout.split(/[\s,]+/).filter((each) => each !== ""))];
}

function addressesOf({ clients, responders }: Report): string[] {
  return [
    ...new Set([
      ...clients.flatMap(({ address, responder }) => [address, responder]),
      ...responders.map(({ address }) => address),
    ]),
  ];
}

describe("anonymized captures", () => {
  it.each(captures)("%s", async (name, path) => {
    const plain = (await analyze([path])).report;
    const anonymizer = new Anonymizer(new Uint8Array(32).fill(7), nodeHash);
    const { report, timelines, evidence } = await analyze([path], { anonymizer });
    expect(essence(report)).toEqual(essence(plain));

    const options = { color: false, width: 120, rows: null, all: true, verbose: true, clock: UTC };
    const texts = [
      reportToTable(report, options),
      [...reportToMarkdown(report, { all: true, clock: UTC })].join(""),
      [...reportToHtml(report, timelines(), { clock: UTC })].join(""),
      [...reportToJson(report)].join(""),
    ];
    for (const text of texts) {
      for (const address of addressesOf(plain))
        expect(text).not.toMatch(new RegExp(`(?<![\\d.])${address.replaceAll(".", "\\.")}(?![\\d.])`));
      expect(text).not.toContain(name);
      expect(text).not.toContain(dirname(path));
    }
    const fingerprints = new Set(plain.findings.map(({ fingerprint }) => fingerprint));
    for (const { fingerprint } of report.findings) expect(fingerprints.has(fingerprint)).toBe(false);
    if (evidence === null) return;

    const written = join(folder, `${name}.pcapng`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of evidenceCapture({ ...evidence, ports: [], path: written, anonymizer }))
      chunks.push(chunk);
    writeFileSync(written, Buffer.concat(chunks));
    const again = (await analyze([written])).report;
    const verdicts = (value: Report) =>
      value.findings.map(({ fingerprint, verdict, severity, caveats }) => ({
        fingerprint,
        verdict,
        severity,
        caveats,
      }));
    expect(verdicts(again)).toEqual(verdicts(report));
    expect(readFileSync(written).includes(name)).toBe(false);
    if (!hasTshark) return;
    const known = readFileSync(written);
    const secrets = fields(path, "ip.addr", "isakmp.ike.nat_hash", "isakmp.id.data");
    for (const secret of secrets) {
      const bytes = secret.includes(".")
        ? Buffer.from(secret.split(".").map(Number))
        : Buffer.from(secret.replaceAll(":", ""), "hex");
      if (bytes.length >= 4) expect(known.includes(bytes), secret).toBe(false);
    }
    const bad = spawnSync(
      "tshark",
      [
        "-r",
        written,
        "-o",
        "ip.check_checksum:TRUE",
        "-o",
        "udp.check_checksum:TRUE",
        "-Y",
        "ip.checksum.status == 0 || udp.checksum.status == 0",
      ],
      { encoding: "utf8" },
    );
    expect([bad.status, bad.stdout]).toEqual([0, ""]);
  });
});

describe("an input beside captures", () => {
  const anonymizer = () => new Anonymizer(new Uint8Array(32).fill(1), nodeHash);
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const capture = join(samples, "ghost.pcap");

  it("that is a gateway's log is not read: its lines would be shown", async () => {
    const lines = [
      "Mar 02 2026 08:00:00 fw-paris : %ASA-5-713119: Username = alice, IP = 198.51.100.11, PHASE 1 COMPLETED",
      "Mar 02 2026 08:00:01 fw-paris : %ASA-5-713120: Username = alice, IP = 198.51.100.11, PHASE 2 COMPLETED (msgid=1)",
    ];
    const log = write("asa.log", `${lines.join("\n")}\n`);
    const { report, failures } = await analyze([capture, log], { anonymizer: anonymizer() });
    expect(failures).toMatchObject([
      { code: "unsupported", message: expect.stringContaining("gateway's log") },
    ]);
    const text = [...reportToJson(report)].join("");
    for (const name of ["fw-paris", "alice", "198.51.100"]) expect(text).not.toContain(name);
    expect(text).toContain("capture-2.log");
  });

  it("that is message records does not name the sensors whose lines came late", async () => {
    const line = (second: number, sensor: string) =>
      `${JSON.stringify({ ...ESP, t: `${AT + second * 1_000_000}000`, sensor })}\n`;
    const records = write("a.ndjson", line(60, "fw-paris") + line(0, "fw-paris") + line(0, "fw-rome"));
    const { report } = await analyze([records], { anonymizer: anonymizer() });
    const late = report.warnings.filter(({ code }) => code === "sensor-clock").map(({ message }) => message);
    expect(late).toMatchObject(
      [/^capture-1\.ndjson: 1 lines of sensor 1 /, /sensor 2 /].map((each) => expect.stringMatching(each)),
    );
    expect([...reportToJson(report)].join("")).not.toMatch(/fw-/);
  });

  it("has one name in the report and in the evidence", async () => {
    const { report, evidence } = await analyze([capture], { anonymizer: anonymizer() });
    const path = join(folder, "evidence.pcapng");
    const chunks: Uint8Array[] = [];
    for await (const chunk of evidenceCapture({ ...evidence!, ports: [], path, anonymizer: anonymizer() }))
      chunks.push(chunk);
    const [{ name }] = report.capture.sources;
    expect(name).toBe("capture-1.pcap");
    expect(Buffer.concat(chunks).includes(`frame ${report.findings[0].attempts[0].frame} of ${name}: `)).toBe(
      true,
    );
  });
});
