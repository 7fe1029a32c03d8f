/** The table's gateways and clients: those that were kept out first. */

import { zoneLabel } from "../report/clock.ts";
import { unmadeWhereNothingFound } from "../report/later-lists.ts";
import type { Client, Finding, Report } from "../report/model.ts";
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

/** Of a client that is in no finding and was not kept out: it counts its IDs, or does not. */
const COUNTING = 3;
const OTHERS = 4;

export function clientLines(page: Page): string[] {
  const { report, all } = page;
  const limit = rowLimit(page, CLIENTS);
  const ranked = rankedClients(report, limit);
  if (ranked.count(OTHERS) === 0) return [];
  const last = all ? OTHERS : COUNTING;
  const shown = ranked.first(last);
  const lines = title(page, "Clients");
  if (shown.length > 0) lines.push(...clientGrid(page, shown));
  lines.push(...more(ranked.count(last), "client", limit));
  for (const { address, port, anomaly } of shown) {
    if (anomaly !== null) lines.push(...paragraph(page, `${endpoint(address, port)}: ${anomaly}`));
  }
  const left = ranked.count(OTHERS) - ranked.count(last);
  if (left > 0) {
    const others = `${counted(left, "client")} without sequential IDs and without a finding left out; --all shows them.`;
    lines.push(...paragraph(page, others));
  }
  return lines;
}

/** Clients by rank, of which no more are kept than are shown. */
class RankedClients {
  readonly #limit: number;
  readonly #counts = new Array<number>(OTHERS + 1).fill(0);
  readonly #first: readonly Client[][] = this.#counts.map(() => []);

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param made it is only made where it may be shown */
  take(rank: number, made: () => Client): void {
    this.#counts[rank] += 1;
    if (this.#counts[rank] <= this.#limit) this.#first[rank].push(made());
  }

  /** How many there are up to a rank. */
  count(last: number): number {
    return this.#counts.slice(0, last + 1).reduce((sum, count) => sum + count, 0);
  }

  /** The first of those. */
  first(last: number): Client[] {
    return this.#first
      .slice(0, last + 1)
      .flat()
      .slice(0, this.#limit);
  }
}

function rankedClients(report: Report, limit: number): RankedClients {
  const ranked = new RankedClients(limit);
  const rank = rankBy(report.findings);
  const unmade = unmadeWhereNothingFound(report);
  if (unmade === null) {
    for (const client of report.clients) ranked.take(rank(client), () => client);
    return ranked;
  }
  for (const each of unmade.glances()) {
    if (each.counts !== null) ranked.take(each.counts ? COUNTING : OTHERS, () => each.made());
    else {
      const client = each.made();
      ranked.take(rank(client), () => client);
    }
  }
  return ranked;
}

/** Those that were kept out stand first. */
function rankBy(findings: readonly Finding[]): (client: Client) => number {
  const contenders = new Set(findings.filter(isAccusing).map(contenderKey));
  const holders = new Set(findings.map(holderKey));
  return (client) => {
    const key = clientKey(client, client.responder);
    if (contenders.has(key) || client.outcome.kind === "kept-out") return 0;
    if (holders.has(key)) return 1;
    return client.anomaly !== null ? 2 : client.pattern.kind === "sequential" ? COUNTING : OTHERS;
  };
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
