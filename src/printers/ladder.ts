/**
 * An attempt as a ladder, the way vendors draw IKE: a column for the client connected first, the gateway, and the
 * client kept out, time going down, an arrow for each packet. Narrow enough for a phone.
 */

import type { Clock } from "../report/clock.ts";
import type { Attempt, Finding } from "../report/model.ts";
import { endpoint } from "../report/phrases.ts";
import { exchangeRows } from "./exchange-rows.ts";
import { html } from "./html-text.ts";
import { shortId } from "./short-id.ts";

const WIDTH = 360;
/** Columns: holder, gateway, contender. */
const X = [64, 180, 296] as const;
const TOP = 56;
const ROW = 40;
const GATEWAY = 1;

const SHORT: Readonly<Record<string, string>> = {
  "first-message": "quick mode",
  "last-retransmission": "the same, last time",
  informational: "Informational",
};

/** The drawing; `name` is unique on the page. */
export function ladder(finding: Finding, attempt: Attempt, clock: Clock, name: string): string {
  const { holder, contender, responder } = finding;
  const holderName = holder.address === null ? "not visible" : endpoint(holder.address, holder.port);
  const names = [holderName, responder, endpoint(contender.address, contender.port)];
  const rows = exchangeRows(finding, attempt).map((row) => ({
    ...row,
    from: columnOf(row.from, names),
    to: columnOf(row.to, names),
  }));
  const height = TOP + rows.length * ROW + 22;
  const outcome = attempt.outcome === "unanswered" ? "no answer" : attempt.outcome;
  const heads = ["connected first", "gateway", "kept out"];
  return [
    `<svg class="ladder" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" aria-labelledby="${name}" font-family="sans-serif" font-size="11">`,
    `<title id="${name}">Packets between ${html(names[0])}, gateway ${html(responder)} and ${html(names[2])}</title>`,
    ...X.flatMap((x, i) => [
      `<text x="${x}" y="14" text-anchor="middle" font-weight="bold">${heads[i]}</text>`,
      `<text x="${x}" y="30" text-anchor="middle" font-size="${names[i].length > 21 ? 7 : 10}">${html(names[i])}</text>`,
      `<line class="axis" x1="${x}" x2="${x}" y1="38" y2="${height - 16}" stroke="#ccc" />`,
    ]),
    ...rows.map((row, i) => arrow(row.from, row.to, TOP + i * ROW + 14, labelOf(row, clock))),
    `<text class="${attempt.verdict}" x="${X[2]}" y="${height - 4}" text-anchor="middle" font-weight="bold">${html(outcome)}</text>`,
    "</svg>\n",
  ].join("\n");
}

function columnOf(name: string, names: readonly string[]): number {
  // The gateway's name first: a client may not be told from it by its column.
  return name === names[GATEWAY] ? GATEWAY : Math.max(0, names.lastIndexOf(name));
}

function labelOf(row: { at: string; messageId: string; what: string }, clock: Clock): [string, string] {
  const time = clock.cell(row.at).slice(11);
  const what = row.what.includes("last sign")
    ? "last sign of life"
    : row.what.includes("retransmission")
      ? SHORT["last-retransmission"]
      : row.what.includes("Informational")
        ? SHORT.informational
        : row.what.includes("later ID")
          ? "quick mode, later ID"
          : `${SHORT["first-message"]} ID ${shortId(row.messageId)}`;
  return [time, what];
}

function arrow(from: number, to: number, y: number, [time, what]: [string, string]): string {
  const [a, b] = [X[from], X[to]];
  const way = Math.sign(b - a) || 1;
  const tip = b - 2 * way;
  const middle = (a + b) / 2;
  return [
    `<line class="packet" x1="${a}" x2="${tip}" y1="${y}" y2="${y}" stroke="#555" stroke-width="1.5" />`,
    `<path class="packet" d="M${tip} ${y} L${tip - 7 * way} ${y - 4} L${tip - 7 * way} ${y + 4} Z" fill="#555" />`,
    `<text x="${middle}" y="${y - 5}" text-anchor="middle">${html(what)}</text>`,
    `<text class="time" x="${middle}" y="${y + 12}" text-anchor="middle" font-size="9">${html(time)}</text>`,
  ].join("");
}
