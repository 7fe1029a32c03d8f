/** The page's tables of gateways, clients and captures. */

import type { Clock } from "../report/clock.ts";
import type { Client, Report } from "../report/model.ts";
import { counted, ENDS, endpoint, insideText, listed } from "../report/phrases.ts";
import { outcomeText as clientOutcomeText } from "./clients-section.ts";
import { atOnce } from "./exposure.ts";
import { percent } from "./finding-block.ts";
import { html, htmlTable, paragraph } from "./html-text.ts";
import { witnessInputs } from "./witness-lines.ts";

/** Rows of a table before bytes set the limit. */
export const MAX_ROWS = 200;

export function responderSection({ responders }: Report): string {
  if (responders.length === 0) return "";
  const rows = responders
    .slice(0, MAX_ROWS)
    .map((row) => [
      html([row.address, ...row.aliases].join(" = ")),
      html(row.vendor ?? "unknown"),
      String(row.clients),
      String(row.sequentialClients),
      atOnce(row),
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

export function clientSection({ clients }: Report, clock: Clock): string {
  if (clients.length === 0) return "";
  const sorted = [...clients].sort((a, b) => RANK[a.outcome.kind] - RANK[b.outcome.kind]);
  const rows = sorted.slice(0, MAX_ROWS).map((client) => clientRow(client, clock));
  const heads = ["client", "gateway", "outcome", "platform", "IDs", "first IDs", "IKE SAs", "last seen"];
  return `<section><h2>Clients</h2>\n${htmlTable("Clients, those kept out first", heads, rows)}${rest(clients.length)}</section>\n`;
}

function clientRow(client: Client, clock: Clock): string[] {
  const { address, port, responder, platform, pattern, lastSeenAt } = client;
  return [
    `${endpoint(address, port)}${insideText(client)}`,
    responder,
    clientOutcomeText(client),
    platform ?? "unknown",
    `${pattern.kind} (${percent(pattern.confidence)})`,
    listed(pattern.messageIds),
    String(pattern.ikeSas),
    clock.second(lastSeenAt),
  ].map(html);
}

export function captureSection({ capture }: Report, clock: Clock): string {
  const rows = capture.sources
    .slice(0, MAX_ROWS)
    .map(({ name, format, packets, firstPacketAt, lastPacketAt, end }) =>
      [
        name,
        format,
        String(packets),
        firstPacketAt === null ? "" : clock.second(firstPacketAt),
        lastPacketAt === null ? "" : clock.second(lastPacketAt),
        ENDS[end],
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
    ...witnessInputs(capture, (name) => name).map((line) => paragraph(line)),
    "</section>\n",
  ].join("");
}

/** The line that stands for rows beyond the limit. */
export function rest(count: number): string {
  return count > MAX_ROWS ? paragraph(`${counted(count - MAX_ROWS, "more row")}: see the JSON report.`) : "";
}
