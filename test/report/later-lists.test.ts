/** Clients and findings that are made when somebody asks for them: the same as lists of them, however they are asked for. */

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { reportToJsonChunks } from "../../src/printers/json-chunks.ts";
import { reportToNdjson } from "../../src/printers/ndjson.ts";
import { unmadeClients, unmadeFindings } from "../../src/report/later-lists.ts";
import { advised } from "../../src/report/advice/advised.ts";
import type { Report } from "../../src/report/model.ts";
import { reportOn } from "../support/analyzed.ts";
import { pcap } from "../support/capture-files.ts";
import { Client, Stage } from "../support/session.ts";

const folder = fileURLToPath(new URL("../../samples/", import.meta.url));
const samples = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name));

async function reportOf(name: string): Promise<Report> {
  const { report } = await analyze([folder + name]);
  return report;
}

function jsonOf(report: Report): string {
  const decoder = new TextDecoder();
  let json = "";
  for (const piece of reportToJsonChunks(report)) {
    json += typeof piece === "string" ? piece : decoder.decode(piece);
  }
  return json;
}

describe.each(samples)("%s", (name) => {
  it("is written alike whether its clients and findings are lists or not", async () => {
    const report = await reportOf(name);
    const json = jsonOf(report);
    const lines = [...reportToNdjson(report)].join("");
    expect(unmadeClients(report)).not.toBeNull();
    expect(report.clients).toHaveLength(report.summary.clients);
    expect(unmadeClients(report)).toBeNull();
    const { rejected, predicted, possible, tolerated } = report.summary.findings;
    expect(unmadeFindings(report)).toHaveLength(rejected + predicted + possible + tolerated);
    expect(report.findings).toHaveLength(rejected + predicted + possible + tolerated);
    expect(unmadeFindings(report)).toBeNull();
    expect(json).toBe(`${JSON.stringify(report, null, 2)}\n`);
    expect(lines).toBe([...reportToNdjson(report)].join(""));
  });

  it("says the same in words, and names the same steps, of lists", async () => {
    const report = await reportOf(name);
    expect(advised({ ...report })).toEqual(report);
  });

  it("has those that were kept out, those of some addresses, and those that are odd", async () => {
    const report = await reportOf(name);
    const clients = unmadeClients(report)!;
    const addresses = new Set([...clients].slice(0, 2).map(({ address }) => address));
    for (const wanted of [new Set<string>(), addresses]) {
      const noted = [...clients].filter(
        ({ address, outcome }) => outcome.kind === "kept-out" || wanted.has(address),
      );
      const asked = noted.map(({ address, port, responder, insideAddress, outcome }) => ({
        ...{ address, port, responder, outcome },
        ...(insideAddress === undefined ? {} : { insideAddress }),
      }));
      expect(clients.noted(wanted)).toEqual(asked);
    }
    const odd = [...clients].filter(({ anomaly }) => anomaly !== null);
    expect(clients.anomalies()).toEqual(odd.map(({ address, anomaly }) => `${address}: ${anomaly}.`));
  });
});

it("many are written as few are", async () => {
  const stage = new Stage(1);
  for (let i = 0; i < 300; i += 1) {
    const client = new Client(stage, { address: `198.51.${100 + (i >> 8)}.${i & 255}` });
    client.connect(i).quickMode(i + 0.2);
  }
  const report = await reportOn([pcap(stage.sorted())]);
  const json = jsonOf(report);
  expect(report.clients).toHaveLength(300);
  expect(json).toBe(`${JSON.stringify(report, null, 2)}\n`);
});

describe("the lists of a report", () => {
  it("are made once, and stay", async () => {
    const report = await reportOf("two-windows-clients.pcap");
    expect(report.clients).toBe(report.clients);
    expect(Object.keys(report)).toContain("clients");
    expect({ ...report }.clients).toBe(report.clients);
    expect(report.findings).toBe(report.findings);
    expect({ ...report }.findings).toBe(report.findings);
  });

  it("are written as they are when they were changed", async () => {
    const report = await reportOf("two-windows-clients.pcap");
    report.clients.pop();
    expect(JSON.parse(jsonOf(report)).clients).toEqual(report.clients);
    const other = await reportOf("two-windows-clients.pcap");
    other.clients = [];
    expect(other.clients).toEqual([]);
    expect(JSON.parse(jsonOf(other)).clients).toEqual([]);
    other.findings[0].summary = "another";
    expect(JSON.parse(jsonOf(other)).findings).toEqual(other.findings);
    other.findings = [];
    expect(JSON.parse(jsonOf(other)).findings).toEqual([]);
  });

  it("are made of a report that nobody may change as well", async () => {
    const report = Object.freeze(await reportOf("two-windows-clients.pcap"));
    expect(report.clients).toHaveLength(2);
    expect(report.clients).toBe(report.clients);
  });
});
