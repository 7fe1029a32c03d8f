/** The table's findings: a row each, or a row for each group where there are many, and the details of the first. */

import { ClientRows } from "../report/advice/facts.ts";
import { zoneLabel } from "../report/clock.ts";
import type { Finding, Report, Source, Verdict } from "../report/model.ts";
import { baseName, counted, endpoint } from "../report/phrases.ts";
import { briefOf } from "../report/terms/terms.ts";
import { type BlockContext, findingBlock } from "./finding-block.ts";
import { type Align, grid, MAX_ROWS, more, type Page, rowLimit, title } from "./page.ts";
import { shortId } from "./short-id.ts";
import { wrap } from "./text.ts";

/** Rows at a glance; beyond, findings stand in groups. */
const ROWS = 20;
const DETAILS = 3;
const RANK: Record<Verdict, number> = { rejected: 0, predicted: 1, possible: 2, tolerated: 3 };

export function isAccusing({ verdict }: Finding): boolean {
  return verdict !== "tolerated";
}

/** The findings that are shown, worst first. */
function shownFindings({ report, all }: Page): Finding[] {
  return report.findings
    .filter((finding) => all || isAccusing(finding))
    .sort((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}

/** The rows, without details. */
export function findingRows(page: Page): string[] {
  const { report, all } = page;
  const shown = shownFindings(page);
  const lines: string[] = [];
  if (shown.length > 0) {
    const limit = rowLimit(page, ROWS);
    lines.push(...title(page, "Findings"));
    lines.push(
      ...(shown.length > ROWS && !all ? groupGrid(page, shown) : rowGrid(page, shown.slice(0, limit))),
    );
  }
  const { tolerated } = report.summary.findings;
  if (tolerated > 0 && !all) {
    const text = `${tolerated} tolerated: ${briefOf("verdict", "tolerated")}. --all shows them.`;
    lines.push("", ...wrap(text, page.width));
  }
  return lines;
}

/** Addresses with a port only where several clients share one. */
function namer({ clients, findings }: Report): (address: string | null, port: number | null) => string {
  const ports = new Map<string, Set<number | null>>();
  const involved = findings.flatMap(({ holder, contender }) => [holder, contender]);
  for (const { address, port } of [...clients, ...involved]) {
    if (address !== null) ports.set(address, (ports.get(address) ?? new Set()).add(port));
  }
  return (address, port) => {
    if (address === null) return "not visible";
    return endpoint(address, ports.get(address)!.size > 1 ? port : null);
  };
}

function rowGrid(page: Page, findings: readonly Finding[]): string[] {
  const { report, clock } = page;
  const name = namer(report);
  const several = new Set(report.findings.map(({ responder }) => responder)).size > 1;
  const times = findings.map(({ attempts }) => clock.cell(attempts[0].at));
  const day = times[0].slice(0, 10);
  const oneDay = times.every((time) => time.startsWith(day));
  const head = [
    "#",
    "verdict",
    "severity",
    ...(several ? ["gateway"] : []),
    "connected first",
    "kept out",
    "ID",
    "tries",
    oneDay ? `first try, ${day} (${zoneLabel(clock)})` : `first try (${zoneLabel(clock)})`,
  ];
  const rows = findings.map(
    ({ verdict, severity, responder, holder, contender, messageIds, attempts }, i) => [
      i + 1,
      verdict,
      severity,
      ...(several ? [responder] : []),
      name(holder.address, holder.port),
      name(contender.address, contender.port),
      idsCell(messageIds),
      attempts.length,
      oneDay ? times[i].slice(11) : times[i],
    ],
  );
  return grid(page, head, rows, alignsOf(head));
}

function alignsOf(head: readonly string[]): Align[] {
  return head.map((name) => (["#", "tries", "clients"].includes(name) ? "right" : "left"));
}

/** IDs of counting clients as the small numbers that they are. */
function idsCell(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).map(shortId);
  return shown.join(" ") + (ids.length > 3 ? ` +${ids.length - 3}` : "");
}

interface Group {
  verdict: Verdict;
  responder: string;
  holder: string;
  findings: Finding[];
}

/** One row for each verdict, gateway and holder. */
function groupGrid(page: Page, findings: readonly Finding[]): string[] {
  const { clock } = page;
  const name = namer(page.report);
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const { verdict, responder } = finding;
    const holder = name(finding.holder.address, finding.holder.port);
    const key = `${verdict} ${responder} ${holder}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { verdict, responder, holder, findings: [finding] });
    else known.findings.push(finding);
  }
  const sorted = [...groups.values()].sort(
    (a, b) => RANK[a.verdict] - RANK[b.verdict] || b.findings.length - a.findings.length,
  );
  const head = [
    "verdict",
    "gateway",
    "connected first",
    "clients",
    "kept out",
    `first try (${zoneLabel(clock)})`,
  ];
  const rows = sorted.slice(0, ROWS).map(({ verdict, responder, holder, findings: own }) => {
    const kept = [...new Set(own.map(({ contender }) => name(contender.address, contender.port)))];
    const first = own.map(({ attempts }) => attempts[0].at).sort()[0];
    const rest = kept.length > 2 ? ` +${kept.length - 2}` : "";
    return [verdict, responder, holder, kept.length, kept.slice(0, 2).join(" ") + rest, clock.cell(first)];
  });
  return [
    ...grid(page, head, rows, alignsOf(head)),
    ...more(sorted.length, "group", ROWS),
    `  ${counted(findings.length, "finding")}, here by who connected first; --all shows each.`,
  ];
}

/** Details of the first findings, as many lines as there is room for; all of them with --all. */
export function detailLines(page: Page, room: number): string[] {
  const shown = shownFindings(page);
  // What tells of findings asks for all clients.
  if (shown.length === 0) return [];
  const context = blockContext(page);
  const lines: string[] = [];
  let count = 0;
  for (const finding of shown.slice(0, page.all ? MAX_ROWS : DETAILS)) {
    const block = ["", ...findingBlock(finding, count + 1, context)];
    if (!page.all && lines.length + block.length > room) break;
    lines.push(...block);
    count += 1;
  }
  if (count < shown.length) {
    const left = counted(shown.length - count, "more finding");
    lines.push("", page.all ? `... ${left}, use --json` : `... details of ${left}: --all`);
  }
  return lines;
}

function blockContext({ report, paint, width, clock, all }: Page): BlockContext {
  const rows = new ClientRows(report.clients);
  return {
    paint,
    width,
    clock,
    brief: !all,
    client: (address, port, responder) => rows.of({ address, port }, responder),
    responder: (address) =>
      report.responders.find((row) => row.address === address || row.aliases.includes(address)),
    packet: (frame, source) =>
      `${placeWord(source, report.capture.sources)} ${frame}${sourceText(source, report.capture.sources)}`,
  };
}

/** A log has lines, a capture frames. */
function placeWord(name: string, sources: readonly Source[]): string {
  const isLog = sources.some((source) => source.name === name && source.format.startsWith("asa-syslog"));
  return isLog ? "line" : "frame";
}

/** As much of a source's name as is needed to know it: nothing, the last part of the path, or all. */
function sourceText(name: string, sources: readonly Source[]): string {
  if (sources.length === 1) return "";
  const short = baseName(name);
  return ` of ${sources.filter((source) => baseName(source.name) === short).length === 1 ? short : name}`;
}
