/**
 * Report -> one HTML file to be attached to a case: no script, nothing loaded, readable without its style and under
 * a strict content security policy. The JSON report is inside, as data.
 */

import { base64, sha256 } from "../collections/hashes.ts";
import { headline } from "../report/advice/summary.ts";
import type { Clock } from "../report/clock.ts";
import type { Attempt, Client, Finding, Report, Verdict } from "../report/model.ts";
import { counted, endpoint } from "../report/phrases.ts";
import { meaningOf } from "../report/terms/terms.ts";
import { isoTime } from "../report/time.ts";
import type { Timeline } from "../report/timeline.ts";
import { outcomeText as clientOutcomeText } from "./clients-section.ts";
import { drawings } from "./drawing.ts";
import { account, exchangeRows } from "./exchange-rows.ts";
import { explained, outcomeText, overlapText, percent } from "./finding-block.ts";
import { ending, opening, stepSection } from "./html-frame.ts";
import { STYLE } from "./html-style.ts";
import { html, htmlTable, list, paragraph } from "./html-text.ts";
import { ladder } from "./ladder.ts";
import { witnessLines } from "./witness-lines.ts";

/** Rows of a table, and findings with a section of their own, before bytes set the limit. */
const MAX_ROWS = 200;
const MAX_FINDINGS = 100;
const MAX_ATTEMPTS = 10;
const MAX_TIMELINES = 20;
/** A page that mail takes and a browser shows at once: under a megabyte, whatever was captured. */
const MAX_BYTES = 1_000_000;
/** Of these, what head, summary, steps, gaps and the tables may take. */
const RESERVED = 300_000;

export interface HtmlOptions {
  clock: Clock;
}

export function* reportToHtml(
  report: Report,
  timelines: readonly Timeline[],
  { clock }: HtmlOptions,
): Generator<string> {
  let room = MAX_BYTES - RESERVED;
  const fits = (text: string): boolean => {
    const size = new TextEncoder().encode(text).length;
    if (size > room) return false;
    room -= size;
    return true;
  };
  const title = headline(report);
  yield head(title);
  yield `<body>\n<main>\n${opening(report, clock)}`;
  yield stepSection(report, clock);
  yield gapSection(report);
  yield overview(report.findings);
  let drawn = 0;
  for (const timeline of timelines.slice(0, MAX_TIMELINES)) {
    const text = timelineSection(timeline, drawn + 1, clock);
    if (!fits(text)) break;
    yield text;
    drawn += 1;
  }
  if (timelines.length > drawn)
    yield paragraph(`${counted(timelines.length - drawn, "more gateway")} without a drawing.`);
  let shown = 0;
  for (const finding of report.findings.slice(0, MAX_FINDINGS)) {
    const text = findingSection(finding, shown + 1, report, clock);
    if (!fits(text)) break;
    yield text;
    shown += 1;
  }
  if (report.findings.length > shown) {
    yield paragraph(
      `Details of ${counted(report.findings.length - shown, "more finding")}: see the JSON report.`,
    );
  }
  yield responderSection(report);
  yield clientSection(report, clock);
  yield captureSection(report, clock);
  yield* ending(report, fits);
}

function head(title: string): string {
  const digest = base64(sha256(new TextEncoder().encode(STYLE)));
  return [
    "<!DOCTYPE html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${html(title)}</title>`,
    `<style>${STYLE}</style>`,
    "</head>\n",
  ].join("\n");
}

function verdictText(verdict: Verdict): string {
  return `<span class="verdict ${verdict}">${verdict}</span>`;
}

function gapSection({ coverage, warnings }: Report): string {
  const messages = new Set([...coverage.gaps, ...warnings].map(({ message }) => message));
  if (messages.size === 0) return "";
  return `<section class="gaps"><h2>What the captures could not show</h2>\n${list([...messages].slice(0, MAX_ROWS))}</section>\n`;
}

function overview(findings: readonly Finding[]): string {
  if (findings.length === 0) return "";
  const rows = findings
    .slice(0, MAX_ROWS)
    .map(({ verdict, severity, responder, holder, contender, messageIds }, i) => [
      i < MAX_FINDINGS ? `<a href="#finding-${i + 1}">${i + 1}</a>` : String(i + 1),
      verdictText(verdict),
      severity,
      html(responder),
      html(holder.address === null ? "not visible" : endpoint(holder.address, holder.port)),
      html(endpoint(contender.address, contender.port)),
      html(listed(messageIds)),
    ]);
  const heads = [
    "finding",
    "verdict",
    "severity",
    "gateway (responder)",
    "connected first (holder)",
    "kept out (contender)",
    "message IDs",
  ];
  const more = rest(findings.length);
  return `<section><h2>Findings</h2>\n${htmlTable("Findings, worst first", heads, rows)}${more}</section>\n`;
}

function timelineSection(timeline: Timeline, number: number, clock: Clock): string {
  const { responder, from, to, omitted, gathered } = timeline;
  const notes = [
    `From ${clock.range(isoTime(from, 0, 6), isoTime(to, 0, 6))}.`,
    "A bar is the life of an IKE SA; a filled circle a quick mode that was accepted, a cross one that was refused or never answered, a hollow diamond one whose outcome is open. A line leads from the client that held a message ID to the attempt on it.",
    ...(omitted > 0 ? [`${counted(omitted, "more client")} of this gateway, in no finding, not drawn.`] : []),
    ...(gathered
      ? ["There are too many quick modes to draw each: marks stand for those of a stretch of time."]
      : []),
  ];
  return [
    `<section><h2>Clients of ${html(responder)} over time</h2>\n`,
    `<div class="drawing">\n${drawings(timeline, number, clock)}</div>\n`,
    ...notes.map(paragraph),
    "</section>\n",
  ].join("");
}

function findingSection(finding: Finding, number: number, report: Report, clock: Clock): string {
  const { verdict, severity, attempts, caveats, notes, summary } = finding;
  const more = attempts.length - MAX_ATTEMPTS;
  const meaning = meaningOf(finding);
  return [
    `<section id="finding-${number}"><h2>Finding ${number}: ${verdictText(verdict)}, severity ${severity}</h2>\n`,
    paragraph(summary),
    meaning === null ? "" : paragraph(`What it means: ${meaning}.`),
    clientSas(finding, report),
    ...attempts
      .slice(0, MAX_ATTEMPTS)
      .map((attempt, i) => attemptPart(finding, attempt, clock, `ladder-${number}-${i + 1}`)),
    more > 0 ? paragraph(`${counted(more, "more attempt")}: see the JSON report.`) : "",
    `<p>Display filter for Wireshark:</p>\n<pre>${html(finding.displayFilter)}</pre>\n`,
    paragraph(`Cause: ${explained("cause", finding.cause)}.`),
    titled(
      "What supports it",
      notes.map((note) => explained("note", note)),
    ),
    titled(
      "What else could explain it, or weakens it",
      caveats.map((caveat) => explained("caveat", caveat)),
    ),
    titled(
      "What witnesses beside packet headers say",
      witnessLines(finding, (at) => clock.exact(at)),
    ),
    `<p>Fingerprint: <code>${html(finding.fingerprint)}</code></p></section>\n`,
  ].join("");
}

function titled(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `<h3>${html(title)}</h3>\n${list(items)}`;
}

function clientSas({ holder, contender, responder }: Finding, report: Report): string {
  const row = report.responders.find(({ address }) => address === responder);
  const candidates = (holder.candidates ?? []).map(({ address, port }) => endpoint(address, port));
  const clientSa = (address: string, port: number | null, platform: string | null) => {
    const client = report.clients.find(
      (each) => each.address === address && each.port === port && each.responder === responder,
    );
    const ids =
      client === undefined
        ? ""
        : `, ${client.pattern.kind} message IDs (${percent(client.pattern.confidence)})`;
    return `${endpoint(address, port)}, ${platform ?? "platform unknown"}${ids}`;
  };
  return list([
    `gateway (responder): ${[responder, ...(row?.aliases ?? [])].join(" = ")}, ${row?.vendor ?? "make unknown"}`,
    `connected first (holder): ${holder.address === null ? `not visible in the captures; may be ${listed(candidates)}` : clientSa(holder.address, holder.port, holder.platform)}`,
    `kept out (contender): ${clientSa(contender.address, contender.port, contender.platform)}`,
  ]);
}

function attemptPart(finding: Finding, attempt: Attempt, clock: Clock, name: string): string {
  const packets = exchangeRows(finding, attempt);
  const alone = new Set(packets.map(({ source }) => source).filter((source) => source !== null)).size === 1;
  const rows = packets.map(({ at, frame, source, from, to, cookies, messageId, what }) => [
    html(clock.exact(at)),
    frame === null ? "" : html(alone || source === null ? String(frame) : `${frame} of ${source}`),
    html(`${from} → ${to}`),
    `<code>${html(cookies)}</code>`,
    html(messageId),
    html(what),
  ]);
  const heads = ["time", "frame", "direction", "cookies", "message ID", "what it is"];
  return [
    paragraph(account(finding, attempt, clock)),
    ladder(finding, attempt, clock, name),
    htmlTable(`Packets of the attempt on ${attempt.messageId} at ${clock.exact(attempt.at)}`, heads, rows),
    list([`outcome: ${outcomeText(attempt)}`, `overlap: ${overlapText(attempt)}`]),
  ].join("");
}

function responderSection({ responders }: Report): string {
  if (responders.length === 0) return "";
  const rows = responders
    .slice(0, MAX_ROWS)
    .map((row) => [
      html([row.address, ...row.aliases].join(" = ")),
      html(row.vendor ?? "unknown"),
      String(row.clients),
      String(row.sequentialClients),
      String(row.peakConcurrentSequential),
    ]);
  const heads = [
    "gateway (responder)",
    "make",
    "clients",
    "count their message IDs",
    "most of these at once",
  ];
  return `<section><h2>Gateways</h2>\n${htmlTable("Gateways", heads, rows)}${rest(responders.length)}</section>\n`;
}

const RANK = { "kept-out": 0, unknown: 2, connected: 1 } as const;

function clientSection({ clients }: Report, clock: Clock): string {
  if (clients.length === 0) return "";
  const sorted = [...clients].sort((a, b) => RANK[a.outcome.kind] - RANK[b.outcome.kind]);
  const rows = sorted.slice(0, MAX_ROWS).map((client) => clientRow(client, clock));
  const heads = ["client", "gateway", "outcome", "platform", "IDs", "first IDs", "IKE SAs", "last seen"];
  return `<section><h2>Clients</h2>\n${htmlTable("Clients, those kept out first", heads, rows)}${rest(clients.length)}</section>\n`;
}

function clientRow(client: Client, clock: Clock): string[] {
  const { address, port, responder, platform, pattern, lastSeenAt } = client;
  return [
    endpoint(address, port),
    responder,
    clientOutcomeText(client),
    platform ?? "unknown",
    `${pattern.kind} (${percent(pattern.confidence)})`,
    listed(pattern.messageIds),
    String(pattern.ikeSas),
    clock.second(lastSeenAt),
  ].map(html);
}

function captureSection({ capture }: Report, clock: Clock): string {
  const rows = capture.sources
    .slice(0, MAX_ROWS)
    .map(({ name, format, packets, firstPacketAt, lastPacketAt, end }) =>
      [
        name,
        format,
        String(packets),
        firstPacketAt === null ? "" : clock.second(firstPacketAt),
        lastPacketAt === null ? "" : clock.second(lastPacketAt),
        end,
      ].map(html),
    );
  const { ikev1, ikev2, authip, malformed } = capture.messages;
  return [
    "<section><h2>Captures</h2>\n",
    htmlTable("Captures", ["capture", "format", "packets", "from", "to", "end"], rows),
    rest(capture.sources.length),
    paragraph(
      `${counted(capture.packets, "packet")} read: ${counted(ikev1, "message")} of IKEv1, of them ${capture.quickModeMessages} of quick mode; not judged: ${ikev2} of IKEv2, ${authip} of AuthIP, ${malformed} malformed.`,
    ),
    "</section>\n",
  ].join("");
}

function rest(count: number): string {
  return count > MAX_ROWS ? paragraph(`${counted(count - MAX_ROWS, "more row")}: see the JSON report.`) : "";
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).join(", ");
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown;
}
