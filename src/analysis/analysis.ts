/**
 * The analysis: facts of what a decoder hands on, a judgement of them when it is asked for, and the report. Of an
 * input that goes on it says when there is reason to judge, and gives findings once their verdict is known. It has no
 * timers and knows no clock but the one it is handed, so that whoever drives it decides what "now" is.
 *
 *   const analysis = new LiveAnalysis(feed, options);
 *   await drive(feed, analysis.decoder, { every: [100, () => tell(analysis.tick(now()))] });
 *   const { lines, report } = analysis.finish(now());
 */

import type { Anonymizer } from "../anonymize/anonymizer.ts";
import type { Slice } from "../capture/batch.ts";
import type { CaptureError } from "../capture/source.ts";
import { type EvidencePlan, evidencePlan } from "../evidence/plan.ts";
import { Decoder, type Sink } from "../feed/decoder.ts";
import type { Inputs } from "../feed/feed.ts";
import { Facts } from "../ike/facts.ts";
import type { Opener } from "../ike/opened.ts";
import { Tracker, type TrackerOptions } from "../ike/tracker.ts";
import { InsideAddresses } from "../judgement/inside.ts";
import { type Judgement, judge } from "../judgement/judge.ts";
import type { Moment } from "../judgement/moment.ts";
import { retire } from "../judgement/retire.ts";
import { countByGateway, countVerdicts } from "../report/build.ts";
import { buildFindings } from "../report/build-findings.ts";
import type { Line } from "../report/lines.ts";
import type { GatewayFindings } from "../report/metrics.ts";
import type { Live, Report } from "../report/model.ts";
import { type GatewayPresence, presenceOf } from "../report/presence.ts";
import { refusalKey, refusalWarning } from "../report/refusals.ts";
import { reportOf, type ScanCounts } from "../report/report.ts";
import { isoTime } from "../report/time.ts";
import { buildTimelines, type Timeline } from "../report/timeline.ts";
import { portSet } from "../wire/locate.ts";
import type { WitnessBook } from "../witnesses/book.ts";
import { type Joined, joinWitnesses, NOTHING_JOINED } from "../witnesses/joining.ts";
import { withWitnesses } from "../witnesses/report.ts";
import { weighed } from "../witnesses/weighing.ts";
import { FindingLog } from "./finding-log.ts";
import { Scanner } from "./scanner.ts";
import { othersOf, type Scope, type ScopeOptions, scopeOf } from "./scope.ts";

/** `maxSas`: IKE SAs kept at most; beyond, the longest silent go. */
export interface LiveOptions extends ScopeOptions, TrackerOptions {
  /** Milliseconds of a clock that does not step; without one time stands still, which is right for files. */
  now?: () => number;
  /** Who else takes the datagrams. */
  sinks?: readonly Sink[];
  /** Replaces what names anybody, before it is judged. */
  anonymizer?: Anonymizer | undefined;
  /** Keys, and what logs and events say. */
  witnesses?: Witnesses;
}

/** What beside the packets is taken into account. */
export interface Witnesses {
  book: WitnessBook;
  /** Who opens encrypted messages; null: no keys were given. */
  opener: KeyUse | null;
  /** What could not be used of them, in words. */
  notes: readonly string[];
}

/** An opener that can tell what it opened. */
export interface KeyUse extends Opener {
  /** Another reading begins. */
  begin: () => void;
  readonly opened: NonNullable<Report["capture"]["decrypted"]>;
  readonly unused: readonly { source: string; line: number }[];
}

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

/** What the user named is called otherwise where addresses are replaced. */
function namedAs(options: LiveOptions): LiveOptions {
  const { anonymizer, responders = [], aliases = [] } = options;
  if (anonymizer === undefined) return options;
  return {
    ...options,
    responders: responders.map((each) => anonymizer.named(each)),
    aliases: aliases.map(([one, other]) => [anonymizer.named(one), anonymizer.named(other)] as const),
  };
}

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
  readonly #witnesses: Witnesses | null;
  readonly #responders: readonly string[];
  #joined: Joined = NOTHING_JOINED;
  #closed: Closed = {
    ikeSas: 0,
    findings: { rejected: 0, predicted: 0, possible: 0, tolerated: 0 },
  };
  /** Refusals without a holder that were told. */
  #unexplained = new Set<string>();
  readonly #inside: InsideAddresses;
  #judgement: Judgement | null = null;
  #quickModesBefore = 0;
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
    this.#now = options.now ?? (() => 0);
    this.#tracker = new Tracker(options);
    this.#facts = new Facts(this.#tracker);
    this.#inside = new InsideAddresses(this.#tracker.hosts);
    this.#scope = scopeOf(namedAs(options), this.#tracker.hosts);
    this.#tracker.isOthers = othersOf(this.#scope);
    this.#witnesses = options.witnesses ?? null;
    this.#witnesses?.opener?.begin();
    this.#tracker.opener = this.#witnesses?.opener ?? null;
    this.#responders = options.responders ?? [];
    this.#reservedHosts = this.#tracker.hosts.size;
    this.#scanner = new Scanner(this.#tracker);
    const rounds: Sink = {
      begin: () => this.#begin(),
      isakmp: (datagram) => this.#scanner.isakmp(datagram),
      signOfLife: (datagram) => this.#scanner.signOfLife(datagram),
      end: (slice) => this.#taken(slice),
    };
    this.decoder = new Decoder(portSet(options.ports ?? []), [
      ...(options.sinks ?? []),
      options.anonymizer === undefined ? rounds : options.anonymizer.before(rounds),
    ]);
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

  get counts(): ScanCounts {
    return this.#counts();
  }

  /** All inputs are open by now, or were looked into: a message may come by a capture and as a record. */
  #begin(): void {
    this.#quickModesBefore = this.#quickModes;
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
    if (this.#quickModes > this.#quickModesBefore) for (const later of RULES_MS) this.#remind(now + later);
  }

  /** Quick modes so far; the inner header of a fragmented message counts, once it is whole. */
  get #quickModes(): number {
    return this.decoder.quickModes + this.#tracker.quickModesInFragments;
  }

  #counts(): ScanCounts {
    const { quickModes: _, ...counts } = this.decoder.counts();
    return { ...counts, quickModeMessages: this.#quickModes };
  }

  /** Drops addresses that nothing needs any more, once there are many. Not while a judgement holds their numbers. */
  boundHosts(): void {
    if (this.#judgement === null) this.#tracker.boundHosts(this.#reservedHosts);
  }

  /** Judges when there is reason to; gives what is to be told. */
  tick(now: number): Line[] {
    if (!this.#isDue(now)) return [];
    const lines = this.#judge(now, true);
    if (this.clockAt(now) - this.#cleanedAt >= CLEAN_EVERY) this.#clean(now);
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
      unexplained: this.#unexplained,
      judged: this.#judged,
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
    this.#unexplained = saved.unexplained;
    this.#judged = saved.judged;
    this.#segmentBegan = saved.segmentBegan;
    this.#cleanedAt = saved.cleanedAt;
    this.#scannedAt = now;
    for (const later of RULES_MS) this.#remind(now + later);
  }

  /** The report as of the last judgement. @param unreadable inputs that could not be read at all */
  report(unreadable: readonly CaptureError[] = []): Report {
    this.#judgement ??= this.#judgeFacts();
    const report = reportOf(
      this.#inputs,
      this.#facts,
      this.#counts(),
      this.#scope,
      this.#judgement,
      unreadable,
      this.#inside,
    );
    if (this.#witnesses === null) return report;
    const { book, opener, notes } = this.#witnesses;
    return withWitnesses(report, {
      judgement: this.#judgement,
      hosts: this.#tracker.hosts,
      sources: this.#inputs.summaries,
      book,
      joined: this.#joined,
      responders: this.#responders,
      span: { from: this.#scanner.firstAt, to: this.#scanner.lastAt },
      decrypted: opener?.opened ?? null,
      unusedKeys: opener?.unused ?? [],
      skipped: notes,
    });
  }

  /** Judges what was scanned so far, and weighs it by what the witnesses say. */
  #judgeFacts(end?: Moment, running = false): Judgement {
    const judgement = this.#judgeOnce(end, running);
    if (this.#witnesses === null) return judgement;
    this.#joined = joinWitnesses(judgement, this.#tracker.hosts, this.#witnesses.book);
    if (this.#joined.ofExchange.size === 0) return weighed(judgement);
    // An acceptance that the capture lost makes a claim, and a session live: all is judged anew.
    return weighed(this.#judgeOnce(end, running));
  }

  #judgeOnce(upTo: Moment | undefined, running: boolean): Judgement {
    const end = upTo ?? { at: this.#scanner.lastAt, segment: this.#scanner.lastSegment };
    this.#inside.turn(running);
    const { times } = this.#inputs;
    return judge(this.#facts, {
      ...this.#scope,
      sourceStart: (sources) => this.#scanner.sourceStart(sources),
      isTimeless: (source) => times[source]?.sayNothing === true,
      captureEnd: end,
      running,
      partitioned: this.#scope.partition !== null,
      inside: this.#inside,
    });
  }

  /** What a drawing of the last judgement needs. */
  timelines(): Timeline[] {
    return this.#judgement === null ? [] : buildTimelines(this.#judgement, this.#tracker.hosts);
  }

  /** What evidence of the findings has to hold; null where there is none. */
  evidencePlan(): EvidencePlan | null {
    return this.#judgement === null ? null : evidencePlan(this.#judgement, this.#facts);
  }

  /** The capture's clock as text; null before any packet. */
  time(now: number): string | null {
    const at = this.clockAt(now);
    return Number.isNaN(at) ? null : isoTime(at, 0, 6);
  }

  /** How long the last judgement took, seconds. */
  get judgementSeconds(): number {
    return this.#judgeCost / 1_000;
  }

  /** Findings in memory by gateway, as of the last judgement. */
  get gatewayFindings(): GatewayFindings[] {
    return this.#judgement === null ? [] : countByGateway(this.#judgement, this.#tracker.hosts);
  }

  /** Counts as of the last judgement. */
  get tally(): Tally {
    const responders = this.#judgement?.responders ?? [];
    return {
      responders: responders.length,
      clients: responders.reduce((sum, { clients }) => sum + clients.length, 0),
      ikeSas: this.#tracker.table.sas.length,
      evicted: this.#tracker.table.evicted,
      findings:
        this.#judgement === null
          ? { rejected: 0, predicted: 0, possible: 0, tolerated: 0 }
          : countVerdicts(this.#judgement),
      closed: structuredClone(this.#closed),
    };
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

  /** One reminder serves all quick modes of a moment. */
  #remind(at: number): void {
    const due = Math.ceil(at / REMINDER_GRID) * REMINDER_GRID;
    if (!this.#due.includes(due)) this.#due.push(due);
  }

  #isDue(now: number): boolean {
    const since = now - this.#judgedAt;
    if (since < Math.max(JUDGE_EVERY, JUDGE_SHARE * this.#judgeCost)) return false;
    if (this.decoder.messages > this.#judged.messages) return true;
    if (this.#due.some((due) => due <= now)) return true;
    const clean = this.clockAt(now) - this.#cleanedAt >= CLEAN_EVERY;
    const life = this.packets > this.#judged.packets;
    return (life || clean) && since >= Math.max(JUDGE_LIFE_EVERY, JUDGE_LIFE_SHARE * this.#judgeCost);
  }

  #judge(now: number, running: boolean): Line[] {
    const began = this.#now();
    this.#due = this.#due.filter((due) => due > now);
    const { evicted } = this.#tracker.table;
    const end = Number.isNaN(this.#scannedAt)
      ? { at: this.#scanner.lastAt, segment: this.#scanner.lastSegment }
      : { at: this.clockAt(now), segment: this.#scanner.lastSegment };
    const judgement = this.#judgeFacts(end, running);
    this.#judgement = judgement;
    const findings = buildFindings(judgement, this.#context);
    // What is missing because its IKE SAs were dropped has not been refuted.
    const lines = this.#log.update(findings, this.time(now), evicted === this.#judged.evicted);
    lines.push(...this.#unexplainedLines(judgement, now));
    this.#judged = {
      messages: this.decoder.messages,
      packets: this.packets,
      evicted,
    };
    this.#judgedAt = now;
    this.#judgeCost = this.#now() - began;
    return lines;
  }

  /** Each refused client is told of once: the counts in the sentence grow with every try. */
  #unexplainedLines({ refusals }: Judgement, now: number): Line[] {
    const lines: Line[] = [];
    for (const each of refusals) {
      const { code, message } = refusalWarning(each, this.#tracker.hosts);
      const key = refusalKey(each, this.#tracker.hosts);
      if (this.#unexplained.has(key)) continue;
      if (this.#unexplained.size >= MAX_UNEXPLAINED) this.#unexplained.clear();
      this.#unexplained.add(key);
      const at = this.time(now);
      lines.push({ type: "warning", schemaVersion: "1", at, code, message });
    }
    return lines;
  }

  get #context() {
    return {
      hosts: this.#tracker.hosts,
      sources: this.#inputs.summaries,
      aliasesOf: this.#scope.aliasesOf,
      inside: this.#inside,
    };
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
    this.#judgement = this.#judgeFacts(here, true);
    for (const { verdict } of this.#log.rebase(buildFindings(this.#judgement, this.#context))) {
      this.#closed.findings[verdict] += 1;
    }
  }
}
