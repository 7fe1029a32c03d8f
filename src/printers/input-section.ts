/** The table's warnings, and what was read: in full with --verbose or --all, else only where it matters. */

import type { Source } from "../report/model.ts";
import { counted, ENDS } from "../report/phrases.ts";
import type { TermKind } from "../report/terms/term.ts";
import { briefOf } from "../report/terms/terms.ts";
import { grid, MAX_ROWS, more, type Page, paragraph, title } from "./page.ts";
import { witnessInputs } from "./witness-lines.ts";

/** Lines of warnings at a glance. */
const WARNING_LINES = 14;
const SOURCES = 4;

/** What keeps "nothing found" from meaning "clean": warnings, and gaps that are not warnings. */
export function warningLines(page: Page): string[] {
  const { warnings, coverage } = page.report;
  const said = new Set(warnings.map(({ message }) => message));
  const gaps = coverage.gaps.filter(({ message }) => !said.has(message));
  const all = [...warnings, ...gaps];
  if (all.length === 0) return [];
  const lines = title(page, "Warnings");
  let shown = 0;
  for (const { code, message } of all.slice(0, MAX_ROWS)) {
    const own = paragraph(page, `${code}: ${message}`);
    if (shown > 0 && !isFull(page) && lines.length + own.length > WARNING_LINES) break;
    lines.push(...own);
    shown += 1;
  }
  if (shown < all.length) {
    const where = isFull(page) ? "use --json" : "--all shows them";
    lines.push(`  ... ${counted(all.length - shown, "more warning")}, ${where}`);
  }
  return lines;
}

function isFull({ all, verbose }: Page): boolean {
  return all || verbose;
}

/** A log has no packets, and stands among the witnesses. */
function isOdd({ format, end, problem, packets }: Source): boolean {
  return end !== "clean" || problem !== null || (packets === 0 && !format.startsWith("asa-syslog"));
}

/** Files that were read whole are of no interest at a glance. */
export function inputLines(page: Page): string[] {
  const { sources } = page.report.capture;
  const odd = sources.filter(isOdd);
  const beside = witnessSection(page);
  if (isFull(page)) return [...sourceLines(page, sources, MAX_ROWS), ...beside, ...packetLines(page)];
  return [
    ...beside,
    ...(odd.length > 0 || page.report.live !== undefined ? sourceLines(page, odd, SOURCES) : []),
    ...malformedLines(page),
  ];
}

/** Keys, logs and events that were given. */
function witnessSection(page: Page): string[] {
  const lines = witnessInputs(page.report.capture, (name) => name);
  return lines.length === 0
    ? []
    : [...title(page, "Witnesses"), ...lines.flatMap((line) => paragraph(page, line))];
}

function sourceLines(page: Page, sources: readonly Source[], limit: number): string[] {
  const lines = title(page, "Captures");
  for (const source of sources.slice(0, limit)) {
    const { name, format, packets, firstPacketAt, lastPacketAt, end, problem } = source;
    const times =
      firstPacketAt === null || lastPacketAt === null
        ? ""
        : `, ${page.clock.range(firstPacketAt, lastPacketAt)}`;
    const why = problem?.startsWith(`${name}: `) ? problem.slice(name.length + 2) : problem;
    const fault = end === "clean" ? "" : `; ${ENDS[end]}${why === null ? "" : `: ${why}`}`;
    lines.push(...paragraph(page, `${name}: ${format}, ${counted(packets, "packet")}${times}${fault}`));
  }
  return [...lines, ...more(sources.length, "capture", limit), ...liveLines(page)];
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

function reasons(kind: TermKind, counts: Record<string, number>): (string | number)[][] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => [count, reason, briefOf(kind, reason) ?? ""]);
}

function countGrid(page: Page, what: string, rows: (string | number)[][]): string[] {
  return rows.length === 0 ? [] : grid(page, ["packets", what, ""], rows, ["right", "left", "left"]);
}

function malformedLines(page: Page): string[] {
  const counts = countGrid(
    page,
    "malformed because",
    reasons("malformed messages", page.report.capture.malformed),
  );
  return counts.length === 0 ? [] : [...title(page, "Packets"), ...counts];
}

function packetLines(page: Page): string[] {
  const { packets, messages, quickModeMessages, skipped, malformed, echoes, retransmissions, evicted } =
    page.report.capture;
  const dropped = Object.entries(evicted).filter(([, count]) => count > 0);
  return [
    ...title(page, "Packets"),
    ...paragraph(
      page,
      `${packets} read. IKEv1 messages: ${messages.ikev1}, of them ${quickModeMessages} of quick mode, ${counted(retransmissions, "retransmission")}, ${counted(echoes, "echo", "echoes")}. Not judged: ${messages.ikev2} IKEv2, ${messages.authip} AuthIP, ${messages.malformed} malformed.`,
    ),
    ...countGrid(page, "malformed because", reasons("malformed messages", malformed)),
    ...countGrid(page, "skipped because", reasons("packets skipped", skipped)),
    ...dropped.flatMap(([name, count]) => paragraph(page, `Dropped from a full table: ${count} of ${name}.`)),
  ];
}
