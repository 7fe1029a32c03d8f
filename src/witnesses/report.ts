/** A report with what the witnesses say: evidence of its findings, findings of logs alone, and what was not joined. */

import { worstFirst } from "../judgement/vocabulary.ts";
import { advised } from "../report/advice/advised.ts";
import type { Capture, Evidence, Finding, Report, Warning } from "../report/model.ts";
import { captureTime, type LogClock } from "../syslog/clock.ts";
import type { GatewayEvent } from "../syslog/reader.ts";
import type { WitnessBook } from "./book.ts";
import { type EvidenceContext, evidenceOf } from "./evidence.ts";
import { gatewaysOf, type LoggedGateway, logFindings, loggedResponder } from "./log-findings.ts";
import type { Testified } from "./testified.ts";
import { warningsOf } from "./warnings.ts";
import { otherCauseOf, speaksOfId } from "./weighing.ts";

export function withWitnesses(report: Report, testified: Testified): Report {
  const { book, decrypted, skipped } = testified;
  if (book.isEmpty && decrypted === null && skipped.length === 0) return report;
  const said = warningsOf(report, testified);
  const gateways = gatewaysOf(book, testified.responders, testified.joined);
  const findings = mergedFindings(withEvidence(report.findings, testified), gateways, testified);
  const warnings = [...report.warnings.filter((each) => !isAnswered(each, report, book)), ...said];
  const known = new Set(report.responders.map(({ address }) => address));
  const added = gateways.filter(({ address }) => !known.has(address)).map(loggedResponder);
  const versions = new Map(
    gateways.flatMap(({ address, version }) => (version === null ? [] : [[address, version]])),
  );
  const gaps = [
    ...report.coverage.gaps.filter(
      (each) => each.code !== "no-ike" || report.capture.packets > 0 || book.logs.length === 0,
    ),
    // A clash is found, and no gap.
    ...said.filter(({ code }) => code !== "selector-clash").map((warning) => ({ ...warning, count: 1 })),
  ];
  return advised({
    ...report,
    capture: {
      ...report.capture,
      ...(decrypted === null ? {} : { decrypted }),
      ...(book.isEmpty ? {} : { witnesses: witnessesOf(testified) }),
    },
    summary: {
      ...report.summary,
      responders: report.responders.length + added.length,
      clients: report.summary.clients + added.reduce((sum, { clients }) => sum + clients.length, 0),
      findings: countsOf(findings),
    },
    responders: [
      ...report.responders.map((each) => {
        const software = versions.get(each.address);
        return software === undefined ? each : { ...each, software };
      }),
      ...added.map(({ responder }) => responder),
    ],
    clients: [...report.clients, ...added.flatMap(({ clients }) => clients)],
    findings,
    warnings,
    coverage: { complete: gaps.length === 0, gaps },
  });
}

/** A log has no ISAKMP: that there is none says nothing where no capture was given. */
function isAnswered({ code }: Warning, { capture }: Report, { logs }: WitnessBook): boolean {
  return code === "no-ike" && capture.packets === 0 && logs.length > 0;
}

/** The judgement's findings and the report's are in one order. */
function withEvidence(findings: readonly Finding[], testified: Testified): Finding[] {
  const { judgement, hosts, sources, book, joined } = testified;
  const accused = judgement.findings.filter(({ verdict }) => verdict !== "tolerated");
  const keptOut = new Set(accused.map(({ contender }) => contender.host));
  const context: EvidenceContext = { hosts, sources, book, joined, keptOut };
  return findings.map((finding, i) => {
    const judged = judgement.findings[i];
    const evidence = evidenceOf(judged, context);
    const said = judged.attempts.flatMap((attempt) => [otherCauseOf(attempt), speaksOfId(attempt)]);
    const notes = [...said.filter((note) => note !== null), ...clientNotes(evidence)];
    return { ...finding, notes: [...finding.notes, ...new Set(notes)], evidence };
  });
}

/** What the client's machine says of a failure: error and meaning of a dial, reason of a negotiation. */
function clientNotes(evidence: readonly Evidence[]): string[] {
  return evidence
    .filter(({ witness, shows }) => witness === "windows-event" && shows.includes("failed"))
    .map(({ shows, joined }) => `the client's own log: ${shows}${joined ? "" : " (not joined)"}`);
}

/** How far each log and the events of each machine could be joined. */
function witnessesOf({ book, joined }: Testified): NonNullable<Capture["witnesses"]> {
  const clockOf = (clock: LogClock | null) =>
    clock === null
      ? null
      : {
          offsetSeconds: rounded(clock.offset),
          uncertaintySeconds: rounded(clock.uncertainty),
          matches: clock.matches,
          driftPpm: clock.drift,
        };
  const logs = book.logs.map(({ name, counts }) => ({
    witness: "asa-syslog" as const,
    source: name,
    computer: null,
    lines: counts.lines,
    used: counts.used,
    clock: clockOf(joined.logs.find((each) => each.name === name)?.clock ?? null),
  }));
  const events = joined.eventLogs.map(({ name, computer, events: own, clock }) => ({
    witness: "windows-event" as const,
    source: name,
    computer: computer === "" ? null : computer,
    lines: own.length,
    used: own.length,
    clock: clockOf(clock),
  }));
  return [...logs, ...events];
}

/** Microseconds as seconds, to the millisecond. */
function rounded(micros: number): number {
  return Math.round(micros / 1_000) / 1_000;
}

/** A log's finding of a pair that a capture shows as well is that finding: its lines stand beside the capture's. */
function mergedFindings(
  findings: readonly Finding[],
  gateways: readonly LoggedGateway[],
  { joined, span }: Testified,
): Finding[] {
  // Clients behind one NAT have one fingerprint with a holder elsewhere: a log cannot tell them apart either.
  const merged = [...findings];
  const clocks = new Map(joined.logs.map(({ name, clock }) => [name, clock]));
  // What a capture shows itself is judged with it; the log alone is asked about what came before and after.
  const isSeen = ({ event: { source, at } }: { event: GatewayEvent }) => {
    const clock = clocks.get(source) ?? null;
    const here = clock === null ? Number.NaN : captureTime(clock, at);
    return here >= span.from && here <= span.to;
  };
  for (const gateway of gateways) {
    for (const { finding, begins } of logFindings(gateway)) {
      const i = merged.findIndex(({ fingerprint }) => fingerprint === finding.fingerprint);
      if (i < 0) {
        if (!begins.every((event) => isSeen({ event }))) merged.push(finding);
        continue;
      }
      const known = merged[i];
      const shown = new Set(known.evidence?.map(({ source, line }) => `${source}:${line}`));
      const more = (finding.evidence ?? [])
        .filter(
          ({ source, line }) => !shown.has(`${source}:${line}`) && (clocks.get(source) ?? null) === null,
        )
        .map((each) => ({ ...each, joined: false }));
      merged[i] = { ...known, evidence: [...(known.evidence ?? []), ...more] };
    }
  }
  return merged.sort(worstFirst);
}

function countsOf(findings: readonly Finding[]): Report["summary"]["findings"] {
  const counts = { rejected: 0, predicted: 0, possible: 0, tolerated: 0 };
  for (const { verdict } of findings) counts[verdict] += 1;
  return counts;
}
