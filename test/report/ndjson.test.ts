import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { analyze } from "../../src/index.ts";
import { reportToNdjson } from "../../src/printers/ndjson.ts";
import { lineSchema } from "../../src/report/lines.ts";
import { reportSchema } from "../../src/report/model.ts";
import { lineJsonSchema } from "../../src/report/schema.ts";
import { finding, report } from "../support/reports.ts";

const samplePath = (name: string) => fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));

async function linesOf(sample: string) {
  const { report } = await analyze([samplePath(sample)]);
  const text = [...reportToNdjson(report)].join("");
  expect(text.endsWith("\n")).toBe(true);
  return {
    report,
    lines: text
      .slice(0, -1)
      .split("\n")
      .map((line) => JSON.parse(line)),
  };
}

describe("lines of a finished capture", () => {
  it("are the findings in the order of the report, then the report, each valid by the line schema", async () => {
    const { report, lines } = await linesOf("two-windows-clients.pcap");
    expect(report.findings.length).toBeGreaterThan(0);
    expect(lines.map(({ type }) => type)).toEqual([...report.findings.map(() => "finding"), "report"]);
    for (const line of lines) expect(lineSchema.safeParse(line).error).toBeUndefined();
    expect(lines.slice(0, -1).map(({ finding }) => finding)).toEqual(report.findings);
    expect(lines.at(-1).report).toEqual(report);
  });

  it("are the report alone when nothing was found", async () => {
    const { lines } = await linesOf("one-client-reconnects.pcap");
    expect(lines.map(({ type }) => type)).toEqual(["report"]);
    expect(reportSchema.safeParse(lines[0].report).success).toBe(true);
  });

  it("carry no time where no packet has one", () => {
    const value = report({ findings: [finding()] });
    const sources = value.capture.sources.map((each) => ({
      ...each,
      firstPacketAt: null,
      lastPacketAt: null,
    }));
    const [line] = [...reportToNdjson({ ...value, capture: { ...value.capture, sources } })];
    expect(JSON.parse(line)).toMatchObject({ type: "finding", at: null });
  });

  it("carry the time of the last packet of all captures", async () => {
    const { report } = await analyze([samplePath("two-windows-clients.pcap"), samplePath("vlan.pcap")]);
    const [first] = [...reportToNdjson(report)];
    const last = report.capture.sources
      .map((source) => source.lastPacketAt as string)
      .sort()
      .at(-1);
    expect(JSON.parse(first).at).toBe(last);
  });
});

it("the published schema of a line knows each type of line by its name", () => {
  const schema = lineJsonSchema() as { oneOf?: { properties: { type: { const: string } } }[] };
  const types = schema.oneOf?.map(({ properties }) => properties.type.const);
  expect(types).toEqual(["finding", "finding-update", "warning", "stats", "checkpoint", "report"]);
});
