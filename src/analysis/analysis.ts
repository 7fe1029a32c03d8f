/**
 * The analysis: facts of what a decoder hands on, a judgement of them when it is asked for, and the report. Of an
 * input that goes on it says when there is reason to judge, and gives findings once their verdict is known. It has no
 * timers and knows no clock but the one it is handed, so that whoever drives it decides what "now" is.
 *
 *   const analysis = new LiveAnalysis(feed, options);
 *   await drive(feed, analysis.decoder, { every: [100, () => tell(analysis.tick(now()))] });
 *   const { lines, report } = analysis.finish(now());
 */

import type { Slice } from "../capture/batch.ts";
import type { CaptureError } from "../capture/source.ts";
import { type EvidencePlan, evidencePlan } from "../evidence/plan.ts";
import type { Decoder, Sink } from "../feed/decoder.ts";
import type { Inputs } from "../feed/feed.ts";
import { Facts } from "../ike/facts.ts";
import { Tracker } from "../ike/tracker.ts";
import { InsideAddresses } from "../judgement/inside.ts";
import type { Judgement } from "../judgement/judge.ts";
import { retire } from "../judgement/retire.ts";
import { countByGateway, noFindings } from "../report/build.ts";
import { JudgedFindings } from "../report/judged-findings.ts";
import type { Line } from "../report/lines.ts";
import type { GatewayFindings } from "../report/metrics.ts";
import type { Finding, Report } from "../report/model.ts";
import { type GatewayPresence, presenceOf } from "../report/presence.ts";
import type { ScanCounts } from "../report/report.ts";
import { isoTime } from "../report/time.ts";
import { buildTimelines, type Timeline } from "../report/timeline.ts";
import { decoderOf } from "./decoding.ts";
import { FindingLog } from "./finding-log.ts";
import { Judging } from "./judging.ts";
import { type Closed, type LiveOptions, namedAs, type Tally, tallyOf } from "./live-options.ts";
import { RefusalLog } from "./refusal-log.ts";
import { Scanner } from "./scanner.ts";
import { Schedule } from "./schedule.ts";
import { othersOf, type Scope, scopeOf } from "./scope.ts";

/** How often ended IKE SAs are looked for, in microseconds of the capture. */
const CLEAN_EVERY = 60_000_000;
/** No rule asks for what comes later than this after a quick mode, in microseconds. */
const LONGEST_WAIT = 600_000_000;

export class LiveAnalysis {
  /** To be driven with the inputs. */
  readonly decoder: Decoder;
  readonly #now: () => number;
  readonly #inputs: Inputs;
  readonly #tracker: Tracker;
  readonly #facts: Facts;
  readonly #scope: Scope;
  readonly #scanner: Scanner;
  readonly #log = new FindingLog();
  readonly #reservedHosts: number;
  readonly #judging: Judging;
  #closed: Closed = { ikeSas: 0, findings: noFindings() };
  readonly #refusals = new RefusalLog();
  readonly #inside: InsideAddresses;
  #judgement: Judgement | null = null;
  #quickModesBefore = 0;
  /** A slice was taken. */
  #hasBegun = false;
  /** When the last slice came; steady clock, milliseconds. */
  #scannedAt = Number.NaN;
  readonly #schedule = new Schedule();
  #segmentBegan = Number.NaN;
  #cleanedAt = Number.NaN;

  /** @throws RangeError for an address, prefix or port that is none */
  constructor(inputs: Inputs, options: LiveOptions = {}) {
    this.#inputs = inputs;
    this.#now = options.now ?? (() => 0);
    this.#tracker = new Tracker(options);
    this.#facts = new Facts(this.#tracker);
    this.#inside = new InsideAddresses(this.#tracker.hosts);
    this.#scope = scopeOf(namedAs(options), this.#tracker.hosts);
    this.#tracker.isOthers = othersOf(this.#scope);
    const { witnesses = null, responders = [] } = options;
    witnesses?.opener?.begin();
    this.#tracker.opener = witnesses?.opener ?? null;
    this.#reservedHosts = this.#tracker.hosts.size;
    this.#scanner = new Scanner(this.#tracker);
    this.#judging = new Judging({
      inputs,
      facts: this.#facts,
      scanner: this.#scanner,
      scope: this.#scope,
      inside: this.#inside,
      witnesses,
      responders,
    });
    const rounds: Sink = {
      begin: () => this.#begin(),
      isakmp: (datagram) => this.#scanner.isakmp(datagram),
      signOfLife: (datagram) => this.#scanner.signOfLife(datagram),
      end: (slice) => this.#taken(slice),
    };
    this.decoder = decoderOf(options, rounds, this.#facts, this.#scanner);
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
    return this.decoder.packets;
  }

  /** All inputs are open by now, or were looked into: a message may come by a capture and as a record. */
  #begin(): void {
    this.#quickModesBefore = this.#quickModes;
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#scanner.hasPublicDigest ||= this.#inputs.summaries.some(({ format }) =>
      format.startsWith("records"),
    );
  }

  #taken(slice: Slice): void {
    const { lastSegment } = this.#scanner;
    this.#scanner.end(slice);
    const now = this.#now();
    this.#scannedAt = now;
    if (Number.isNaN(this.#segmentBegan) || slice.segment !== lastSegment) {
      this.#segmentBegan = slice.clock[slice.start];
      this.#cleanedAt = this.#segmentBegan;
    }
    if (this.#quickModes > this.#quickModesBefore) this.#schedule.remind(now);
  }

  /** Quick modes so far; the inner header of a fragmented message counts, once it is whole. */
  get #quickModes(): number {
    return this.decoder.quickModes + this.#tracker.quickModesInFragments;
  }

  /** Of the packets scanned so far. */
  get counts(): ScanCounts {
    const { quickModes: _, ...counts } = this.decoder.counts();
    return { ...counts, quickModeMessages: this.#quickModes };
  }

  /** Drops addresses that nothing needs any more, once there are many. Not while a judgement holds their numbers. */
  boundHosts(): void {
    if (this.#judgement === null) this.#tracker.boundHosts(this.#reservedHosts);
  }

  /** Nothing more will be read, and nothing kept: what only reading needs makes room for the judgement. */
  endReading(): void {
    this.#tracker.endReading();
  }

  /** Judges when there is reason to; gives what is to be told. */
  tick(now: number): Line[] {
    const clean = this.clockAt(now) - this.#cleanedAt >= CLEAN_EVERY;
    const { packets } = this;
    if (!this.#schedule.isDue(now, { messages: this.decoder.messages, packets }, clean)) return [];
    const lines = this.#judge(now, true);
    if (clean) this.#clean(now);
    return lines;
  }

  /** The end of a part of the capture, at `now`: what is to be told before it goes on. */
  pause(now: number): Line[] {
    return this.#judge(now, true);
  }

  /** The end of the capture, at `now`. */
  finish(now: number, unreadable: readonly CaptureError[] = []): { lines: Line[]; report: Report } {
    const lines = this.#judge(now, false);
    return { lines, report: this.report(unreadable) };
  }

  /** All that is known, as one graph of objects to be kept in a state file. */
  save() {
    return {
      tracker: this.#facts.save(),
      decoder: this.decoder.save(),
      scanner: this.#scanner.save(),
      announced: this.#log.save(),
      closed: this.#closed,
      unexplained: this.#refusals.save(),
      judged: this.#schedule.judged,
      segmentBegan: this.#segmentBegan,
      cleanedAt: this.#cleanedAt,
    };
  }

  /** Goes on where `save` was; the capture's clock goes on at `now`, as if no time had passed. */
  restore(saved: ReturnType<LiveAnalysis["save"]>, now: number): void {
    this.#facts.restore(saved.tracker);
    this.decoder.restore(saved.decoder);
    this.#scanner.restore(saved.scanner);
    this.#log.restore(saved.announced);
    this.#closed = saved.closed;
    this.#refusals.restore(saved.unexplained);
    this.#schedule.judged = saved.judged;
    this.#segmentBegan = saved.segmentBegan;
    this.#cleanedAt = saved.cleanedAt;
    this.#scannedAt = now;
    this.#schedule.remind(now);
  }

  /** The report as of the last judgement. @param unreadable inputs that could not be read at all */
  report(unreadable: readonly CaptureError[] = []): Report {
    this.#judgement ??= this.#judging.judge();
    return this.#judging.report(this.#judgement, this.counts, unreadable);
  }

  /** What a drawing of the last judgement needs. */
  timelines(): Timeline[] {
    return this.#judgement === null ? [] : buildTimelines(this.#judgement, this.#tracker.hosts);
  }

  /** What evidence of the findings has to hold, made when it is asked for; null where nothing was found. */
  get evidencePlan(): (() => EvidencePlan) | null {
    return this.#judgement === null ? null : evidencePlan(this.#judgement, this.#facts);
  }

  /** The capture's clock as text; null before any packet. */
  time(now: number): string | null {
    const at = this.clockAt(now);
    return Number.isNaN(at) ? null : isoTime(at, 0, 6);
  }

  /** How long the last judgement took, seconds. */
  get judgementSeconds(): number {
    return this.#schedule.cost / 1_000;
  }

  /** Findings in memory by gateway, as of the last judgement. */
  get gatewayFindings(): GatewayFindings[] {
    return this.#judgement === null ? [] : countByGateway(this.#judgement, this.#tracker.hosts);
  }

  /** Counts as of the last judgement. */
  get tally(): Tally {
    return tallyOf(this.#judgement, this.#tracker.table, this.#closed);
  }

  /** Who is there at `now`, as of the last judgement. */
  presence(now: number): GatewayPresence[] {
    return this.#judgement === null
      ? []
      : presenceOf(this.#judgement, this.#tracker.hosts, this.clockAt(now));
  }

  /** The capture's clock, microseconds: it goes on while nothing comes. */
  clockAt(now: number): number {
    return this.#scanner.lastAt + (now - this.#scannedAt) * 1_000;
  }

  #judge(now: number, running: boolean): Line[] {
    const began = this.#now();
    this.#schedule.begin(now);
    const { evicted } = this.#tracker.table;
    const end = { at: this.clockAt(now), segment: this.#scanner.lastSegment };
    const judgement = this.#judging.judge(end, running);
    this.#judgement = judgement;
    const findings = this.#findingsOf(judgement);
    // What is missing because its IKE SAs were dropped has not been refuted.
    const lines = this.#log.update(findings, this.time(now), evicted === this.#schedule.judged.evicted);
    lines.push(...this.#refusals.update(judgement, this.#tracker.hosts, this.time(now)));
    const { packets } = this;
    this.#schedule.done(now, this.#now() - began, { messages: this.decoder.messages, packets, evicted });
    return lines;
  }

  #findingsOf(judgement: Judgement): Finding[] {
    const { aliasesOf } = this.#scope;
    const [hosts, sources, inside] = [this.#tracker.hosts, this.#inputs.summaries, this.#inside];
    return [...new JudgedFindings(judgement, { hosts, sources, aliasesOf, inside })];
  }

  /** Lets go of what ended, right after a judgement. */
  #clean(now: number): void {
    const at = this.clockAt(now);
    this.#cleanedAt = at;
    const here = { at, segment: this.#scanner.lastSegment, segmentBegan: this.#segmentBegan };
    const gone = retire(this.#judgement!, this.#facts, here);
    this.#tracker.forget(gone, at - LONGEST_WAIT, this.#reservedHosts);
    this.#closed.ikeSas += gone.size;
    // It held what is gone, and hosts may have other numbers now.
    this.#judgement = this.#judging.judge(here, true);
    for (const { verdict } of this.#log.rebase(this.#findingsOf(this.#judgement))) {
      this.#closed.findings[verdict] += 1;
    }
  }
}
