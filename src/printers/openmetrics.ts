/**
 * Metrics in the text form that node_exporter's textfile collector reads.
 *
 *   # HELP ike_dupcheck_packets_total Packets read.
 *   # TYPE ike_dupcheck_packets_total counter
 *   ike_dupcheck_packets_total 84
 *
 * The form is that of Prometheus 0.0.4, with the last line of OpenMetrics: the collector reads no stricter one, since
 * OpenMetrics names a counter without `_total` in TYPE and HELP, which the older readers take for another metric.
 */

import { type GatewayFindings, type Metrics, VERDICTS } from "../report/metrics.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

interface Family {
  name: string;
  help: string;
  type: "gauge" | "counter";
  samples: readonly Sample[];
}

/** Gateways with a label of their own; the findings of all further ones are summed under the label "others". */
const MAX_GATEWAYS = 1_000;

export function metricsText(metrics: Metrics): string {
  const families = [...trafficOf(metrics), ...judgementsOf(metrics), ...processOf(metrics)];
  return `${families.map(familyText).join("")}# EOF\n`;
}

function trafficOf({ stats, lastPacketAt }: Metrics): Family[] {
  const { messages, dropped, sources } = stats;
  return [
    counter("packets_total", "Packets read.", [[{}, stats.packets]]),
    counter(
      "messages_total",
      "ISAKMP messages by protocol.",
      Object.entries(messages).map(([protocol, count]) => [{ protocol }, count]),
    ),
    counter("quick_mode_messages_total", "IKEv1 quick-mode messages.", [[{}, stats.quickModeMessages]]),
    counter("dropped_packets_total", "Packets lost before they were read, as far as known.", [
      ...(dropped.kernel === null ? [] : [[{ where: "kernel" }, dropped.kernel] as Sample]),
      [{ where: "queue" }, dropped.queue],
    ]),
    counter("dropped_lines_total", "Lines of output that nobody took.", [[{}, dropped.output]]),
    gauge(
      "source_capturing",
      "1 where the interface is captured, 0 where it is waited for.",
      sources.map(({ name, state }) => [{ source: name }, state === "capturing" ? 1 : 0]),
    ),
    counter(
      "source_packets_total",
      "Packets read by interface.",
      sources.map(({ name, packets }) => [{ source: name }, packets]),
    ),
    ...(lastPacketAt === null
      ? []
      : [gauge("last_packet_timestamp_seconds", "Time of the last packet.", [[{}, lastPacketAt]])]),
  ];
}

function judgementsOf({ stats, gateways }: Metrics): Family[] {
  return [
    gauge("gateways", "Gateways that answered phase 1.", [[{}, stats.responders]]),
    gauge("clients", "Clients in memory.", [[{}, stats.clients]]),
    gauge("ike_sas", "IKE SAs in memory.", [[{}, stats.ikeSas]]),
    counter("evicted_ike_sas_total", "IKE SAs dropped because the table was full.", [[{}, stats.evicted]]),
    gauge("findings", "Findings in memory by verdict and gateway.", bounded(gateways).flatMap(samplesOf)),
    counter(
      "closed_findings_total",
      "Findings whose IKE SAs all ended, by verdict.",
      VERDICTS.map((verdict) => [{ verdict }, stats.closed.findings[verdict]]),
    ),
  ];
}

function processOf({ version, startedAt, judgementSeconds, residentBytes }: Metrics): Family[] {
  return [
    gauge("judgement_duration_seconds", "How long the last judgement took.", [[{}, judgementSeconds]]),
    gauge("resident_memory_bytes", "Resident memory of the analysis.", [[{}, residentBytes]]),
    gauge("start_time_seconds", "When the program started.", [[{}, startedAt]]),
    gauge("build_info", "Version of the program.", [[{ version }, 1]]),
  ];
}

function bounded(gateways: readonly GatewayFindings[]): readonly GatewayFindings[] {
  if (gateways.length <= MAX_GATEWAYS) return gateways;
  const others = { rejected: 0, predicted: 0, possible: 0, tolerated: 0 };
  for (const { findings } of gateways.slice(MAX_GATEWAYS)) {
    for (const verdict of VERDICTS) others[verdict] += findings[verdict];
  }
  return [...gateways.slice(0, MAX_GATEWAYS), { gateway: "others", findings: others }];
}

function samplesOf({ gateway, findings }: GatewayFindings): Sample[] {
  return VERDICTS.map((verdict) => [{ gateway, verdict }, findings[verdict]]);
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `ike_dupcheck_${name}`, help, type: "counter", samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `ike_dupcheck_${name}`, help, type: "gauge", samples };
}

function familyText({ name, help, type, samples }: Family): string {
  if (samples.length === 0) return "";
  const rows = samples.map(([labels, value]) => `${name}${labelsText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${rows.join("")}`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
