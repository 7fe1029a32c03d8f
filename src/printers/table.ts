/**
 * Report -> text for a person: one line that says it all, each finding as a block, then tables of responders
 * and clients, what was read and what was not, and the warnings. No string from input reaches the text unseen:
 * every one passes `printable`.
 */

import { basename } from "node:path";
import type { Client, Finding, Report, Source, Verdict } from "../report/model.ts";
import { clock, counted, endpoint } from "../report/phrases.ts";
import type { TermKind } from "../report/terms/term.ts";
import { briefOf, KB_SENTENCE } from "../report/terms/terms.ts";
import { type BlockContext, findingBlock, percent } from "./finding-block.ts";
import { headline } from "./headline.ts";
import { grid, MAX_ROWS, more, type Page, paragraph, title } from "./page.ts";
import { painter, type Style, wrap } from "./text.ts";

export interface TableOptions {
  color: boolean;
  /** Columns of the terminal; taken as at least 80 and at most 120. */
  width: number;
  /** Tolerated findings and every client, too. */
  all: boolean;
}

/** Message IDs that the table shows of each client. */
const SHOWN_IDS = 3;

const RANK: Record<Verdict, number> = { rejected: 0, predicted: 1, possible: 2, tolerated: 3 };
/** The report as text, with a line feed at its end. */
export function reportToTable(report: Report, options: TableOptions): string {
  const width = Math.min(120, Math.max(80, options.width));
  const page: Page = { report, paint: painter(options.color), width, all: options.all };
  const { rejected, predicted, possible } = report.summary.findings;
  const style: Style = rejected > 0 ? "red" : predicted + possible > 0 ? "yellow" : "bold";
  const lines = [
    page.paint(style, headline(report)),
    ...findingLines(page),
    ...responderLines(page),
    ...clientLines(page),
    ...sourceLines(page),
    ...packetLines(page),
    ...warningLines(page),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function findingLines(page: Page): string[] {
  const { report, all } = page;
  const shown = report.findings
    .filter((finding) => all || isAccusing(finding))
    .sort((a, b) => RANK[a.verdict] - RANK[b.verdict]);
  const lines = shown
    .slice(0, MAX_ROWS)
    .flatMap((finding, index) => ["", ...findingBlock(finding, index + 1, blockContext(page))]);
  lines.push(...more(shown.length, "finding"));
  const { tolerated } = report.summary.findings;
  if (tolerated > 0 && !all) {
    const text = `${tolerated} tolerated: ${briefOf("verdict", "tolerated")}. --all shows them.`;
    lines.push("", ...wrap(text, page.width));
  }
  return lines;
}

function isAccusing({ verdict }: Finding): boolean {
  return verdict !== "tolerated";
}

function blockContext({ report, paint, width }: Page): BlockContext {
  return {
    paint,
    width,
    client: (address, port, responder) =>
      report.clients.find(
        (row) => row.address === address && row.port === port && row.responder === responder,
      ),
    responder: (address) =>
      report.responders.find((row) => row.address === address || row.aliases.includes(address)),
    packet: (frame, source) => `frame ${frame}${sourceText(source, report.capture.sources)}`,
  };
}

/** As much of a source's name as is needed to know it: nothing, the last part of the path, or all. */
function sourceText(name: string, sources: readonly Source[]): string {
  if (sources.length === 1) return "";
  const short = basename(name);
  return ` of ${sources.filter((source) => basename(source.name) === short).length === 1 ? short : name}`;
}

function responderLines(page: Page): string[] {
  const { responders } = page.report;
  if (responders.length === 0) return [];
  const rows = responders
    .slice(0, MAX_ROWS)
    .map((row) => [
      [row.address, ...row.aliases].join(" = "),
      row.vendor ?? "unknown",
      row.clients,
      row.sequentialClients,
      row.peakConcurrentSequential,
    ]);
  const head = ["responder", "make", "clients", "sequential", "most of them at once"];
  // Where a collision was found the risk needs no line of its own.
  const accused = new Set(page.report.findings.filter(isAccusing).map(({ responder }) => responder));
  const exposed = responders.filter((row) => row.sequentialClients > 1 && !accused.has(row.address));
  return [
    ...title(page, "Responders"),
    ...grid(page, head, rows, ["left", "left", "right", "right", "right"]),
    ...more(responders.length, "responder"),
    ...exposed.slice(0, MAX_ROWS).flatMap(({ address, sequentialClients, peakConcurrentSequential }) => {
      const met =
        peakConcurrentSequential > 1 ? `up to ${peakConcurrentSequential} of them` : "never two of them";
      return paragraph(
        page,
        `Exposed: ${sequentialClients} clients of ${address} count their IDs from a small number, ${met} connected at once. When two of them use one ID at a time, ${KB_SENTENCE}.`,
      );
    }),
    ...more(exposed.length, "exposed responder"),
  ];
}

function clientLines(page: Page): string[] {
  const { report, all } = page;
  if (report.clients.length === 0) return [];
  const inFindings = new Set(report.findings.flatMap(partyKeys));
  const wanted = (client: Client) =>
    all ||
    client.pattern.kind === "sequential" ||
    client.anomaly !== null ||
    inFindings.has(partyKey(client, client.responder));
  const shown = report.clients.filter(wanted);
  const lines = title(page, "Clients");
  if (shown.length > 0) lines.push(...clientGrid(page, shown.slice(0, MAX_ROWS)));
  lines.push(...more(shown.length, "client"));
  for (const { address, port, anomaly } of shown.slice(0, MAX_ROWS)) {
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
  const several = page.report.responders.length > 1;
  const head = [
    "client",
    ...(several ? ["responder"] : []),
    "platform",
    "IDs",
    "first",
    "SAs",
    "last seen (UTC)",
  ];
  const rows = clients.map(({ address, port, responder, platform, pattern, lastSeenAt }) => {
    const { kind, confidence, byteOrder, messageIds, ids, ikeSas } = pattern;
    const swapped = byteOrder === "byte-swapped" ? ", byte-swapped" : "";
    const shown = messageIds.slice(0, SHOWN_IDS);
    return [
      endpoint(address, port),
      ...(several ? [responder] : []),
      platform ?? "unknown",
      `${kind}${swapped} (${percent(confidence)})`,
      shown.join(" ") + (ids > shown.length ? ` +${ids - shown.length}` : ""),
      ikeSas,
      lastSeenAt
        .slice(0, -1)
        .replace("T", " ")
        .replace(/\.\d+$/, ""),
    ];
  });
  return grid(
    page,
    head,
    rows,
    head.map((name) => (name === "SAs" ? "right" : "left")),
  );
}

function partyKey(party: { address: string | null; port: number | null }, responder: string): string {
  return `${party.address} ${party.port} ${responder}`;
}

function partyKeys({ holder, contender, responder }: Finding): string[] {
  return [partyKey(holder, responder), partyKey(contender, responder)];
}

function sourceLines(page: Page): string[] {
  const { sources } = page.report.capture;
  const lines = title(page, "Captures");
  for (const source of sources.slice(0, MAX_ROWS)) {
    const { name, format, packets, firstPacketAt, lastPacketAt, end, problem } = source;
    const times =
      firstPacketAt === null || lastPacketAt === null
        ? ""
        : `, ${clock(firstPacketAt)} to ${clock(lastPacketAt)}`;
    const fault = end === "clean" ? "" : `; ${end}${problem === null ? "" : `: ${problem}`}`;
    lines.push(...paragraph(page, `${name}: ${format}, ${counted(packets, "packet")}${times}${fault}`));
  }
  return [...lines, ...more(sources.length, "capture"), ...liveLines(page)];
}

/** How far a live capture can be relied on. */
function liveLines(page: Page): string[] {
  const { live } = page.report;
  if (live === undefined) return [];
  const { kernel, queue } = live.dropped;
  const lost = `Dropped: ${kernel === null ? "by the kernel not known" : `${kernel} by the kernel`}, ${queue} on the way.`;
  const closed = Object.values(live.closed.findings).reduce((sum, count) => sum + count, 0);
  const sentences = [
    live.times === "arrival" ? ARRIVAL : "",
    live.times === "as-written" ? "" : lost,
    live.interruptions > 0 ? `Broke off and begun again: ${live.interruptions}.` : "",
    live.closed.ikeSas > 0
      ? `Ended and no longer listed: ${counted(live.closed.ikeSas, "IKE SA")}, ${counted(closed, "finding")}.`
      : "",
  ];
  return paragraph(page, sentences.filter((sentence) => sentence !== "").join(" "));
}

const ARRIVAL =
  "Times are those at which packets reached the program, not the kernel's: under load they can be late by milliseconds or more.";

function packetLines(page: Page): string[] {
  const { packets, messages, quickModeMessages, skipped, malformed, echoes, retransmissions, evicted } =
    page.report.capture;
  const reasons = (kind: TermKind, counts: Record<string, number>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => [count, reason, briefOf(kind, reason) ?? ""]);
  const table = (what: string, rows: (string | number)[][]) =>
    rows.length === 0 ? [] : grid(page, ["packets", what, ""], rows, ["right", "left", "left"]);
  const dropped = Object.entries(evicted).filter(([, count]) => count > 0);
  return [
    ...title(page, "Packets"),
    ...paragraph(
      page,
      `${packets} read. IKEv1 messages: ${messages.ikev1}, of them ${quickModeMessages} of quick mode, ${counted(retransmissions, "retransmission")}, ${counted(echoes, "echo", "echoes")}. Not judged: ${messages.ikev2} IKEv2, ${messages.authip} AuthIP, ${messages.malformed} malformed.`,
    ),
    ...table("malformed because", reasons("malformed messages", malformed)),
    ...table("skipped because", reasons("packets skipped", skipped)),
    ...dropped.flatMap(([name, count]) => paragraph(page, `Dropped from a full table: ${count} of ${name}.`)),
  ];
}

function warningLines(page: Page): string[] {
  const { warnings } = page.report;
  if (warnings.length === 0) return [];
  return [
    ...title(page, "Warnings"),
    ...warnings.slice(0, MAX_ROWS).flatMap(({ code, message }) => paragraph(page, `${code}: ${message}`)),
    ...more(warnings.length, "warning"),
  ];
}
