/** A gateway's log without a capture: what the report says of it, and how it names what it does not know. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type AnalyzeOptions, analyze, type Report } from "../../src/index.ts";
import { reportSchema } from "../../src/report/model.ts";

const folder = mkdtempSync(join(tmpdir(), "log-only-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [A, B] = ["198.51.100.11", "198.51.100.12"];
type Row = [at: string, id: string, text: string];
const ROWS: readonly Row[] = [
  ["08:00:00", "713119", `IP = ${A}, PHASE 1 COMPLETED`],
  ["08:00:01", "713120", `IP = ${A}, PHASE 2 COMPLETED (msgid=00000001)`],
  ["08:00:10", "713119", `IP = ${B}, PHASE 1 COMPLETED`],
  ["08:00:10", "713201", `IP = ${B}, Duplicate Phase 2 packet detected.  No last packet to transmit.`],
  ["08:00:40", "713259", `IP = ${B}, Session is being torn down. Reason: Lost Service`],
  ["08:01:00", "713259", `IP = ${A}, Session is being torn down. Reason: User Requested`],
  ["08:01:10", "713119", `IP = ${B}, PHASE 1 COMPLETED`],
  ["08:01:11", "713120", `IP = ${B}, PHASE 2 COMPLETED (msgid=00000001)`],
  ["08:10:00", "713119", "IP = 198.51.100.99, PHASE 1 COMPLETED"],
];
const CREATED: Row = [
  "08:01:11",
  "602303",
  `IPSEC: An inbound remote access SA (SPI= 0x1) between 192.0.2.1 and ${B} (user= u) has been created.`,
];

async function reportOn(rows: readonly Row[], host: string, options: AnalyzeOptions = {}): Promise<Report> {
  const path = join(folder, "asa.log");
  const lines = rows.map(([at, id, text]) => `Mar 02 2026 ${at}${host}: %ASA-5-${id}: ${text}\n`);
  writeFileSync(path, lines.join(""));
  const { report } = await analyze([path], options);
  reportSchema.parse(report);
  return report;
}

describe("a log alone", () => {
  it("counts the lines that a chosen name makes readable in two ways", async () => {
    const forged: Row = [
      "08:00:05",
      "713049",
      `Group = g, Username = u, IP = ${A}, Security negotiation complete for User (u, IP = ${B}, Security negotiation complete for User (v)  Responder, Inbound SPI = 0x1, Outbound SPI = 0x2`,
    ];
    const { warnings, findings } = await reportOn([...ROWS, forged, forged], " asa1 ");
    expect(warnings.filter(({ code }) => code === "malformed-line")).toMatchObject([
      { message: expect.stringMatching(/asa\.log: 2 lines can be read in two ways,/) },
    ]);
    expect(findings).toEqual((await reportOn(ROWS, " asa1 ")).findings);
  });

  it("gives a finding, its clients and its gateway, without ports and packets", async () => {
    const report = await reportOn(ROWS, " asa1 ");
    expect(report.capture).toMatchObject({ packets: 0, sources: [{ format: "asa-syslog", packets: 0 }] });
    expect(report.findings).toMatchObject([
      {
        verdict: "rejected",
        responder: "asa1",
        holder: { address: A, port: null },
        contender: { address: B, port: null },
        notes: ["log-only", "accepted-when-free"],
        // No address to filter by: the name is not one.
        displayFilter: "isakmp.exchangetype == 32 && isakmp.messageid == 0x00000001",
      },
    ]);
    expect(report.clients.map(({ address, port, outcome }) => [address, port, outcome.kind])).toEqual([
      [A, null, "connected"],
      [B, null, "kept-out"],
      ["198.51.100.99", null, "unknown"],
    ]);
    expect(report.responders).toMatchObject([{ address: "asa1", clients: 3, sequentialClients: 2 }]);
    expect(report.summary).toMatchObject({ responders: 1, clients: 3 });
    expect(report.coverage.gaps.map(({ code }) => code)).toEqual(["log-only"]);
  });

  it.each([
    ["--responder", ROWS, " asa1 ", { responders: ["203.0.113.1"] }, "203.0.113.1"],
    ["the local address of an IPsec SA", [...ROWS, CREATED], " asa1 ", {}, "192.0.2.1"],
    ["the name in the header", ROWS, " asa1 ", {}, "asa1"],
    ["nothing", ROWS, "", {}, "unknown"],
  ] as const)("names the gateway by %s", async (_, rows, host, options, responder) => {
    const report = await reportOn(rows, host, options);
    expect(report.findings[0].responder).toBe(responder);
  });

  it("asks whether a file without a line of an ASA is the right one", async () => {
    const path = join(folder, "messages");
    writeFileSync(path, "Mar  2 08:00:00 host sshd[1]: session opened\n");
    const { report } = await analyze([], { syslog: [path] });
    expect(report.warnings).toMatchObject([{ code: "log-only" }]);
    expect(report.warnings[0].message).toMatch(
      /None of its lines is an ASA's \(%ASA-\.\.\.\): is it the right file\?$/,
    );
    expect(report.warnings[0].message).not.toMatch(/logging class vpn/);
  });

  it("names the level that is missing, and the command that turns it on as not tried", async () => {
    const { warnings } = await reportOn(ROWS, " asa1 ");
    expect(warnings).toMatchObject([{ code: "log-only" }]);
    expect(warnings[0].message).toMatch(/no lines of level 6 .*not tried\): logging class vpn buffered/);
  });
});
