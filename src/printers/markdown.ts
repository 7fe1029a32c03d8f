/**
 * Report -> Markdown, to be pasted into a ticket or a vendor case: what was found, with the packets that show it,
 * how to check it in Wireshark, what weakens it, and what can be done.
 */

import { headline } from "../report/advice/summary.ts";
import type { Attempt, Client, Finding, Report } from "../report/model.ts";
import { clock, counted, endpoint } from "../report/phrases.ts";
import { REMEDIES } from "../report/remedies.ts";
import { KB_SENTENCE } from "../report/terms/terms.ts";
import { account, exchangeRows } from "./exchange-rows.ts";
import { explained, outcomeText, overlapText, percent } from "./finding-block.ts";
import { code, escaped, tableLines } from "./markdown-text.ts";

/** Rows of a table, and findings with a section of their own; the others are in the JSON report. */
const MAX_ROWS = 100;
const MAX_FINDINGS = 50;
const MAX_ATTEMPTS = 5;

export interface MarkdownOptions {
  /** Tolerated findings and every client, too. */
  all: boolean;
}

export function* reportToMarkdown(report: Report, { all }: MarkdownOptions): Generator<string> {
  const findings = report.findings.filter(({ verdict }) => all || verdict !== "tolerated");
  yield lines([`# ${escaped(headline(report))}`, "", ...overview(findings)]);
  for (const [i, finding] of findings.slice(0, MAX_FINDINGS).entries()) {
    yield lines(findingSection(finding, i + 1, report));
  }
  if (findings.length > MAX_FINDINGS) {
    yield lines([`${counted(findings.length - MAX_FINDINGS, "more finding")}: see the JSON report.`]);
  }
  if (findings.some(({ verdict }) => verdict !== "tolerated")) yield lines(remedySection());
  yield lines(coverageSection(report));
  yield lines([...responderSection(report), ...clientSection(report, all), ...captureSection(report)]);
  const { name, version } = report.tool;
  yield `Made by ${escaped(name)} ${escaped(version)}.\n`;
}

function lines(list: readonly string[]): string {
  return `${list.join("\n")}\n\n`;
}

function overview(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings
    .slice(0, MAX_ROWS)
    .map(({ verdict, severity, responder, holder, contender, messageIds }, i) => [
      String(i + 1),
      `**${verdict}**`,
      severity,
      responder,
      holder.address === null ? "not visible" : endpoint(holder.address, holder.port),
      endpoint(contender.address, contender.port),
      listed(messageIds),
    ]);
  const head = ["#", "verdict", "severity", "responder", "holder", "contender", "message IDs"];
  return [...tableLines(head, rows), ...rest(findings.length)];
}

function findingSection(finding: Finding, number: number, report: Report): string[] {
  const { verdict, severity, attempts, caveats, notes } = finding;
  const more = attempts.length - MAX_ATTEMPTS;
  const meaning = verdict === "tolerated" ? "" : ` What it means: ${KB_SENTENCE}.`;
  return [
    `## Finding ${number}: ${verdict}, severity ${severity}`,
    "",
    escaped(finding.summary) + (finding.summary.includes(KB_SENTENCE) ? "" : meaning),
    "",
    ...partyLines(finding, report),
    "",
    ...attempts.slice(0, MAX_ATTEMPTS).flatMap((attempt) => attemptLines(finding, attempt)),
    ...(more > 0 ? [`${counted(more, "more attempt")}: see the JSON report.`, ""] : []),
    "To see the quick modes in Wireshark, paste this display filter:",
    "",
    `    ${finding.displayFilter}`,
    "",
    `Cause: ${escaped(explained("cause", finding.cause))}.`,
    "",
    ...bullets(
      "What supports it",
      notes.map((note) => explained("note", note)),
    ),
    ...bullets(
      "What else could explain it, or weakens it",
      caveats.map((caveat) => explained("caveat", caveat)),
    ),
    `Fingerprint, the same for the same fault in another capture: ${code(finding.fingerprint)}`,
  ];
}

function partyLines({ holder, contender, responder }: Finding, report: Report): string[] {
  const row = report.responders.find(({ address }) => address === responder);
  const aliases = (row?.aliases ?? []).map((alias) => `, also ${alias}`).join("");
  const candidates = (holder.candidates ?? []).map(({ address, port }) => endpoint(address, port));
  const party = (address: string, port: number | null, platform: string | null) => {
    const client = report.clients.find(
      (each) => each.address === address && each.port === port && each.responder === responder,
    );
    return [
      endpoint(address, port),
      platform ?? "platform unknown",
      ...(client === undefined ? [] : [idsOf(client)]),
    ]
      .map(escaped)
      .join(", ");
  };
  const unseen = `not visible in the captures; may be ${listed(candidates)}`;
  return [
    `- responder: ${escaped(`${responder}${aliases}, ${row?.vendor ?? "make unknown"}`)}`,
    `- holder: ${holder.address === null ? escaped(unseen) : party(holder.address, holder.port, holder.platform)}`,
    `- contender: ${party(contender.address, contender.port, contender.platform)}`,
  ];
}

function idsOf({ pattern }: Client): string {
  const { kind, confidence, messageIds, ids } = pattern;
  const shown = messageIds.join(", ") + (ids > messageIds.length ? ", ..." : "");
  return `${kind} message IDs (${percent(confidence)}): ${shown || "none seen"}`;
}

function attemptLines(finding: Finding, attempt: Attempt): string[] {
  const packets = exchangeRows(finding, attempt);
  const alone = new Set(packets.map(({ source }) => source).filter((source) => source !== null)).size === 1;
  const rows = packets.map(({ at, frame, source, from, to, cookies, messageId, what }) => [
    clock(at),
    frame === null ? "" : alone || source === null ? String(frame) : `${frame} of ${code(source)}`,
    `${from} → ${to}`,
    code(cookies),
    messageId,
    what,
  ]);
  return [
    escaped(account(finding, attempt)),
    "",
    ...tableLines(["time", "frame", "direction", "cookies", "message ID", "what it is"], rows),
    "",
    `- outcome: ${escaped(outcomeText(attempt))}`,
    `- overlap: ${escaped(overlapText(attempt))}`,
    "",
  ];
}

function bullets(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${title}:`, "", ...items.map((item) => `- ${escaped(item)}`), ""];
}

function remedySection(): string[] {
  const items = REMEDIES.map(({ text, link }) => `- ${escaped(text)}${link === null ? "" : ` <${link}>`}`);
  return ["## What can be done", "", ...items];
}

function coverageSection({ coverage, warnings }: Report): string[] {
  const gaps = coverage.gaps.map(({ code: name, message }) => `- ${name}: ${escaped(message)}`);
  const known = new Set(coverage.gaps.map(({ message }) => message));
  const others = warnings.filter(({ message }) => !known.has(message));
  return [
    "## What the captures could not show",
    "",
    ...(gaps.length === 0 ? ["No gap is known."] : gaps.slice(0, MAX_ROWS)),
    ...(others.length === 0
      ? []
      : [
          "",
          "Warnings:",
          "",
          ...others.slice(0, MAX_ROWS).map((each) => `- ${each.code}: ${escaped(each.message)}`),
        ]),
  ];
}

function responderSection({ responders }: Report): string[] {
  if (responders.length === 0) return [];
  const rows = responders
    .slice(0, MAX_ROWS)
    .map((row) => [
      [row.address, ...row.aliases].join(" = "),
      escaped(row.vendor ?? "unknown"),
      String(row.clients),
      String(row.sequentialClients),
      String(row.peakConcurrentSequential),
    ]);
  const head = ["responder", "make", "clients", "sequential", "most of them at once"];
  return ["## Responders", "", ...tableLines(head, rows), ...rest(responders.length), ""];
}

function clientSection({ clients, findings }: Report, all: boolean): string[] {
  const named = new Set(
    findings.flatMap(({ holder, contender }) => [
      endpoint(holder.address ?? "", holder.port),
      endpoint(contender.address, contender.port),
    ]),
  );
  const shown = all ? clients : clients.filter(({ address, port }) => named.has(endpoint(address, port)));
  if (shown.length === 0) return [];
  const rows = shown
    .slice(0, MAX_ROWS)
    .map((row) => [
      endpoint(row.address, row.port),
      row.responder,
      escaped(row.platform ?? "unknown"),
      escaped(`${row.pattern.kind} (${percent(row.pattern.confidence)})`),
      listed(row.pattern.messageIds),
      String(row.pattern.ikeSas),
      clock(row.lastSeenAt),
    ]);
  const head = ["client", "responder", "platform", "IDs", "first IDs", "IKE SAs", "last seen"];
  return ["## Clients", "", ...tableLines(head, rows), ...rest(shown.length), ""];
}

function captureSection({ capture }: Report): string[] {
  const rows = capture.sources
    .slice(0, MAX_ROWS)
    .map(({ name, format, packets, firstPacketAt, lastPacketAt, end }) => [
      code(name),
      format,
      String(packets),
      firstPacketAt === null ? "" : clock(firstPacketAt),
      lastPacketAt === null ? "" : clock(lastPacketAt),
      end,
    ]);
  const { ikev1, ikev2, authip, malformed } = capture.messages;
  return [
    "## Captures",
    "",
    ...tableLines(["capture", "format", "packets", "from", "to", "end"], rows),
    ...rest(capture.sources.length),
    "",
    `${counted(capture.packets, "packet")} read: ${counted(ikev1, "message")} of IKEv1, of them ${capture.quickModeMessages} of quick mode; not judged: ${ikev2} of IKEv2, ${authip} of AuthIP, ${malformed} malformed.`,
  ];
}

function rest(count: number): string[] {
  return count > MAX_ROWS ? ["", `${counted(count - MAX_ROWS, "more row")}: see the JSON report.`] : [];
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).join(", ");
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown;
}
