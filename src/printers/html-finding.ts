/** A finding on the page: who, each attempt with its ladder and packets, what supports it and what weakens it. */

import type { Clock } from "../report/clock.ts";
import type { Attempt, Finding, Report, Verdict } from "../report/model.ts";
import { contenderRole, counted, endpoint, insideText, listed, orElse } from "../report/phrases.ts";
import { meaningOf } from "../report/terms/terms.ts";
import { account, exchangeRows } from "./exchange-rows.ts";
import { explained, outcomeText, overlapText, percent } from "./finding-block.ts";
import { html, htmlTable, list, paragraph } from "./html-text.ts";
import { ladder } from "./ladder.ts";
import { witnessLines } from "./witness-lines.ts";

const MAX_ATTEMPTS = 10;

export function verdictText(verdict: Verdict): string {
  return `<span class="verdict ${verdict}">${verdict}</span>`;
}

export function findingSection(finding: Finding, number: number, report: Report, clock: Clock): string {
  const { verdict, severity, attempts, caveats, notes, summary } = finding;
  const more = attempts.length - MAX_ATTEMPTS;
  const meaning = meaningOf(finding);
  return [
    `<section id="finding-${number}"><h2>Finding ${number}: ${verdictText(verdict)}, severity ${severity}</h2>\n`,
    paragraph(summary),
    meaning === null ? "" : paragraph(`What it means: ${meaning}.`),
    clientList(finding, report),
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

function clientList(finding: Finding, report: Report): string {
  const { holder, contender, responder } = finding;
  const row = report.responders.find(({ address }) => address === responder);
  const candidates = (holder.candidates ?? []).map(({ address, port }) => endpoint(address, port));
  const described = (address: string, port: number | null, platform: string | null) => {
    const client = report.clients.find(
      (each) => each.address === address && each.port === port && each.responder === responder,
    );
    const ids =
      client === undefined
        ? ""
        : `, ${client.pattern.kind} message IDs (${percent(client.pattern.confidence)})`;
    return `${endpoint(address, port)}${insideText(client)}, ${platform ?? "platform unknown"}${ids}`;
  };
  return list([
    `gateway (responder): ${[responder, ...(row?.aliases ?? [])].join(" = ")}, ${row?.vendor ?? "make unknown"}`,
    `connected first (holder): ${holder.address === null ? `not visible in the captures; may be ${listed(candidates)}` : `${described(holder.address, holder.port, holder.platform)}${orElse(candidates)}`}`,
    `${contenderRole(finding)} (contender): ${described(contender.address, contender.port, contender.platform)}`,
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
