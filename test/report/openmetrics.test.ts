import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { metricsText } from "../../src/printers/openmetrics.ts";
import type { Metrics } from "../../src/report/metrics.ts";
import { hasTool } from "../support/tools.ts";

const none = { rejected: 0, predicted: 0, possible: 0, tolerated: 0 };

const METRICS: Metrics = {
  version: "9.8.7",
  stats: {
    type: "stats",
    schemaVersion: "1",
    at: "2026-03-02T08:00:00.000000Z",
    uptimeSeconds: 61,
    packets: 84,
    messages: { ikev1: 46, ikev2: 1, authip: 2, malformed: 3 },
    quickModeMessages: 14,
    responders: 2,
    clients: 3,
    ikeSas: 4,
    findings: { ...none, rejected: 1 },
    closed: { ikeSas: 5, findings: { ...none, possible: 6 } },
    evicted: 7,
    dropped: { kernel: 8, queue: 9, output: 10 },
    sources: [
      { name: "eth0", state: "capturing", packets: 80 },
      { name: 'odd "name"\\', state: "waiting", packets: 4 },
    ],
  },
  gateways: [{ gateway: "192.0.2.1", findings: { ...none, rejected: 1 } }],
  startedAt: 1_772_438_400,
  lastPacketAt: 1_772_438_461.5,
  judgementSeconds: 0.0125,
  residentBytes: 70_000_000,
};

interface Parsed {
  types: Map<string, string>;
  samples: Map<string, number>;
}

/** A strict reading of the text form (Prometheus' "Exposition formats", version 0.0.4): any other line is an error. */
function parsed(text: string): Parsed {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  const helped = new Set<string>();
  for (const line of text.split("\n")) {
    const help = /^# HELP ([a-z_]+) \S.*\.$/.exec(line);
    const type = /^# TYPE ([a-z_]+) (gauge|counter)$/.exec(line);
    const sample =
      /^([a-z_]+)((?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})?) (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/.exec(
        line,
      );
    if (help !== null) helped.add(help[1]);
    else if (type !== null) {
      expect(types.has(type[1]), `${type[1]} stands once`).toBe(false);
      types.set(type[1], type[2]);
    } else if (sample !== null) {
      const [, name, labels, value] = sample;
      expect([...types.keys()].at(-1), "samples follow their family").toBe(name);
      expect(helped.has(name)).toBe(true);
      expect(samples.has(name + labels), `${name}${labels} stands once`).toBe(false);
      expect(name.endsWith("_total")).toBe(types.get(name) === "counter");
      samples.set(name + labels, Number(value));
    } else expect(["", "# EOF"]).toContain(line);
  }
  return { types, samples };
}

describe("metrics", () => {
  it.each([
    ["ike_dupcheck_packets_total", 84],
    ['ike_dupcheck_messages_total{protocol="authip"}', 2],
    ['ike_dupcheck_dropped_packets_total{where="kernel"}', 8],
    ['ike_dupcheck_dropped_packets_total{where="queue"}', 9],
    ["ike_dupcheck_dropped_lines_total", 10],
    ['ike_dupcheck_source_capturing{source="eth0"}', 1],
    ['ike_dupcheck_source_capturing{source="odd \\"name\\"\\\\"}', 0],
    ['ike_dupcheck_findings{gateway="192.0.2.1",verdict="rejected"}', 1],
    ['ike_dupcheck_findings{gateway="192.0.2.1",verdict="possible"}', 0],
    ['ike_dupcheck_closed_findings_total{verdict="possible"}', 6],
    ["ike_dupcheck_quick_mode_messages_total", 14],
    ["ike_dupcheck_gateways", 2],
    ["ike_dupcheck_clients", 3],
    ["ike_dupcheck_ike_sas", 4],
    ["ike_dupcheck_evicted_ike_sas_total", 7],
    ["ike_dupcheck_last_packet_timestamp_seconds", 1_772_438_461.5],
    ["ike_dupcheck_judgement_duration_seconds", 0.0125],
    ['ike_dupcheck_build_info{version="9.8.7"}', 1],
  ])("%s is %d", (name, value) => {
    expect(parsed(metricsText(METRICS)).samples.get(name)).toBe(value);
  });

  it("ends with the line that OpenMetrics ends with", () => {
    expect(metricsText(METRICS).endsWith("\n# EOF\n")).toBe(true);
  });

  it("leaves out what is not known: drops in the kernel, a last packet before there is one", () => {
    const stats = { ...METRICS.stats, dropped: { ...METRICS.stats.dropped, kernel: null } };
    const { samples } = parsed(metricsText({ ...METRICS, stats, lastPacketAt: null }));
    expect(samples.has('ike_dupcheck_dropped_packets_total{where="kernel"}')).toBe(false);
    expect(samples.has("ike_dupcheck_last_packet_timestamp_seconds")).toBe(false);
  });

  it("name no family of which there is nothing: gateways and interfaces", () => {
    const stats = { ...METRICS.stats, sources: [] };
    const families = [...parsed(metricsText({ ...METRICS, stats, gateways: [] })).types.keys()];
    const left = [...parsed(metricsText(METRICS)).types.keys()].filter((name) => !families.includes(name));
    expect(left).toEqual(
      ["source_capturing", "source_packets_total", "findings"].map((name) => `ike_dupcheck_${name}`),
    );
  });

  it("sums the gateways beyond a thousand, so that a flood cannot make a label for each forged address", () => {
    const gateways = Array.from({ length: 1_500 }, (_, i) => ({
      gateway: `2001:db8::${i.toString(16)}`,
      findings: { ...none, possible: 2 },
    }));
    const { samples } = parsed(metricsText({ ...METRICS, gateways }));
    const names = [...samples.keys()].filter((name) => name.startsWith("ike_dupcheck_findings{"));
    expect(names).toHaveLength(1_001 * 4);
    expect(samples.get('ike_dupcheck_findings{gateway="others",verdict="possible"}')).toBe(1_000);
  });

  it.skipIf(!hasTool("promtool"))("promtool has nothing to say of it", () => {
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input: metricsText(METRICS),
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});
