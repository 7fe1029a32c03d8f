/**
 * What a person sees while a capture runs, on standard error: one status line on a terminal, and a block for each
 * finding when it is found and when it changes.
 */

import type { LiveAnalysis } from "../analysis/analysis.ts";
import type { LiveStatus } from "../analysis/run.ts";
import { type BlockContext, findingBlock } from "../printers/finding-block.ts";
import { type Paint, printable } from "../printers/text.ts";
import type { Clock } from "../report/clock.ts";
import type { Line } from "../report/lines.ts";
import type { Finding } from "../report/model.ts";
import { counted, span } from "../report/phrases.ts";

export interface ViewOptions {
  write: (text: string) => void;
  paint: Paint;
  width: number;
  /** A status line is drawn; null without a terminal. */
  columns: number | null;
  clock: Clock;
  /** Tolerated findings are shown, too. */
  all: boolean;
  /** Milliseconds of a clock that does not step. */
  now: () => number;
}

const REDRAW_MS = 500;

export class LiveView {
  readonly #options: ViewOptions;
  readonly #numbers = new Map<string, number>();
  readonly #startedAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #length = 0;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  /** Shows findings and their changes; warnings go the way of all messages. */
  lines(lines: readonly Line[], analysis: LiveAnalysis): void {
    // All of them are of one judgement, and a report is large: it is built once, for the first that is shown.
    let built: BlockContext | null = null;
    const context = () => {
      built ??= blockContext(analysis, this.#options);
      return built;
    };
    for (const line of lines) {
      if (line.type !== "finding" && line.type !== "finding-update") continue;
      const was = line.type === "finding" ? null : line.previous.verdict;
      const tolerated = line.finding.verdict === "tolerated" && (was === null || was === "tolerated");
      if (tolerated && !this.#options.all) continue;
      this.erase();
      this.#options.write(`${this.#block(line, context).join("\n")}\n\n`);
    }
  }

  /** Draws the status line, twice a second at most. */
  status(analysis: LiveAnalysis, status: LiveStatus | undefined): void {
    const { columns, now, write } = this.#options;
    if (columns === null || now() - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now();
    const text = printable(statusText(analysis, status, (now() - this.#startedAt) / 1_000)).slice(
      0,
      columns - 1,
    );
    write(`\r${text.padEnd(this.#length)}`);
    this.#length = text.length;
  }

  /** Leaves an empty line with the cursor at its begin. */
  erase(): void {
    if (this.#length === 0) return;
    this.#options.write(`\r${" ".repeat(this.#length)}\r`);
    this.#length = 0;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }

  #block(line: Line & { finding: Finding }, context: () => BlockContext): string[] {
    const { finding } = line;
    const { clock } = this.#options;
    const number = this.#numbers.get(finding.fingerprint) ?? this.#numbers.size + 1;
    this.#numbers.set(finding.fingerprint, number);
    const at = "at" in line && line.at !== null ? `${clock.second(line.at)}: ` : "";
    if (line.type === "finding") {
      return [`${at}new finding`, ...findingBlock(finding, number, context())];
    }
    if (line.type !== "finding-update") return [];
    if (line.withdrawn) {
      return [`${at}finding ${number} withdrawn: the quick mode was answered after all`];
    }
    return [
      `${at}finding ${number} changed; it was ${line.previous.verdict}, severity ${line.previous.severity}`,
      ...findingBlock(finding, number, context()),
    ];
  }
}

function blockContext(analysis: LiveAnalysis, { paint, width, clock }: ViewOptions): BlockContext {
  const { clients, responders, capture } = analysis.report();
  return {
    paint,
    width,
    clock,
    brief: true,
    client: (address, port, responder) =>
      clients.find((row) => row.address === address && row.port === port && row.responder === responder),
    responder: (address) => responders.find((row) => row.address === address),
    packet: (frame, source) =>
      capture.sources.length === 1 ? `frame ${frame}` : `frame ${frame} of ${source}`,
  };
}

export function statusText(analysis: LiveAnalysis, status: LiveStatus | undefined, seconds: number): string {
  const { clients, ikeSas, findings, closed } = analysis.tally;
  const accusing = (counts: typeof findings) => counts.rejected + counts.predicted + counts.possible;
  const parts = [
    counted(analysis.packets, "packet"),
    counted(clients, "client"),
    counted(ikeSas, "IKE SA"),
    counted(accusing(findings) + accusing(closed.findings), "finding"),
  ];
  if (status !== undefined) {
    const { kernel, queue } = status.dropped;
    parts.push(`${(kernel ?? 0) + queue} dropped`);
    const waiting = status.sources.filter(({ state }) => state !== "capturing").map(({ name }) => name);
    if (waiting.length > 0) parts.push(`waiting for ${waiting.join(", ")}`);
  }
  return `ike-dupcheck: ${parts.join(", ")}, ${span(seconds)}`;
}
