/**
 * One screen on a terminal that is drawn over itself: gateways, who is kept out and who is connected there, and the
 * last events. It needs nothing but "cursor up" and "erase to the end" of a terminal, takes no more lines than there
 * are, and leaves nothing behind when it is erased.
 */

import type { LiveAnalysis } from "../../analysis/analysis.ts";
import type { LiveStatus } from "../../analysis/run.ts";
import { clipped, type Paint, printable } from "../../printers/text.ts";
import { zoneLabel } from "../../report/clock.ts";
import { sentenceWithHostNames, withHostNames } from "../../report/host-names.ts";
import type { Line } from "../../report/lines.ts";
import type { Finding } from "../../report/model.ts";
import { counted, span } from "../../report/phrases.ts";
import type { ClientPresence, ClientState, GatewayPresence } from "../../report/presence.ts";
import { isoTime } from "../../report/time.ts";
import { isShown, ToldFindings, type View, type ViewOptions } from "./view.ts";

export interface ScreenOptions extends ViewOptions {
  /** Size of the terminal, asked for at each drawing: it can change. */
  size: () => { columns: number; rows: number };
}

const REDRAW_MS = 500;
/** A picture of ten thousand clients takes a while: it may take no more than this share of the time. */
const MAX_SHARE = 0.1;
const EVENTS = 6;
/** Head, counts, and an empty line before the events with their heading. */
const FIXED_LINES = 4;
const ORDER: readonly ClientState[] = ["kept out", "dialling", "connected", "left"];

export class ScreenView implements View {
  readonly #options: ScreenOptions;
  readonly #told = new ToldFindings();
  readonly #startedAt: number;
  readonly #events: { at: string | null; text: string; urgent: boolean }[] = [];
  #drawnAt = Number.NEGATIVE_INFINITY;
  #cost = 0;
  /** Width at the last drawing. */
  #columns: number;
  /** Lines on the terminal, with the cursor at the end of the last. */
  #drawn = 0;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#columns = options.size().columns;
  }

  lines(lines: readonly Line[]): void {
    for (const line of withHostNames(lines, this.#options.names)) {
      if (line.type === "warning") this.#event(line.at, `${line.code}: ${line.message}`, false);
      else if (isShown(line, this.#options.all)) {
        this.#event(line.at, this.#findingText(line), line.finding.verdict === "rejected");
      }
    }
  }

  status(analysis: LiveAnalysis, status: LiveStatus | undefined, live: boolean): void {
    const { now } = this.#options;
    const began = now();
    if (began - this.#drawnAt < Math.max(REDRAW_MS, this.#cost / MAX_SHARE)) return;
    const head = this.#head(analysis, status);
    this.#draw(live ? [...head, ...this.#picture(analysis)] : head.slice(0, 1));
    this.#drawnAt = now();
    this.#cost = this.#drawnAt - began;
  }

  erase(): void {
    if (this.#drawn > 0) this.#options.write(`${this.#home()}\x1b[J`);
    this.#drawn = 0;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }

  /** Moves the cursor to where the drawing begins. */
  #home(): string {
    return this.#drawn > 1 ? `\r\x1b[${this.#drawn - 1}A` : "\r";
  }

  #draw(lines: readonly string[]): void {
    const { columns, rows } = this.#options.size();
    // What a terminal made of wider lines when it became narrower is not known.
    const home = columns === this.#columns ? this.#home() : "\x1b[H\x1b[2J";
    this.#columns = columns;
    // The last column stays free: a terminal would wrap there. So does the last line.
    const shown = lines.slice(0, Math.max(1, rows - 1)).map((line) => clipped(line, columns - 1));
    const painted = shown.map((line, row) => `${this.#painted(line, row)}\x1b[K`);
    this.#options.write(`${home}${painted.join("\n")}\x1b[J`);
    this.#drawn = shown.length;
  }

  #painted(line: string, row: number): string {
    const { paint } = this.#options;
    if (row === 0) return paint("bold", line);
    return line.startsWith("  kept out ") ? paint("red", line) : heading(line, paint);
  }

  #event(at: string | null, text: string, urgent: boolean): void {
    this.#events.push({ at, text, urgent });
    if (this.#events.length > EVENTS) this.#events.shift();
  }

  #findingText(line: Extract<Line, { finding: Finding }>): string {
    const { holder, contender, responder, verdict } = line.finding;
    const { number, before } = this.#told.take(line.finding);
    const who = `${contender.address} at ${responder}`;
    if (line.type === "finding-update" && line.withdrawn) return `#${number} withdrawn: ${who} got in`;
    const was = before === null || before.verdict === verdict ? "" : `${before.verdict} -> `;
    const how = verdict === "rejected" ? "kept out by" : "against";
    const whom = holder.address === null ? who : `${contender.address} ${how} ${holder.address}`;
    return `#${number} ${was}${verdict}: ${whom}`;
  }

  #head(analysis: LiveAnalysis, status: LiveStatus | undefined): string[] {
    const { now, clock } = this.#options;
    const { findings, closed } = analysis.tally;
    const found = accusing(findings) + accusing(closed.findings);
    const parts = [
      status === undefined ? "reading" : status.sources.map(({ name }) => name).join(", "),
      counted(analysis.packets, "packet"),
      counted(found, "finding"),
    ];
    if (status !== undefined) {
      const { kernel, queue } = status.dropped;
      parts.push(`${(kernel ?? 0) + queue} dropped`);
      const waiting = status.sources.filter(({ state }) => state !== "capturing").map(({ name }) => name);
      if (waiting.length > 0) parts.push(`waiting for ${waiting.join(", ")}`);
    }
    parts.push(span((now() - this.#startedAt) / 1_000));
    const time = analysis.time(now());
    const at = time === null ? "no packet yet" : `${clock.cell(time)} ${zoneLabel(clock)}`;
    return [printable(`ike-dupcheck: ${parts.join(", ")}`), `${at}; Ctrl-C ends it and gives the report`];
  }

  #picture(analysis: LiveAnalysis): string[] {
    const { clock } = this.#options;
    const { rows } = this.#options.size();
    const events = this.#events.slice(-Math.min(EVENTS, Math.max(1, rows - 12)));
    const told = events.map(
      ({ at, text }) => `  ${at === null ? "" : `${clock.cell(at).slice(11)}  `}${printable(text)}`,
    );
    const room = rows - 1 - FIXED_LINES - Math.max(1, told.length);
    return [
      ...this.#gateways(analysis, room),
      "",
      "Last events",
      ...(told.length > 0 ? told : ["  none yet"]),
    ];
  }

  /** At most `room` lines: gateways with clients that are kept out first, and of each the clients that matter. */
  #gateways(analysis: LiveAnalysis, room: number): string[] {
    const now = analysis.clockAt(this.#options.now());
    const gateways = analysis.presence(this.#options.now()).sort((a, b) => keptOut(b) - keptOut(a));
    if (gateways.length === 0) return ["", "No gateway seen yet."];
    const lines: string[] = [];
    for (const [i, gateway] of gateways.entries()) {
      const left = room - lines.length;
      const isLast = i === gateways.length - 1;
      // A heading, one client, and what stands for the rest.
      if (left < (isLast ? 3 : 4)) {
        lines.push(`... ${counted(gateways.length - i, "more gateway")}`);
        break;
      }
      lines.push(...this.#gateway(gateway, now, isLast ? left : left - 1));
    }
    return lines;
  }

  #gateway({ gateway, make, clients }: GatewayPresence, now: number, room: number): string[] {
    const counts = ORDER.map(
      (state) => [clients.filter((each) => each.state === state).length, state] as const,
    )
      .filter(([count]) => count > 0)
      .map(([count, state]) => `${count} ${state}`);
    const named = (text: string) => sentenceWithHostNames(text, this.#options.names);
    const head = printable(`Gateway ${named(gateway)} (${make ?? "make unknown"}): ${counts.join(", ")}`);
    const sorted = clients
      .map((client) => ({ ...client, name: named(client.name) }))
      .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.lastAt - a.lastAt);
    const width = Math.max(...sorted.slice(0, room).map(({ name }) => name.length));
    const all = sorted.map((client) => this.#client(client, now, width));
    if (all.length + 2 <= room) return ["", head, ...all];
    const shown = all.slice(0, Math.max(0, room - 3));
    return ["", head, ...shown, `  ... ${counted(all.length - shown.length, "more client")}`];
  }

  #client({ name, state, since, lastAt, tries }: ClientPresence, now: number, width: number): string {
    const { clock } = this.#options;
    const from = clock.cell(isoTime(since, 0, 6)).slice(11);
    const ago = `last sign ${span(Math.max(0, (now - lastAt) / 1e6))} ago`;
    const what = {
      "kept out": `${counted(tries, "try", "tries")} since ${from}, ${ago}`,
      connected: `since ${from}, ${ago}`,
      dialling: `since ${from}`,
      left: ago,
    }[state];
    return `  ${state.padEnd(9)}  ${printable(name).padEnd(width)}  ${what}`;
  }
}

function heading(line: string, paint: Paint): string {
  return /^(Gateway|Last events)/.test(line) ? paint("bold", line) : line;
}

function keptOut({ clients }: GatewayPresence): number {
  return clients.filter(({ state }) => state === "kept out").length;
}

function accusing(counts: { rejected: number; predicted: number; possible: number }): number {
  return counts.rejected + counts.predicted + counts.possible;
}
