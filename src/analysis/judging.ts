/** From facts to a judgement, and from that to the report, with what keys, logs and events add. */

import type { CaptureError } from "../capture/source.ts";
import type { Inputs } from "../feed/feed.ts";
import type { Facts } from "../ike/facts.ts";
import type { InsideAddresses } from "../judgement/inside.ts";
import { type Judgement, judge } from "../judgement/judge.ts";
import type { Moment } from "../judgement/moment.ts";
import type { Report } from "../report/model.ts";
import { reportOf, type ScanCounts } from "../report/report.ts";
import { type Joined, joinWitnesses, NOTHING_JOINED } from "../witnesses/joining.ts";
import { withWitnesses } from "../witnesses/report.ts";
import { weighed } from "../witnesses/weighing.ts";
import type { Witnesses } from "./live-options.ts";
import type { Scanner } from "./scanner.ts";
import type { Scope } from "./scope.ts";

/** What a judgement rests on. */
export interface Grounds {
  inputs: Inputs;
  facts: Facts;
  scanner: Scanner;
  scope: Scope;
  inside: InsideAddresses;
  witnesses: Witnesses | null;
  /** Responders that the user named. */
  responders: readonly string[];
}

const NONE: ReadonlySet<number> = new Set();

export class Judging {
  readonly #grounds: Grounds;
  #joined: Joined = NOTHING_JOINED;

  constructor(grounds: Grounds) {
    this.#grounds = grounds;
  }

  /** Judges what was scanned so far, and weighs it by what the witnesses say. */
  judge(end?: Moment, running = false): Judgement {
    const { facts, witnesses } = this.#grounds;
    const judgement = this.#judgeOnce(end, running);
    if (witnesses === null) return judgement;
    this.#joined = joinWitnesses(judgement, facts.hosts, witnesses.book);
    if (this.#joined.ofExchange.size + this.#joined.eventsOfExchange.size === 0) return weighed(judgement);
    // An acceptance that the capture lost makes a claim, and a session live: all is judged anew.
    return weighed(this.#judgeOnce(end, running));
  }

  #judgeOnce(upTo: Moment | undefined, running: boolean): Judgement {
    const { facts, inputs, scanner, scope, inside } = this.#grounds;
    const end = upTo ?? { at: scanner.lastAt, segment: scanner.lastSegment };
    inside.turn(running);
    const { times } = inputs;
    // Comparing all messages takes too long for what goes on.
    const apart = running ? NONE : unalignedOf(inputs);
    return judge(facts, {
      ...scope,
      sourceStart: (sources) => scanner.sourceStart(sources),
      isTimeless: (source) => times[source].sayNothing === true || apart.has(source),
      captureEnd: end,
      running,
      partitioned: scope.partition !== null,
      inside,
    });
  }

  /** The report of a judgement. @param unreadable inputs that could not be read at all */
  report(judgement: Judgement, counts: ScanCounts, unreadable: readonly CaptureError[]): Report {
    const { inputs, facts, scope, inside, witnesses, scanner, responders } = this.#grounds;
    const report = reportOf(inputs, facts, counts, scope, judgement, unreadable, inside);
    if (witnesses === null) return report;
    const { book, opener, notes } = witnesses;
    return withWitnesses(report, {
      judgement,
      hosts: facts.hosts,
      sources: inputs.summaries,
      book,
      joined: this.#joined,
      responders,
      span: { from: scanner.firstAt, to: scanner.lastAt },
      decrypted: opener?.opened ?? null,
      unusedKeys: opener?.unused ?? [],
      skipped: notes,
    });
  }
}

/** Sources whose clocks are seen to differ and were not aligned: what came first of two packets of them nobody knows. */
function unalignedOf({ clockOffsets = [] }: Inputs): ReadonlySet<number> {
  const left = clockOffsets.filter(({ isApplied }) => isApplied !== true);
  return new Set(left.flatMap(({ source, reference }) => [source, reference]));
}
