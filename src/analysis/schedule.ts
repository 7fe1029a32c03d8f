/**
 * When an input that goes on is judged again: when messages came, when a rule is met without a packet, and seldom where
 * only signs of life came; never so often that judging takes most of the time. Times are milliseconds of a clock that
 * does not step.
 */

/** Least time between two judgements, and how much longer than a judgement itself, in milliseconds. */
const JUDGE_EVERY = 200;
const JUDGE_SHARE = 4;
/** The same where only signs of life have come. */
const JUDGE_LIFE_EVERY = 1_000;
const JUDGE_LIFE_SHARE = 10;
/** When a quick mode without an answer is judged otherwise: after 2 s and after 5 s, and a little. */
const RULES_MS = [2_010, 5_010];
const REMINDER_GRID = 100;

/** What was scanned so far. */
export interface Scanned {
  messages: number;
  packets: number;
  evicted: number;
}

export class Schedule {
  #judgedAt = Number.NEGATIVE_INFINITY;
  #cost = 0;
  /** What the last judgement was of. */
  judged: Scanned = { messages: 0, packets: 0, evicted: 0 };
  /** Moments at which a rule can be met without a packet. */
  #due: number[] = [];

  /** How long the last judgement took. */
  get cost(): number {
    return this.#cost;
  }

  /** A quick mode came, or may have: it is judged otherwise some time later without an answer. */
  remind(now: number): void {
    for (const later of RULES_MS) {
      // One reminder serves all quick modes of a moment.
      const due = Math.ceil((now + later) / REMINDER_GRID) * REMINDER_GRID;
      if (!this.#due.includes(due)) this.#due.push(due);
    }
  }

  /** @param clean it is time to look for IKE SAs that ended */
  isDue(now: number, { messages, packets }: Omit<Scanned, "evicted">, clean: boolean): boolean {
    const since = now - this.#judgedAt;
    if (since < Math.max(JUDGE_EVERY, JUDGE_SHARE * this.#cost)) return false;
    if (messages > this.judged.messages) return true;
    if (this.#due.some((due) => due <= now)) return true;
    const life = packets > this.judged.packets;
    return (life || clean) && since >= Math.max(JUDGE_LIFE_EVERY, JUDGE_LIFE_SHARE * this.#cost);
  }

  begin(now: number): void {
    this.#due = this.#due.filter((due) => due > now);
  }

  done(now: number, cost: number, judged: Scanned): void {
    this.judged = judged;
    this.#judgedAt = now;
    this.#cost = cost;
  }
}
