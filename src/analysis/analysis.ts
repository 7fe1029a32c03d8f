/**
 * An analysis that goes on: takes slices as they come and tells findings once their verdict is known. It has no
 * timers and knows no clock but the ones it is handed, so that whoever drives it decides what "now" is.
 *
 *   const analysis = new LiveAnalysis(inputs, options);
 *   for await (const round of inputs.rounds())
 *     for (const slice of round) analysis.scan(slice, performance.now());
 *   every 100 ms: for (const line of analysis.tick(performance.now())) ...
 *   at the end: const { lines, report } = analysis.finish(performance.now());
 */

import { type EvidencePlan, evidencePlan } from "../evidence/plan.ts";
import type { Inputs, Slice } from "../feed/feed.ts";
import { Tracker, type TrackerOptions } from "../ike/tracker.ts";
import { type Judgement, judge } from "../judgement/judge.ts";
import type { Moment } from "../judgement/lifespan.ts";
import { retire } from "../judgement/retire.ts";
import { countVerdicts } from "../report/build.ts";
import { buildFindings } from "../report/build-findings.ts";
import type { Line } from "../report/lines.ts";
import type { Live, Report } from "../report/model.ts";
import { reportOf } from "../report/report.ts";
import { unexplainedSentence } from "../report/sentences.ts";
import { isoTime } from "../report/time.ts";
import { buildTimelines, type Timeline } from "../report/timeline.ts";
import { portSet } from "../wire/locate.ts";
import { FindingLog } from "./finding-log.ts";
import { Scanner } from "./scanner.ts";
import { othersOf, type Scope, type ScopeOptions, scopeOf } from "./scope.ts";

/** `maxSas`: IKE SAs kept at most; beyond, the longest silent go. */
export interface LiveOptions extends ScopeOptions, TrackerOptions {}

export type Closed = Live["closed"];

export interface Tally {
  responders: number;
  clients: number;
  ikeSas: number;
  evicted: number;
  findings: Report["summary"]["findings"];
  closed: Closed;
}

/** How often ended IKE SAs are looked for, in microseconds of the capture. */
const CLEAN_EVERY = 60_000_000;
/** Least time between two judgements, and how much longer than a judgement itself, in milliseconds. */
const JUDGE_EVERY = 200;
const JUDGE_SHARE = 4;
/** The same where only signs of life have come. */
const JUDGE_LIFE_EVERY = 1_000;
const JUDGE_LIFE_SHARE = 10;
/** When a quick mode without an answer is judged otherwise: after 2 s and after 5 s, and a little. */
const RULES_MS = [2_010, 5_010];
const REMINDER_GRID = 100;
/** Sentences remembered, so as not to be said again. */
const MAX_UNEXPLAINED = 1_000;
/** No rule asks for what comes later than this after a quick mode, in microseconds. */
const LONGEST_WAIT = 600_000_000;

export class LiveAnalysis {
  readonly #inputs: Inputs;
  readonly #tracker: Tracker;
  readonly #scope: Scope;
  readonly #scanner: Scanner;
  readonly #log = new FindingLog();
  readonly #reservedHosts: number;
  #closed: Closed = {
    ikeSas: 0,
    findings: { rejected: 0, predicted: 0, possible: 0, tolerated: 0 },
  };
  /** Refusals without a holder that were told. */
  #unexplained = new Set<string>();
  #judgement: Judgement | null = null;
  /** When the last slice came, when was judged last and how long that took; steady clock, milliseconds. */
  #scannedAt = Number.NaN;
  #judgedAt = Number.NEGATIVE_INFINITY;
  #judgeCost = 0;
  #judged = { messages: 0, packets: 0, evicted: 0 };
  /** Moments at which a rule can be met without a packet. */
  #due: number[] = [];
  #segmentBegan = Number.NaN;
  #cleanedAt = Number.NaN;

  /** @throws RangeError for an address, prefix or port that is none */
  constructor(inputs: Inputs, options: LiveOptions = {}) {
    this.#inputs = inputs;
    this.#tracker = new Tracker(options);
    this.#scope = scopeOf(options, this.#tracker.hosts);
    this.#tracker.isOthers = othersOf(this.#scope);
    this.#reservedHosts = this.#tracker.hosts.size;
    this.#scanner = new Scanner(this.#tracker, portSet(options.ports ?? []));
  }

  /** When the last slice came; NaN before any. */
  get scannedAt(): number {
    return this.#scannedAt;
  }

  /** The last packet's time on the capture's clock; NaN before any. */
  get lastAt(): number {
    return this.#scanner.lastAt;
  }

  /** Addresses in memory. */
  get hosts(): number {
    return this.#tracker.hosts.size;
  }

  get packets(): number {
    return this.#scanner.packets;
  }

  get counts() {
    return this.#scanner.counts();
  }

  /** @param now milliseconds of a clock that does not step @param limit packets taken at most */
  scan(slice: Slice, now: number, limit = Number.POSITIVE_INFINITY): void {
    const { quickModes } = this.#scanner.progress;
    const segment = this.#scanner.lastSegment;
    this.#scanner.scan(slice, limit);
    this.#scannedAt = now;
    if (Number.isNaN(this.#segmentBegan) || this.#scanner.lastSegment !== segment) {
      this.#segmentBegan = slice.clock[slice.start];
      this.#cleanedAt = this.#segmentBegan;
    }
    if (this.#scanner.progress.quickModes > quickModes) {
      for (const later of RULES_MS) this.#remind(now + later);
    }
  }

  /** Judges when there is reason to; gives what is to be told. */
  tick(now: number): Line[] {
    if (!this.#isDue(now)) return [];
    const lines = this.#judge(now, true);
    if (this.#clockAt(now) - this.#cleanedAt >= CLEAN_EVERY) this.#clean(now);
    return lines;
  }

  /** The end of a part of the capture, at `now`: what is to be told before it goes on. */
  pause(now: number): Line[] {
    return this.#judge(now, true);
  }

  /** The end of the capture, at `now`. */
  finish(now: number): { lines: Line[]; report: Report } {
    const lines = this.#judge(now, false);
    return { lines, report: this.report() };
  }

  /** All that is known, as one graph of objects to be kept in a state file. */
  save() {
    return {
      tracker: this.#tracker.save(),
      scanner: this.#scanner.save(),
      told: this.#log.save(),
      closed: this.#closed,
      unexplained: this.#unexplained,
      judged: this.#judged,
      segmentBegan: this.#segmentBegan,
      cleanedAt: this.#cleanedAt,
    };
  }

  /** Goes on where `save` was; the capture's clock goes on at `now`, as if no time had passed. */
  restore(saved: ReturnType<LiveAnalysis["save"]>, now: number): void {
    this.#tracker.restore(saved.tracker);
    this.#scanner.restore(saved.scanner);
    this.#log.restore(saved.told);
    this.#closed = saved.closed;
    this.#unexplained = saved.unexplained;
    this.#judged = saved.judged;
    this.#segmentBegan = saved.segmentBegan;
    this.#cleanedAt = saved.cleanedAt;
    this.#scannedAt = now;
    for (const later of RULES_MS) this.#remind(now + later);
  }

  /** The report as of the last judgement. */
  report(): Report {
    this.#judgement ??= judgementOf(this.#tracker, this.#scanner, this.#scope);
    return reportOf(this.#inputs, this.#tracker, this.#scanner, this.#scope, this.#judgement);
  }

  /** What a drawing of the last judgement needs. */
  timelines(): Timeline[] {
    return this.#judgement === null ? [] : buildTimelines(this.#judgement, this.#tracker.hosts);
  }

  /** What evidence of the findings has to hold; null where there is none. */
  evidencePlan(): EvidencePlan | null {
    return this.#judgement === null ? null : evidencePlan(this.#judgement, this.#tracker);
  }

  /** The capture's clock as text; null before any packet. */
  time(now: number): string | null {
    const at = this.#clockAt(now);
    return Number.isNaN(at) ? null : isoTime(at, 0, 6);
  }

  /** Counts as of the last judgement. */
  get tally(): Tally {
    const boxes = this.#judgement?.boxes ?? [];
    return {
      responders: boxes.length,
      clients: boxes.reduce((sum, { clients }) => sum + clients.length, 0),
      ikeSas: this.#tracker.table.sas.length,
      evicted: this.#tracker.table.evicted,
      findings:
        this.#judgement === null
          ? { rejected: 0, predicted: 0, possible: 0, tolerated: 0 }
          : countVerdicts(this.#judgement),
      closed: structuredClone(this.#closed),
    };
  }

  /** The capture's clock goes on while nothing comes. */
  #clockAt(now: number): number {
    return this.#scanner.lastAt + (now - this.#scannedAt) * 1_000;
  }

  /** One reminder serves all quick modes of a moment. */
  #remind(at: number): void {
    const due = Math.ceil(at / REMINDER_GRID) * REMINDER_GRID;
    if (!this.#due.includes(due)) this.#due.push(due);
  }

  #isDue(now: number): boolean {
    const since = now - this.#judgedAt;
    if (since < Math.max(JUDGE_EVERY, JUDGE_SHARE * this.#judgeCost)) return false;
    if (this.#scanner.progress.messages > this.#judged.messages) return true;
    if (this.#due.some((due) => due <= now)) return true;
    const clean = this.#clockAt(now) - this.#cleanedAt >= CLEAN_EVERY;
    const life = this.#scanner.packets > this.#judged.packets;
    return (life || clean) && since >= Math.max(JUDGE_LIFE_EVERY, JUDGE_LIFE_SHARE * this.#judgeCost);
  }

  #judge(now: number, running: boolean): Line[] {
    const began = performance.now();
    this.#due = this.#due.filter((due) => due > now);
    const { evicted } = this.#tracker.table;
    const end = Number.isNaN(this.#scannedAt)
      ? { at: this.#scanner.lastAt, segment: this.#scanner.lastSegment }
      : { at: this.#clockAt(now), segment: this.#scanner.lastSegment };
    const judgement = judgementOf(this.#tracker, this.#scanner, this.#scope, end, running);
    this.#judgement = judgement;
    const findings = buildFindings(judgement, this.#context);
    // What is missing because its IKE SAs were dropped has not been refuted.
    const lines = this.#log.update(findings, this.time(now), evicted === this.#judged.evicted);
    lines.push(...this.#unexplainedLines(judgement, now));
    this.#judged = {
      messages: this.#scanner.progress.messages,
      packets: this.#scanner.packets,
      evicted,
    };
    this.#judgedAt = now;
    this.#judgeCost = performance.now() - began;
    return lines;
  }

  #unexplainedLines({ unexplained }: Judgement, now: number): Line[] {
    const lines: Line[] = [];
    for (const each of unexplained) {
      const message = unexplainedSentence(each, this.#tracker.hosts);
      if (this.#unexplained.has(message)) continue;
      if (this.#unexplained.size >= MAX_UNEXPLAINED) this.#unexplained.clear();
      this.#unexplained.add(message);
      const at = this.time(now);
      lines.push({ type: "warning", schemaVersion: "1", at, code: "refused-without-holder", message });
    }
    return lines;
  }

  get #context() {
    return {
      hosts: this.#tracker.hosts,
      sources: this.#inputs.summaries,
      aliasesOf: this.#scope.aliasesOf,
    };
  }

  /** Lets go of what ended, right after a judgement. */
  #clean(now: number): void {
    const at = this.#clockAt(now);
    this.#cleanedAt = at;
    const here = { at, segment: this.#scanner.lastSegment, segmentBegan: this.#segmentBegan };
    const gone = retire(this.#judgement!, this.#tracker, here);
    this.#tracker.forget(gone, at - LONGEST_WAIT, this.#reservedHosts);
    this.#closed.ikeSas += gone.size;
    // It held what is gone, and hosts may have other numbers now.
    this.#judgement = judgementOf(this.#tracker, this.#scanner, this.#scope, here, true);
    for (const { verdict } of this.#log.rebase(buildFindings(this.#judgement, this.#context))) {
      this.#closed.findings[verdict] += 1;
    }
  }
}

/** Judges what was scanned so far. `end` is the end of the capture; `running`: it goes on from there. */

export function judgementOf(
  tracker: Tracker,
  scanner: Scanner,
  scope: Scope,
  end: Moment = { at: scanner.lastAt, segment: scanner.lastSegment },
  running = false,
): Judgement {
  return judge(tracker, { ...scope, captureStart: scanner.firstAt, captureEnd: end, running });
}
