/** The table's gateways and clients: those that were kept out first. */

import { zoneLabel } from "../report/clock.ts";
import type { Client, Finding } from "../report/model.ts";
import { counted, endpoint, insideText } from "../report/phrases.ts";
import { atOnce } from "./exposure.ts";
import { percent } from "./finding-block.ts";
import { isAccusing } from "./findings-section.ts";
import { grid, more, type Page, paragraph, rowLimit, title } from "./page.ts";
import { shortId } from "./short-id.ts";

/** Message IDs that the table shows of each client. */
const SHOWN_IDS = 3;
const GATEWAYS = 6;
const CLIENTS = 10;

export function gatewayLines(page: Page): string[] {
  const { responders } = page.report;
  if (responders.length === 0) return [];
  const limit = rowLimit(page, GATEWAYS);
  const accused = new Set(page.report.findings.filter(isAccusing).map(({ responder }) => responder));
  const sorted = [...responders].sort(
    (a, b) => Number(accused.has(b.address)) - Number(accused.has(a.address)),
  );
  const rows = sorted
    .slice(0, limit)
    .map((row) => [
      [row.address, ...row.aliases].join(" = "),
      row.vendor ?? "unknown",
      row.clients,
      row.sequentialClients,
      atOnce(row),
    ]);
  const head = ["gateway (responder)", "make", "clients", "count their IDs", "of these at once"];
  return [
    ...title(page, "Gateways"),
    ...grid(page, head, rows, ["left", "left", "right", "right", "right"]),
    ...more(responders.length, "gateway", limit),
  ];
}

export function clientLines(page: Page): string[] {
  const { report, all } = page;
  if (report.clients.length === 0) return [];
  const limit = rowLimit(page, CLIENTS);
  const contenders = new Set(report.findings.filter(isAccusing).map(contenderKey));
  const holders = new Set(report.findings.map(holderKey));
  const rank = (client: Client): number => {
    const key = clientKey(client, client.responder);
    if (contenders.has(key) || client.outcome.kind === "kept-out") return 0;
    if (holders.has(key)) return 1;
    return client.anomaly !== null ? 2 : client.pattern.kind === "sequential" ? 3 : 4;
  };
  const ranked = report.clients
    .map((client) => ({ client, rank: rank(client) }))
    .sort((a, b) => a.rank - b.rank);
  const shown = ranked.filter((each) => all || each.rank < 4).map(({ client }) => client);
  const lines = title(page, "Clients");
  if (shown.length > 0) lines.push(...clientGrid(page, shown.slice(0, limit)));
  lines.push(...more(shown.length, "client", limit));
  for (const { address, port, anomaly } of shown.slice(0, limit)) {
    if (anomaly !== null) lines.push(...paragraph(page, `${endpoint(address, port)}: ${anomaly}`));
  }
  const left = report.clients.length - shown.length;
  if (left > 0) {
    const others = `${counted(left, "client")} without sequential IDs and without a finding left out; --all shows them.`;
    lines.push(...paragraph(page, others));
  }
  return lines;
}

/** The responder has a column of its own only where there is more than one. */
function clientGrid(page: Page, clients: readonly Client[]): string[] {
  const { clock } = page;
  const several = page.report.responders.length > 1;
  const times = clients.map(({ lastSeenAt }) => clock.cell(lastSeenAt));
  const day = times[0].slice(0, 10);
  const oneDay = times.every((time) => time.startsWith(day));
  const head = [
    "client",
    ...(several ? ["gateway"] : []),
    "outcome",
    "platform",
    "message IDs",
    "SAs",
    oneDay ? `last seen, ${day} (${zoneLabel(clock)})` : `last seen (${zoneLabel(clock)})`,
  ];
  const rows = clients.map((client, i) => [
    `${endpoint(client.address, client.port)}${insideText(client)}`,
    ...(several ? [client.responder] : []),
    outcomeText(client),
    client.platform ?? "unknown",
    patternText(client),
    client.pattern.ikeSas,
    oneDay ? times[i].slice(11) : times[i],
  ]);
  return grid(
    page,
    head,
    rows,
    head.map((name) => (name === "SAs" ? "right" : "left")),
  );
}

function patternText({ pattern }: Client): string {
  const { kind, confidence, byteOrder, messageIds, ids } = pattern;
  const swapped = byteOrder === "byte-swapped" ? ", byte-swapped" : "";
  const shown = messageIds.slice(0, SHOWN_IDS).map(shortId);
  const rest = ids > shown.length ? ` +${ids - shown.length}` : "";
  return `${kind}${swapped} (${percent(confidence)})${shown.length === 0 ? "" : `: ${shown.join(" ")}${rest}`}`;
}

/** What became of a client, in a few words. */
export function outcomeText({ outcome }: Pick<Client, "outcome">): string {
  const { kind, keptOut, connectedAt } = outcome;
  if (kind === "unknown") return "not known";
  if (kind === "connected") return "connected";
  const tries = counted(keptOut, "try", "tries");
  return `kept out (${tries})${connectedAt === null ? "" : ", then connected"}`;
}

function clientKey(client: { address: string | null; port: number | null }, responder: string): string {
  return `${client.address} ${client.port} ${responder}`;
}

function contenderKey({ contender, responder }: Finding): string {
  return clientKey(contender, responder);
}

function holderKey({ holder, responder }: Finding): string {
  return clientKey(holder, responder);
}
