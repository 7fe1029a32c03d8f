/**
 * Report -> Markdown, to be pasted into a ticket or a vendor case: what was found, with the packets that show it,
 * how to check it in Wireshark, what weakens it, and what can be done.
 */

import type { Clock } from "../report/clock.ts";
import type { Attempt, Client, Finding, Report } from "../report/model.ts";
import { contenderRole, counted, ENDS, endpoint, insideText, listed, orElse } from "../report/phrases.ts";
import { unmadeWhereNothingFound } from "../report/later-lists.ts";
import { meaningOf } from "../report/terms/terms.ts";
import { outcomeText as clientOutcomeText } from "./clients-section.ts";
import { account, exchangeRows } from "./exchange-rows.ts";
import { atOnce } from "./exposure.ts";
import { explained, outcomeText, overlapText, percent } from "./finding-block.ts";
import { coverageSection, stepsSection, summarySection } from "./markdown-frame.ts";
import { code, codeCell, escaped, rest, tableLines } from "./markdown-text.ts";
import { witnessInputs, witnessLines } from "./witness-lines.ts";

/** Rows of a table, and findings with a section of their own, before bytes set the limit. */
const MAX_ROWS = 100;
const MAX_FINDINGS = 50;
const MAX_ATTEMPTS = 5;
/** A ticket takes some 65,000 characters (GitHub: 65,536); names in other scripts need more bytes than characters. */
const MAX_BYTES = 60_000;
/** Of these, what the summary, the steps, the gaps and the last lines may take. */
const RESERVED = 26_000;

export interface MarkdownOptions {
  /** Tolerated findings and every client, too. */
  all: boolean;
  clock: Clock;
}

/** Sections in their order; those that do not fit are left out, counted and named. */
export function* reportToMarkdown(report: Report, { all, clock }: MarkdownOptions): Generator<string> {
  const findings = report.findings.filter(({ verdict }) => all || verdict !== "tolerated");
  let room = MAX_BYTES - RESERVED;
  const left: string[] = [];
  const fits = (text: string): boolean => {
    const size = new TextEncoder().encode(text).length;
    if (size > room) return false;
    room -= size;
    return true;
  };
  yield lines([...summarySection(report, clock), ...stepsSection(report, clock)]);
  const rows = [overview(findings, MAX_ROWS), overview(findings, 20)].map(lines).find(fits);
  if (rows !== undefined) yield rows;
  else if (findings.length > 0) left.push("the table of findings");
  let shown = 0;
  for (const finding of findings.slice(0, MAX_FINDINGS)) {
    const text = lines(findingSection(finding, shown + 1, report, clock));
    if (!fits(text)) break;
    yield text;
    shown += 1;
  }
  if (shown < findings.length)
    left.push(`the details of ${counted(findings.length - shown, "more finding")}`);
  yield lines(coverageSection(report));
  for (const [name, section] of [
    ["the gateways", responderSection(report)],
    ["the clients", clientSection(report, all, clock)],
    ["the captures", captureSection(report, clock)],
  ] as const) {
    if (section.length === 0) continue;
    const text = lines(section);
    if (fits(text)) yield text;
    else left.push(name);
  }
  const { name, version } = report.tool;
  const rest = left.length === 0 ? "" : `Left out here, and in the JSON report: ${left.join(", ")}. `;
  yield `${rest}Made by ${escaped(name)} ${escaped(version)}.\n`;
}

function lines(list: readonly string[]): string {
  return `${list.join("\n")}\n\n`;
}

function overview(findings: readonly Finding[], limit: number): string[] {
  if (findings.length === 0) return [];
  const rows = findings
    .slice(0, limit)
    .map(({ verdict, severity, responder, holder, contender, messageIds }, i) => [
      String(i + 1),
      `**${verdict}**`,
      severity,
      escaped(responder),
      holder.address === null ? "not visible" : endpoint(holder.address, holder.port),
      endpoint(contender.address, contender.port),
      listed(messageIds),
    ]);
  const head = [
    "#",
    "verdict",
    "severity",
    "gateway (responder)",
    "connected first (holder)",
    "kept out (contender)",
    "message IDs",
  ];
  return ["## Findings", "", ...tableLines(head, rows), ...rest(findings.length, limit)];
}

function findingSection(finding: Finding, number: number, report: Report, clock: Clock): string[] {
  const { verdict, severity, attempts, caveats, notes } = finding;
  const more = attempts.length - MAX_ATTEMPTS;
  const means = meaningOf(finding);
  const meaning = means === null ? "" : ` What it means: ${means}.`;
  return [
    `## Finding ${number}: ${verdict}, severity ${severity}`,
    "",
    escaped(finding.summary) + meaning,
    "",
    ...clientLines(finding, report),
    "",
    ...attempts.slice(0, MAX_ATTEMPTS).flatMap((attempt) => attemptLines(finding, attempt, clock)),
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
    ...bullets(
      "What witnesses beside packet headers say",
      witnessLines(finding, (at) => clock.exact(at)),
    ),
    `Fingerprint, the same for the same fault in another capture: ${code(finding.fingerprint)}`,
  ];
}

function clientLines(finding: Finding, report: Report): string[] {
  const { holder, contender, responder } = finding;
  const row = report.responders.find(({ address }) => address === responder);
  const aliases = (row?.aliases ?? []).map((alias) => `, also ${alias}`).join("");
  const candidates = (holder.candidates ?? []).map(({ address, port }) => endpoint(address, port));
  const described = (address: string, port: number | null, platform: string | null) => {
    const client = report.clients.find(
      (each) => each.address === address && each.port === port && each.responder === responder,
    );
    return [
      `${endpoint(address, port)}${insideText(client)}`,
      platform ?? "platform unknown",
      ...(client === undefined ? [] : [idsOf(client)]),
    ]
      .map(escaped)
      .join(", ");
  };
  const unseen = `not visible in the captures; may be ${listed(candidates)}`;
  return [
    `- gateway (responder): ${escaped(`${responder}${aliases}, ${row?.vendor ?? "make unknown"}`)}`,
    `- connected first (holder): ${holder.address === null ? escaped(unseen) : `${described(holder.address, holder.port, holder.platform)}${escaped(orElse(candidates))}`}`,
    `- ${contenderRole(finding)} (contender): ${described(contender.address, contender.port, contender.platform)}`,
  ];
}

function idsOf({ pattern }: Client): string {
  const { kind, confidence, messageIds, ids } = pattern;
  const shown = messageIds.join(", ") + (ids > messageIds.length ? ", ..." : "");
  return `${kind} message IDs (${percent(confidence)}): ${shown || "none seen"}`;
}

function attemptLines(finding: Finding, attempt: Attempt, clock: Clock): string[] {
  const packets = exchangeRows(finding, attempt);
  const alone = new Set(packets.map(({ source }) => source).filter((source) => source !== null)).size === 1;
  const rows = packets.map(({ at, frame, source, from, to, cookies, messageId, what }) => [
    clock.exact(at),
    frame === null ? "" : alone || source === null ? String(frame) : `${frame} of ${codeCell(source)}`,
    `${from} → ${to}`,
    code(cookies),
    messageId,
    what,
  ]);
  return [
    escaped(account(finding, attempt, clock)),
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

function responderSection({ responders }: Report): string[] {
  if (responders.length === 0) return [];
  const rows = responders
    .slice(0, MAX_ROWS)
    .map((row) => [
      escaped([row.address, ...row.aliases].join(" = ")),
      escaped(row.vendor ?? "unknown"),
      String(row.clients),
      String(row.sequentialClients),
      atOnce(row),
    ]);
  const head = ["gateway (responder)", "make", "clients", "count their message IDs", "most of these at once"];
  return ["## Gateways", "", ...tableLines(head, rows), ...rest(responders.length, MAX_ROWS), ""];
}

function clientSection(report: Report, all: boolean, clock: Clock): string[] {
  const { findings } = report;
  const named = new Set(
    findings.flatMap(({ holder, contender }) => [
      endpoint(holder.address ?? "", holder.port),
      endpoint(contender.address, contender.port),
    ]),
  );
  const shown = all
    ? report.clients
    : unusualClients(report).filter(
        ({ address, port, outcome }) => outcome.kind === "kept-out" || named.has(endpoint(address, port)),
      );
  if (shown.length === 0) return [];
  const rows = shown
    .slice(0, MAX_ROWS)
    .map((row) => [
      `${endpoint(row.address, row.port)}${insideText(row)}`,
      escaped(row.responder),
      clientOutcomeText(row),
      escaped(row.platform ?? "unknown"),
      escaped(`${row.pattern.kind} (${percent(row.pattern.confidence)})`),
      listed(row.pattern.messageIds),
      String(row.pattern.ikeSas),
      clock.second(row.lastSeenAt),
    ]);
  const head = ["client", "gateway", "outcome", "platform", "IDs", "first IDs", "IKE SAs", "last seen"];
  return ["## Clients", "", ...tableLines(head, rows), ...rest(shown.length, MAX_ROWS), ""];
}

/** All clients, but those that are known to be connected and in no finding, where none are made yet. */
function unusualClients(report: Report): Client[] {
  const unmade = unmadeWhereNothingFound(report);
  if (unmade === null) return report.clients;
  const clients: Client[] = [];
  for (const each of unmade.glances()) if (each.counts === null) clients.push(each.made());
  return clients;
}

function captureSection({ capture }: Report, clock: Clock): string[] {
  const rows = capture.sources
    .slice(0, MAX_ROWS)
    .map(({ name, format, packets, firstPacketAt, lastPacketAt, end }) => [
      codeCell(name),
      format,
      String(packets),
      firstPacketAt === null ? "" : clock.second(firstPacketAt),
      lastPacketAt === null ? "" : clock.second(lastPacketAt),
      ENDS[end],
    ]);
  const { ikev1, ikev2, authip, malformed } = capture.messages;
  return [
    "## Captures",
    "",
    ...tableLines(["capture", "format", "packets", "from", "to", "end"], rows),
    ...rest(capture.sources.length, MAX_ROWS),
    "",
    `${counted(capture.packets, "packet")} read: ${counted(ikev1, "message")} of IKEv1, of them ${capture.quickModeMessages} of quick mode; not judged: ${ikev2} of IKEv2, ${authip} of AuthIP, ${malformed} malformed.`,
    ...witnessInputs(capture, code).flatMap((line) => ["", line]),
  ];
}
