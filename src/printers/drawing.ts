/**
 * A time line as SVG: a lane for each client, a bar for the life of each IKE SA, a mark for each quick mode, and a line
 * from the holder's lane to each attempt on an ID that it held. Shape and text tell what colour tells; attributes
 * stand where a policy may drop the style.
 */

import { inWords } from "../report/advice/words.ts";
import type { Clock } from "../report/clock.ts";
import type { Join, Lane, Mark, Timeline } from "../report/timeline.ts";
import { html } from "./html-text.ts";
import { shortId } from "./short-id.ts";
import { ticksOf } from "./ticks.ts";

/** Where things stand; a page shows the wide drawing or the narrow one, whatever fits. */
interface Layout {
  name: string;
  width: number;
  /** Left edge of the time axis. */
  left: number;
  lane: number;
  /** Of the bar, below the lane's upper edge. */
  middle: number;
  /** Base line of the client's name, below the lane's upper edge. */
  label: number;
  ticks: number;
}

const WIDE: Layout = { name: "wide", width: 1000, left: 200, lane: 36, middle: 18, label: 22, ticks: 8 };
/** For a phone: the name stands above the bar. */
const NARROW: Layout = { name: "narrow", width: 360, left: 12, lane: 56, middle: 38, label: 14, ticks: 4 };
const RIGHT = 30;
const TOP = 34;
/** Marks of one lane that have their message ID beside them; the others tell it when pointed at. */
const MAX_LABELLED = 12;
/** Room that a written ID, a tick's label and a verdict take, in units of the drawing. */
const LABEL_ROOM = 34;
const TICK_ROOM = 34;
const VERDICT_ROOM = 84;

/** The wide and the narrow drawing; the style shows one of them. */
export function drawings(timeline: Timeline, number: number, clock: Clock): string {
  return [WIDE, NARROW].map((layout) => drawing(timeline, number, clock, layout)).join("");
}

function drawing(timeline: Timeline, number: number, clock: Clock, layout: Layout): string {
  const { responder, from, to, lanes, joins } = timeline;
  const { width, left, lane } = layout;
  const height = TOP + lanes.length * lane + 16;
  const scale = (at: number) => left + ((at - from) / Math.max(1, to - from)) * (width - left - RIGHT);
  const title = `time-line-${number}-${layout.name}`;
  const verdicts = new Map<number, number>();
  return [
    `<svg class="${layout.name}" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-labelledby="${title} ${title}-text" font-family="sans-serif" font-size="12">`,
    `<title id="${title}">Clients of ${html(responder)} over time</title>`,
    `<desc id="${title}-text">${html(description(timeline))}</desc>`,
    ...axis(timeline, scale, height, clock, layout),
    ...lanes.map((each, i) => laneOf(each, TOP + i * lane, scale, from, layout)),
    ...joins.map((join) => joinOf(join, scale, layout, verdicts)),
    "</svg>\n",
  ].join("\n");
}

function description({ lanes, joins, from, to }: Timeline): string {
  const said = joins
    .slice(0, 5)
    .map(
      ({ contender, holder, messageId, verdict }) =>
        `${lanes[contender].client} on ${messageId}, which ${lanes[holder].client} held: ${verdict}`,
    );
  const more = joins.length > 5 ? `; and ${joins.length - 5} more` : "";
  const met = joins.length === 0 ? "no attempt on a held message ID" : `attempts: ${said.join("; ")}${more}`;
  return `${lanes.length} clients in ${inWords((to - from) / 1e6)}; ${met}.`;
}

function axis(
  { from, to }: Timeline,
  scale: (at: number) => number,
  height: number,
  clock: Clock,
  { width, ticks }: Layout,
): string[] {
  return ticksOf(from, to, ticks, clock).map(({ at, label }) => {
    const x = scale(at);
    const anchor = x < TICK_ROOM ? "start" : x > width - TICK_ROOM ? "end" : "middle";
    return `<line class="axis" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${TOP - 10}" y2="${height - 12}" stroke="#ccc" /><text x="${x.toFixed(1)}" y="14" text-anchor="${anchor}">${html(label)}</text>`;
  });
}

function laneOf(
  { client, lives, marks }: Lane,
  top: number,
  scale: (at: number) => number,
  from: number,
  layout: Layout,
): string {
  const middle = top + layout.middle;
  const bars = lives.map((life) => {
    const x = scale(life.from);
    const width = Math.max(2, scale(life.to) - x);
    const text = `IKE SA of ${client}, seen for ${inWords((life.to - life.from) / 1e6)}`;
    return `<rect class="life" x="${x.toFixed(1)}" y="${middle - 4}" width="${width.toFixed(1)}" height="8" fill="#bbb"><title>${html(text)}</title></rect>`;
  });
  let free = Number.NEGATIVE_INFINITY;
  const drawn = marks.map((mark) => {
    const x = scale(mark.at);
    const labelled = marks.length <= MAX_LABELLED && x >= free;
    if (labelled) free = x + LABEL_ROOM;
    return markOf(mark, x, middle, client, labelled ? shortened(mark.messageId) : null, from);
  });
  return [
    `<line class="rule" x1="0" x2="${layout.width}" y1="${top + layout.lane}" y2="${top + layout.lane}" stroke="#ccc" />`,
    `<text x="4" y="${top + layout.label}">${html(client)}</text>`,
    ...bars,
    ...drawn,
  ].join("\n");
}

/** Accepted: a filled circle. Refused or unanswered: a cross. Open: a hollow diamond. Several: a square. */
function markOf(
  mark: Mark,
  x: number,
  y: number,
  client: string,
  label: string | null,
  from: number,
): string {
  const what =
    mark.count > 1
      ? `${mark.count} quick modes, the first with ${mark.messageId}`
      : `quick mode ${mark.messageId}`;
  const verdict = mark.verdict === null ? "" : `, on an ID that another client held: ${mark.verdict}`;
  const text = `${client}, +${inWords((mark.at - from) / 1e6)}: ${what}, ${mark.outcome}${verdict}`;
  const at = x.toFixed(1);
  const name =
    label === null
      ? ""
      : `<text x="${at}" y="${y - 9}" dx="-4" text-anchor="end" font-size="10">${html(label)}</text>`;
  return `<g><title>${html(text)}</title>${shape(mark, x, y)}${name}</g>`;
}

function shape({ outcome }: Mark, x: number, y: number): string {
  const at = (dx: number, dy: number) => `${(x + dx).toFixed(1)} ${y + dy}`;
  if (outcome === "several") {
    return `<path class="open" d="M${at(-5, -5)} L${at(5, -5)} L${at(5, 5)} L${at(-5, 5)} Z" fill="none" stroke="#555" stroke-width="2" />`;
  }
  switch (outcome) {
    case "completed":
    case "answered":
      return `<circle class="good" cx="${x.toFixed(1)}" cy="${y}" r="5" fill="#1a6b35" />`;
    case "refused":
    case "unanswered":
      return `<path class="bad" d="M${at(-5, -5)} L${at(5, 5)} M${at(-5, 5)} L${at(5, -5)}" fill="none" stroke="#b3261e" stroke-width="3" />`;
    default:
      return `<path class="open" d="M${at(0, -6)} L${at(6, 0)} L${at(0, 6)} L${at(-6, 0)} Z" fill="none" stroke="#555" stroke-width="2" />`;
  }
}

/** @param verdicts where the last verdict of each lane was written, so that two never cross */
function joinOf(
  { holder, contender, at, verdict, finding }: Join,
  scale: (at: number) => number,
  { width, lane, middle }: Layout,
  verdicts: Map<number, number>,
): string {
  const x = scale(at);
  const y = (row: number) => TOP + row * lane + middle;
  const down = contender > holder ? 1 : -1;
  const start = y(holder) + 4 * down;
  const end = y(contender) - 8 * down;
  const dashes = verdict === "rejected" ? "" : ' stroke-dasharray="4 3"';
  const line = `<line class="join ${verdict}" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${start}" y2="${end}" stroke="#b3261e" stroke-width="2"${dashes} />`;
  const before = verdicts.get(contender);
  if (before !== undefined && x - before < VERDICT_ROOM) return line;
  verdicts.set(contender, x);
  const atEnd = x > width - VERDICT_ROOM;
  return `${line}\n<text class="${verdict}" x="${x.toFixed(1)}" dx="${atEnd ? -8 : 8}" y="${y(contender) + 15}" text-anchor="${atEnd ? "end" : "start"}" font-size="11" font-weight="bold">${finding}: ${verdict}</text>`;
}

/** IDs in a drawing: 1 and not 0x00000001, where the client counts; a random one by its first digits. */
function shortened(id: string): string {
  const short = shortId(id);
  return short === id ? `${id.slice(2, 6)}…` : short;
}
