/** Compares a report with the truth of its world, and adds up the table. */

import type { Report } from "../../src/index.ts";
import { VIEWS, type View } from "./view.ts";
import type { World } from "./world.ts";

/** An accusation that the world knows to be wrong. */
export interface Wrong {
  seed: number;
  view: View;
  theme: string;
  text: string;
  /** No capture can tell it from the fault, and the finding says so by its caveat. */
  untellable: boolean;
}

export interface Row {
  worlds: number;
  /** Attempts by verdict, and those of them that the gateway refused because the ID was held. */
  said: Record<string, number>;
  right: Record<string, number>;
  untellable: number;
  wrong: number;
  /** Refusals because of a connected holder, of a client that is otherwise acceptable; and those rejected. */
  refusals: number;
  recalled: number;
  /** The same for ghosts: the gateway alone knows that they hold the ID. */
  ghosts: number;
  ghostsRecalled: number;
}

export interface Missed {
  seed: number;
  sa: string;
  messageId: number;
}

const emptyRow = (): Row => ({
  worlds: 0,
  said: { rejected: 0, predicted: 0, possible: 0, tolerated: 0 },
  right: { rejected: 0, predicted: 0, possible: 0, tolerated: 0 },
  untellable: 0,
  wrong: 0,
  refusals: 0,
  recalled: 0,
  ghosts: 0,
  ghostsRecalled: 0,
});

export class Score {
  readonly rows = new Map<string, Row>();
  readonly wrong: Wrong[] = [];
  readonly missed: Missed[] = [];

  add(world: World, view: View, complete: boolean, report: Report): void {
    const row = this.#row(complete && world.loss === 0 ? `${view}, no loss` : view);
    row.worlds += 1;
    const truth = new Map(world.refusals.map((each) => [`${each.sa}/${each.messageId}`, each]));
    const rejected = new Set<string>();
    for (const finding of report.findings) {
      for (const attempt of finding.attempts) {
        const key = `${attempt.contenderSa.initiatorCookie}/${Number(attempt.messageId)}`;
        const refusal = truth.get(key);
        const held = refusal?.reason === "held";
        row.said[attempt.verdict] += 1;
        if (attempt.verdict === "tolerated" ? world.accepted.has(key) : held) row.right[attempt.verdict] += 1;
        if (attempt.verdict !== "rejected") continue;
        rejected.add(key);
        if (held) continue;
        const mismatch = refusal?.reason === "mismatch";
        const untellable = mismatch && finding.caveats.includes("no-control");
        if (untellable) row.untellable += 1;
        else row.wrong += 1;
        const what = refusal?.reason ?? (world.accepted.has(key) ? "accepted" : "never arrived");
        const text = `${key} was ${what}; caveats ${finding.caveats.join(" ")}`;
        this.wrong.push({ seed: world.seed, view, theme: world.theme, text, untellable });
      }
    }
    for (const { sa, messageId, reason, acceptable, holderConnected } of world.refusals) {
      if (reason !== "held" || !acceptable) continue;
      const found = rejected.has(`${sa}/${messageId}`);
      if (holderConnected) {
        row.refusals += 1;
        row.recalled += found ? 1 : 0;
        if (!found && complete && world.loss === 0) this.missed.push({ seed: world.seed, sa, messageId });
      } else {
        row.ghosts += 1;
        row.ghostsRecalled += found ? 1 : 0;
      }
    }
  }

  #row(name: string): Row {
    const row = this.rows.get(name) ?? emptyRow();
    this.rows.set(name, row);
    return row;
  }

  /** Wrong accusations that the capture held the evidence against. */
  get falseRejected(): Wrong[] {
    return this.wrong.filter(({ untellable }) => !untellable);
  }

  /** Recall of `rejected` where nothing was lost and both directions were captured. */
  get lossless(): { refusals: number; recalled: number } {
    const sum = { refusals: 0, recalled: 0 };
    for (const [name, row] of this.rows) {
      if (!name.endsWith("no loss")) continue;
      sum.refusals += row.refusals;
      sum.recalled += row.recalled;
    }
    return sum;
  }

  table(): string {
    const head = [
      "view",
      "worlds",
      "rejected",
      "right",
      "untellable",
      "WRONG",
      "recall",
      "of",
      "ghosts",
      "of",
    ];
    const more = ["predicted", "right", "possible", "right", "tolerated", "right"];
    const lines = [[...head, ...more]];
    const order = (name: string) => VIEWS.findIndex((view) => name.startsWith(view));
    for (const [name, row] of [...this.rows].sort(([a], [b]) => order(a) - order(b))) {
      const ratio = (part: number, whole: number) => (whole === 0 ? "-" : (part / whole).toFixed(4));
      const counts = [row.worlds, row.said.rejected, row.right.rejected, row.untellable, row.wrong];
      const others = ["predicted", "possible", "tolerated"].flatMap((v) => [row.said[v], row.right[v]]);
      lines.push([
        name,
        ...counts.map(String),
        ratio(row.recalled, row.refusals),
        String(row.refusals),
        ratio(row.ghostsRecalled, row.ghosts),
        String(row.ghosts),
        ...others.map(String),
      ]);
    }
    const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
    return lines
      .map((line) =>
        line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
      )
      .join("\n");
  }
}
