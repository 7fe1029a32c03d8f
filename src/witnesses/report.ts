/** A report with what the witnesses say: evidence of its findings, findings of logs alone, and what was not joined. */

import type { Hosts } from "../ike/facts.ts";
import type { Judgement } from "../judgement/judge.ts";
import { SEVERITIES, VERDICTS } from "../judgement/vocabulary.ts";
import { advised } from "../report/advice/advised.ts";
import type { Capture, Finding, Report, Warning } from "../report/model.ts";
import { counted } from "../report/phrases.ts";
import { captureTime } from "../syslog/clock.ts";
import type { GatewayEvent } from "../syslog/reader.ts";
import type { WitnessBook } from "./book.ts";
import { clashSentences } from "./clashing.ts";
import { type EvidenceContext, evidenceOf } from "./evidence.ts";
import type { Joined } from "./joining.ts";
import { gatewaysOf, type LoggedGateway, logFindings, loggedResponder } from "./log-findings.ts";
import { otherCauseOf, speaksOfId } from "./weighing.ts";

export interface Testified {
  judgement: Judgement;
  hosts: Hosts;
  sources: readonly { name: string }[];
  book: WitnessBook;
  joined: Joined;
  /** Addresses that the user named as responders. */
  responders: readonly string[];
  /** First and last time of the captures, microseconds of their clock. */
  span: { from: number; to: number };
  /** What the keys opened; null where none were given. */
  decrypted: NonNullable<Capture["decrypted"]> | null;
  /** Where the keys stand that opened nothing. */
  unusedKeys: readonly { source: string; line: number }[];
  /** Lines of files of keys that are none, in words. */
  skipped: readonly string[];
}

export function withWitnesses(report: Report, testified: Testified): Report {
  const { book, decrypted } = testified;
  if (book.isEmpty && decrypted === null) return report;
  const said = warningsOf(report, testified);
  const gateways = gatewaysOf(book, testified.responders, testified.joined);
  const findings = mergedFindings(withEvidence(report.findings, testified), gateways, testified);
  const warnings = [
    ...report.warnings.filter((each) => !isAnswered(each, report, book)),
    ...warningsOf(report, testified),
  ];
  const known = new Set(report.responders.map(({ address }) => address));
  const added = gateways.filter(({ address }) => !known.has(address)).map(loggedResponder);
  const versions = new Map(
    gateways.flatMap(({ address, version }) => (version === null ? [] : [[address, version]])),
  );
  const gaps = [
    ...report.coverage.gaps.filter(
      (each) => each.code !== "no-ike" || report.capture.packets > 0 || book.logs.length === 0,
    ),
    ...said.map((warning) => ({ ...warning, count: 1 })),
  ];
  return advised({
    ...report,
    capture: { ...report.capture, ...(decrypted === null ? {} : { decrypted }) },
    summary: {
      ...report.summary,
      responders: report.responders.length + added.length,
      findings: countsOf(findings),
    },
    responders: [
      ...report.responders.map((each) => {
        const software = versions.get(each.address);
        return software === undefined ? each : { ...each, software };
      }),
      ...added,
    ],
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
  const context: EvidenceContext = { hosts, sources, book, joined };
  return findings.map((finding, i) => {
    const judged = judgement.findings[i];
    const said = judged.attempts.flatMap((attempt) => [otherCauseOf(attempt), speaksOfId(attempt)]);
    const notes = [...new Set(said)].filter((note) => note !== null);
    return { ...finding, notes: [...finding.notes, ...notes], evidence: evidenceOf(judged, context) };
  });
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
  return merged.sort(
    (a, b) =>
      VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) ||
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity),
  );
}

function countsOf(findings: readonly Finding[]): Report["summary"]["findings"] {
  const counts = { rejected: 0, predicted: 0, possible: 0, tolerated: 0 };
  for (const { verdict } of findings) counts[verdict] += 1;
  return counts;
}

/** Levels at which a gateway writes what is needed, and what that is. */
const LEVELS: readonly [number, string][] = [
  [5, "phase 1 and phase 2 completed (713119, 713120), sessions torn down"],
  [6, "IPsec SAs and L2TP tunnels created and deleted (602303, 603106)"],
  [7, "the messages of each quick mode (713236, 714003)"],
];
const SHOWN_KEYS = 8;

interface WitnessWarning {
  code: "log-only" | "log-not-joined" | "evicted" | "keys-unused" | "keys-skipped" | "selector-clash";
  message: string;
}

function warningsOf(
  { capture }: Report,
  { judgement, hosts, book, joined, decrypted, unusedKeys, skipped }: Testified,
): WitnessWarning[] {
  const warnings: WitnessWarning[] = skipped.map((message) => ({ code: "keys-skipped", message }));
  for (const message of clashSentences(judgement, hosts)) warnings.push({ code: "selector-clash", message });
  for (const { name, level, counts, evicted } of book.logs) {
    const log = joined.logs.find((each) => each.name === name);
    const missing = LEVELS.filter(([needed]) => level < needed);
    const lacks =
      missing.length === 0
        ? ""
        : ` It has no lines of level ${missing[0][0]} and above: ${missing.map(([, what]) => what).join("; ")}. On the ASA (from Cisco's reference, not tried): logging class vpn buffered debugging.`;
    if (capture.messages.ikev1 === 0) {
      warnings.push({
        code: "log-only",
        message: `${name} is a gateway's log, read without a capture: ${counted(counts.used, "line")} of ${counts.lines} tell of IKE or L2TP.${lacks}`,
      });
    } else if (log?.clock === null) {
      warnings.push({
        code: "log-not-joined",
        message: `The clock of ${name} could not be compared with that of the captures: fewer than two lines agree with messages in them. It was read alone.${lacks}`,
      });
    }
    if (evicted > 0) {
      warnings.push({
        code: "evicted",
        message: `${name} has more lines about IKE than are kept: the first ${evicted} were dropped.`,
      });
    }
  }
  if (decrypted !== null && unusedKeys.length > 0) {
    const places = unusedKeys.slice(0, SHOWN_KEYS).map(({ source, line }) => `line ${line} of ${source}`);
    const more = unusedKeys.length > SHOWN_KEYS ? " and more" : "";
    warnings.push({
      code: "keys-unused",
      message: `${unusedKeys.length} of ${counted(decrypted.keys, "key")} opened nothing in these captures: ${places.join(", ")}${more}.`,
    });
  }
  return warnings;
}
