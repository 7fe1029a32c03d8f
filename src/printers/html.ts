/**
 * Report -> one HTML file to be attached to a case: no script, nothing loaded, readable without its style and under
 * a strict content security policy. The JSON report is inside, as data.
 */

import { createHash } from "node:crypto";
import { headline } from "../report/advice/summary.ts";
import type { Attempt, Client, Finding, Report, Verdict } from "../report/model.ts";
import { clock, counted, endpoint } from "../report/phrases.ts";
import { REMEDIES } from "../report/remedies.ts";
import { KB_SENTENCE } from "../report/terms/terms.ts";
import { isoTime } from "../report/time.ts";
import type { Timeline } from "../report/timeline.ts";
import { drawing } from "./drawing.ts";
import { account, exchangeRows } from "./exchange-rows.ts";
import { explained, outcomeText, overlapText, percent } from "./finding-block.ts";
import { STYLE } from "./html-style.ts";
import { embedded, html, htmlTable } from "./html-text.ts";
import { reportToJson } from "./json.ts";

/** Rows of a table, and findings with a section of their own; the others are in the embedded JSON. */
const MAX_ROWS = 1000;
const MAX_FINDINGS = 100;
const MAX_ATTEMPTS = 10;
const MAX_TIMELINES = 20;

export function* reportToHtml(report: Report, timelines: readonly Timeline[]): Generator<string> {
  const title = headline(report);
  yield head(title);
  yield `<body>\n<main>\n<h1>${html(title)}</h1>\n`;
  yield gapSection(report);
  yield overview(report.findings);
  for (const [i, timeline] of timelines.slice(0, MAX_TIMELINES).entries())
    yield timelineSection(timeline, i + 1);
  if (timelines.length > MAX_TIMELINES) {
    yield paragraph(`${counted(timelines.length - MAX_TIMELINES, "more responder")} without a drawing.`);
  }
  for (const [i, finding] of report.findings.slice(0, MAX_FINDINGS).entries()) {
    yield findingSection(finding, i + 1, report);
  }
  if (report.findings.length > MAX_FINDINGS) {
    yield paragraph(
      `${counted(report.findings.length - MAX_FINDINGS, "more finding")} in the JSON at the end of this file.`,
    );
  }
  if (report.findings.some(({ verdict }) => verdict !== "tolerated")) yield remedySection();
  yield responderSection(report);
  yield clientSection(report);
  yield captureSection(report);
  yield `<p>Made by ${html(report.tool.name)} ${html(report.tool.version)}. The report as JSON is in this file, in the element <code>report</code>.</p>\n</main>\n`;
  yield '<script type="application/json" id="report">\n';
  for (const piece of reportToJson(report)) yield embedded(piece);
  yield "</script>\n</body>\n</html>\n";
}

function head(title: string): string {
  const digest = createHash("sha256").update(STYLE).digest("base64");
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

function paragraph(text: string): string {
  return `<p>${html(text)}</p>\n`;
}

function list(items: readonly string[]): string {
  return `<ul>\n${items.map((item) => `<li>${html(item)}</li>\n`).join("")}</ul>\n`;
}

function verdictText(verdict: Verdict): string {
  return `<span class="verdict ${verdict}">${verdict}</span>`;
}

function gapSection({ coverage, warnings }: Report): string {
  const messages = new Set([...coverage.gaps, ...warnings].map(({ message }) => message));
  if (messages.size === 0) return paragraph("No gap in the captures is known.");
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
  const heads = ["finding", "verdict", "severity", "responder", "holder", "contender", "message IDs"];
  return `<h2>Findings</h2>\n${htmlTable("Findings, worst first", heads, rows)}`;
}

function timelineSection(timeline: Timeline, number: number): string {
  const { responder, from, omitted, gathered } = timeline;
  const notes = [
    `0 s is ${clock(isoTime(from, 0, 6))}.`,
    "A bar is the life of an IKE SA; a filled circle a quick mode that was accepted, a cross one that was refused or never answered, a hollow diamond one whose outcome is open. A line leads from the client that held a message ID to the attempt on it.",
    ...(omitted > 0
      ? [`${counted(omitted, "more client")} of this responder, in no finding, not drawn.`]
      : []),
    ...(gathered
      ? ["There are too many quick modes to draw each: marks stand for those of a stretch of time."]
      : []),
  ];
  return [
    `<h2>Clients of ${html(responder)} over time</h2>\n`,
    `<div class="scroll" role="region" tabindex="0" aria-label="Time line of ${html(responder)}">\n${drawing(timeline, number)}</div>\n`,
    ...notes.map(paragraph),
  ].join("");
}

function findingSection(finding: Finding, number: number, report: Report): string {
  const { verdict, severity, attempts, caveats, notes, summary } = finding;
  const more = attempts.length - MAX_ATTEMPTS;
  return [
    `<section id="finding-${number}"><h2>Finding ${number}: ${verdictText(verdict)}, severity ${severity}</h2>\n`,
    paragraph(summary),
    verdict === "tolerated" || summary.includes(KB_SENTENCE)
      ? ""
      : paragraph(`What it means: ${KB_SENTENCE}.`),
    parties(finding, report),
    ...attempts.slice(0, MAX_ATTEMPTS).map((attempt) => attemptPart(finding, attempt)),
    more > 0 ? paragraph(`${counted(more, "more attempt")} in the JSON.`) : "",
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
    `<p>Fingerprint: <code>${html(finding.fingerprint)}</code></p></section>\n`,
  ].join("");
}

function titled(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `<h3>${html(title)}</h3>\n${list(items)}`;
}

function parties({ holder, contender, responder }: Finding, report: Report): string {
  const row = report.responders.find(({ address }) => address === responder);
  const candidates = (holder.candidates ?? []).map(({ address, port }) => endpoint(address, port));
  const party = (address: string, port: number | null, platform: string | null) => {
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
    `responder: ${[responder, ...(row?.aliases ?? [])].join(" = ")}, ${row?.vendor ?? "make unknown"}`,
    `holder: ${holder.address === null ? `not visible in the captures; may be ${listed(candidates)}` : party(holder.address, holder.port, holder.platform)}`,
    `contender: ${party(contender.address, contender.port, contender.platform)}`,
  ]);
}

function attemptPart(finding: Finding, attempt: Attempt): string {
  const packets = exchangeRows(finding, attempt);
  const alone = new Set(packets.map(({ source }) => source).filter((source) => source !== null)).size === 1;
  const rows = packets.map(({ at, frame, source, from, to, cookies, messageId, what }) => [
    html(clock(at)),
    frame === null ? "" : html(alone || source === null ? String(frame) : `${frame} of ${source}`),
    html(`${from} → ${to}`),
    `<code>${html(cookies)}</code>`,
    html(messageId),
    html(what),
  ]);
  const heads = ["time", "frame", "direction", "cookies", "message ID", "what it is"];
  return [
    paragraph(account(finding, attempt)),
    htmlTable(`Packets of the attempt on ${attempt.messageId} at ${clock(attempt.at)}`, heads, rows),
    list([`outcome: ${outcomeText(attempt)}`, `overlap: ${overlapText(attempt)}`]),
  ].join("");
}

function remedySection(): string {
  const items = REMEDIES.map(({ text, link }) => {
    const more = link === null ? "" : ` <a href="${html(link)}" rel="noreferrer">${html(link)}</a>`;
    return `<li>${html(text)}${more}</li>\n`;
  });
  return `<h2>What can be done</h2>\n<ul>\n${items.join("")}</ul>\n`;
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
  const heads = ["responder", "make", "clients", "sequential", "most of them at once"];
  return `<h2>Responders</h2>\n${htmlTable("Responders", heads, rows)}${rest(responders.length)}`;
}

function clientSection({ clients }: Report): string {
  if (clients.length === 0) return "";
  const rows = clients.slice(0, MAX_ROWS).map(clientRow);
  const heads = ["client", "responder", "platform", "IDs", "first IDs", "IKE SAs", "last seen"];
  return `<h2>Clients</h2>\n${htmlTable("Clients", heads, rows)}${rest(clients.length)}`;
}

function clientRow({ address, port, responder, platform, pattern, lastSeenAt }: Client): string[] {
  return [
    endpoint(address, port),
    responder,
    platform ?? "unknown",
    `${pattern.kind} (${percent(pattern.confidence)})`,
    listed(pattern.messageIds),
    String(pattern.ikeSas),
    clock(lastSeenAt),
  ].map(html);
}

function captureSection({ capture }: Report): string {
  const rows = capture.sources
    .slice(0, MAX_ROWS)
    .map(({ name, format, packets, firstPacketAt, lastPacketAt, end }) =>
      [
        name,
        format,
        String(packets),
        firstPacketAt === null ? "" : clock(firstPacketAt),
        lastPacketAt === null ? "" : clock(lastPacketAt),
        end,
      ].map(html),
    );
  const { ikev1, ikev2, authip, malformed } = capture.messages;
  return [
    "<h2>Captures</h2>\n",
    htmlTable("Captures", ["capture", "format", "packets", "from", "to", "end"], rows),
    rest(capture.sources.length),
    paragraph(
      `${counted(capture.packets, "packet")} read: ${counted(ikev1, "message")} of IKEv1, of them ${capture.quickModeMessages} of quick mode; not judged: ${ikev2} of IKEv2, ${authip} of AuthIP, ${malformed} malformed.`,
    ),
  ].join("");
}

function rest(count: number): string {
  return count > MAX_ROWS ? paragraph(`${counted(count - MAX_ROWS, "more row")} in the JSON.`) : "";
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).join(", ");
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown;
}
