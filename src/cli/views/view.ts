/** What a person sees on standard error while a capture runs: blocks of text, or one screen. */

import type { LiveAnalysis } from "../../analysis/analysis.ts";
import type { LiveStatus } from "../../analysis/run.ts";
import type { Paint } from "../../printers/text.ts";
import type { Clock } from "../../report/clock.ts";
import type { HostNames } from "../../report/host-names.ts";
import type { Line } from "../../report/lines.ts";
import type { Finding } from "../../report/model.ts";

export interface View {
  /** Takes what is new or has changed. Not the last lines of an input: its report says the same at once. */
  lines(lines: readonly Line[], analysis: LiveAnalysis): void;
  /** Called ten times a second. @param live packets come as they happen; false: a recording is read */
  status(analysis: LiveAnalysis, status: LiveStatus | undefined, live: boolean): void;
  /** Takes away what would be in the way of other output. */
  erase(): void;
}

export interface ViewOptions {
  write: (text: string) => void;
  paint: Paint;
  clock: Clock;
  /** Shown beside addresses. */
  names: HostNames;
  /** Tolerated findings are shown, too. */
  all: boolean;
  /** Milliseconds of a clock that does not step. */
  now: () => number;
}

/** Findings that a view remembers, so as to number them and to see what changed; the oldest are forgotten first. */
const MAX_REMEMBERED = 1_000;

/** Findings by number, in the order in which they were first told. */
export class ToldFindings {
  readonly #known = new Map<string, { number: number; finding: Finding }>();
  #count = 0;

  /** Its number, and the finding as it was told before; null the first time. */
  take(finding: Finding): { number: number; before: Finding | null } {
    // Two clients that keep each other out in turn are two findings of one fingerprint.
    const key = `${finding.fingerprint} ${finding.contender.address} ${finding.contender.port}`;
    const known = this.#known.get(key);
    const number = known?.number ?? ++this.#count;
    if (known === undefined && this.#known.size >= MAX_REMEMBERED) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    this.#known.set(key, { number, finding });
    return { number, before: known?.finding ?? null };
  }
}

/** Tolerated findings are for those who ask for all. */
export function isShown(line: Line, all: boolean): line is Extract<Line, { finding: Finding }> {
  if (line.type !== "finding" && line.type !== "finding-update") return false;
  if (all || line.finding.verdict !== "tolerated") return true;
  return line.type === "finding-update" && line.previous.verdict !== "tolerated";
}
