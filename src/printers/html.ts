/**
 * Report -> one HTML file to be attached to a case: no script, nothing loaded, readable without its style and under
 * a strict content security policy. The JSON report is inside, as data.
 */

import { base64, sha256 } from "../collections/hashes.ts";
import { headline } from "../report/advice/summary.ts";
import type { Clock } from "../report/clock.ts";
import type { Finding, Report } from "../report/model.ts";
import { counted, endpoint, listed } from "../report/phrases.ts";
import { isoTime } from "../report/time.ts";
import type { Timeline } from "../report/timeline.ts";
import { drawings } from "./drawing.ts";
import { findingSection, verdictText } from "./html-finding.ts";
import { ending, opening, stepSection } from "./html-frame.ts";
import { STYLE } from "./html-style.ts";
import { captureSection, clientSection, MAX_ROWS, responderSection, rest } from "./html-tables.ts";
import { html, htmlTable, list, paragraph } from "./html-text.ts";

/** Findings with a section of their own, before bytes set the limit. */
const MAX_FINDINGS = 100;
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
