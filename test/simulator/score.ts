/** Compares a report with the truth of its world, and adds up. */

import {
  fateOf,
  hasOwnGhost,
  isCaptured,
  isShown,
  isTakenForDrawing,
  isTelling,
  type Scored,
  showsLife,
  wasRepeated,
} from "./fate.ts";
import type { Captures, View } from "./view.ts";
import type { Refusal, World } from "./world.ts";

/** An accusation that the world knows to be wrong. */
export interface Wrong {
  seed: number;
  view: View;
  theme: string;
  /** What the world knows of this quick mode. */
  truth: string;
  text: string;
  /** By the plain reading of the contract the capture holds no evidence against it. */
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
  /**
   * Those of them that the capture shows, in worlds where nothing is lost on the way and no gateway has another reason
   * to refuse anybody.
   */
  clean: number;
  cleanRecalled: number;
  /** The same for ghosts: the gateway alone knows that they hold the ID. */
  ghosts: number;
  ghostsRecalled: number;
  /** Refusals for whatever reason whose messages are in the capture, and what became of them. */
  captured: number;
  fates: Record<string, number>;
  /** Those of a held ID whose holder shows life in the capture, no ghost of the client's own; those that name it. */
  living: number;
  named: number;
}

export interface Missed {
  seed: number;
  view: View;
  theme: string;
  sa: string;
  messageId: number;
  fate: string;
}

const verdicts = () => ({ rejected: 0, predicted: 0, possible: 0, tolerated: 0 });

const emptyRow = (): Row => ({
  worlds: 0,
  said: verdicts(),
  right: verdicts(),
  untellable: 0,
  wrong: 0,
  refusals: 0,
  recalled: 0,
  clean: 0,
  cleanRecalled: 0,
  ghosts: 0,
  ghostsRecalled: 0,
  captured: 0,
  fates: { rejected: 0, predicted: 0, possible: 0, warning: 0, silence: 0 },
  living: 0,
  named: 0,
});

/** Whether the plain reading of the contract calls this attempt rejected as well. */
export type SecondOpinion = (cookie: string, messageId: number) => boolean;

export class Score {
  readonly rows = new Map<string, Row>();
  readonly wrong: Wrong[] = [];
  readonly missed: Missed[] = [];
  readonly silent: Missed[] = [];
  readonly unnamed: Missed[] = [];

  async add(
    world: World,
    view: View,
    captures: Captures,
    report: Scored,
    second: () => Promise<SecondOpinion>,
  ): Promise<void> {
    const row = this.row(captures.complete && world.loss === 0 ? `${view}, no loss` : view);
    row.worlds += 1;
    await this.#accusations(world, view, report, row, second);
    for (const refusal of world.refusals) this.#refusal(refusal, world, view, captures, report, row);
  }

  async #accusations(
    world: World,
    view: View,
    report: Scored,
    row: Row,
    second: () => Promise<SecondOpinion>,
  ): Promise<void> {
    const truth = new Map(world.refusals.map((each) => [`${each.sa}/${each.messageId}`, each]));
    for (const { attempts, caveats } of report.findings) {
      for (const { contenderSa, messageId, verdict } of attempts) {
        const key = `${contenderSa.initiatorCookie}/${Number(messageId)}`;
        const reason = truth.get(key)?.reason;
        row.said[verdict] += 1;
        if (verdict === "tolerated" ? world.accepted.has(key) : reason === "held") row.right[verdict] += 1;
        if (verdict !== "rejected" || reason === "held") continue;
        const untellable = (await second())(contenderSa.initiatorCookie, Number(messageId));
        if (untellable) row.untellable += 1;
        else row.wrong += 1;
        const what = reason ?? (world.accepted.has(key) ? "accepted" : "never arrived");
        this.wrong.push({
          seed: world.seed,
          view,
          theme: world.theme,
          truth: what,
          text: `${key}; caveats ${caveats.join(" ")}`,
          untellable,
        });
      }
    }
  }

  #refusal(refusal: Refusal, world: World, view: View, captures: Captures, report: Scored, row: Row): void {
    const { reason, acceptable, holderConnected, sa, messageId } = refusal;
    if (reason === "unknown-sa") return;
    const { fate, named } = fateOf(refusal, report);
    const missed: Missed = { seed: world.seed, view, theme: world.theme, sa, messageId, fate };
    if (reason === "held" && acceptable) {
      const found = fate === "rejected" ? 1 : 0;
      if (holderConnected) {
        row.refusals += 1;
        row.recalled += found;
        if (isClean(world) && isShown(refusal, captures.kept) && isTelling(refusal, captures.kept)) {
          row.clean += 1;
          row.cleanRecalled += found;
          if (found === 0 && (captures.complete || view.startsWith("loss"))) this.missed.push(missed);
        }
      } else {
        row.ghosts += 1;
        row.ghostsRecalled += found;
      }
    }
    if (!isCaptured(refusal, captures.kept, world.seen) || !wasRepeated(refusal, captures.kept)) return;
    row.captured += 1;
    row.fates[fate] += 1;
    if (fate === "silence") this.silent.push(missed);
    if (reason !== "held" || !showsLife(refusal, captures.kept) || hasOwnGhost(refusal, world)) return;
    if (isTakenForDrawing(refusal, captures.kept)) return;
    row.living += 1;
    if (named.some((address) => refusal.by.includes(address))) row.named += 1;
    else this.unnamed.push(missed);
  }

  row(name: string): Row {
    const row = this.rows.get(name) ?? emptyRow();
    this.rows.set(name, row);
    return row;
  }

  /** Wrong accusations that the capture held the evidence against. */
  get falseRejected(): Wrong[] {
    return this.wrong.filter(({ untellable }) => !untellable);
  }

  /** Rows of a view added up. */
  sum(belongs: (name: string) => boolean): Row {
    const total = emptyRow();
    for (const [name, row] of this.rows) if (belongs(name)) add(total, row);
    return total;
  }

  /** Views that hold every datagram of both directions. */
  get lossless(): Row {
    return this.sum((name) => name.endsWith("no loss"));
  }

  /** Share of clean refusals that the rows call rejected. */
  recall(belongs: (name: string) => boolean): number {
    const { clean, cleanRecalled } = this.sum(belongs);
    return clean === 0 ? 1 : cleanRecalled / clean;
  }
}

/** What forgets, or refuses for another reason, speaks against the fault: by the contract some verdicts are weaker. */
function isClean({ loss, theme, refusals, answersUselessly }: World): boolean {
  const forgets = theme === "crash" || theme === "reload";
  // What a gateway sent under the contender's cookies is an answer that was of no use: `possible` (6.7).
  const others = refusals.some(({ reason }) => reason !== "held" && reason !== "own-ghost");
  return loss === 0 && !forgets && !answersUselessly && !others;
}

function add(total: Row, row: Row): void {
  for (const key of [
    "worlds",
    "untellable",
    "wrong",
    "refusals",
    "recalled",
    "clean",
    "cleanRecalled",
    "ghosts",
    "ghostsRecalled",
    "captured",
    "living",
    "named",
  ] as const) {
    total[key] += row[key];
  }
  for (const key of ["said", "right", "fates"] as const)
    for (const name of Object.keys(row[key])) total[key][name] += row[key][name];
}
