/**
 * A finding as far as it is not text yet: of tens of thousands most are only written, by whoever can make text of numbers
 * (printers/finding-writer.ts), and advice looks at few of their values. `buildFinding` makes the finding of the model of it.
 */

import { portOf } from "../collections/endpoints.ts";
import { grouped } from "../collections/grouping.ts";
import { lazily } from "../collections/lazily.ts";
import type { Hosts } from "../ike/facts.ts";
import type { Candidate } from "../judgement/candidates.ts";
import type { Client } from "../judgement/client.ts";
import type { Attempt } from "../judgement/collisions.ts";
import type { Finding } from "../judgement/finding.ts";
import { findingFingerprint, type NamedClient } from "../judgement/fingerprint.ts";
import type { Responder } from "../judgement/responders.ts";
import { notifyOf, stampTime } from "./attempts.ts";
import { type BuildContext, platformOf } from "./build.ts";
import { addressFilter, displayFilterAt } from "./display-filter.ts";
import type { NotedFinding, PatternKind } from "./model.ts";
import { findingSentence, messageIdText, notesOf } from "./sentences.ts";

/** Attempts that a finding lists; the number of all is in its summary counts. */
export const SHOWN_ATTEMPTS = 1000;
/** Peers that a finding names: a list of thousands would name nobody. */
const SHOWN_CANDIDATES = 20;

/** What findings at one responder have alike. */
export class FindingsAt {
  readonly address: string;
  /** For Wireshark: any address of it. */
  readonly filter: string | null;
  /** Rank of each client's port among the clients of its address: few ask. */
  readonly ranks: () => ReadonlyMap<Client, number>;

  constructor(responder: Responder, hosts: Hosts) {
    this.address = hosts.text(responder.host);
    this.filter = addressFilter([...responder.hosts].map((host) => hosts.text(host)));
    this.ranks = lazily(() => rankByPort(responder));
  }
}

function rankByPort(responder: Responder): Map<Client, number> {
  const byHost = grouped(responder.clients, ({ host }) => host);
  const ranks = new Map<Client, number>();
  for (const clients of byHost.values()) {
    clients.sort((a, b) => a.port - b.port);
    clients.forEach((client, rank) => {
      ranks.set(client, rank);
    });
  }
  return ranks;
}

/** A client of a finding. */
export interface EndRow {
  host: number;
  port: number;
  platform: string | null;
  pattern: PatternKind;
}

/** Each value is made when it is asked for; those that are asked for again are kept. */
export class FindingRow implements NotedFinding {
  readonly judged: Finding;
  readonly context: BuildContext;
  readonly #at: FindingsAt;
  #fingerprint: string | null = null;
  #notes: readonly string[] | null = null;

  constructor(judged: Finding, at: FindingsAt, context: BuildContext) {
    this.judged = judged;
    this.context = context;
    this.#at = at;
  }

  get fingerprint(): string {
    this.#fingerprint ??= this.#hash();
    return this.#fingerprint;
  }

  #hash(): string {
    const { holder, contender } = this.judged;
    // Ranks count where the two share an address.
    const isShared = holder?.host === contender.host;
    const named = (client: Client): NamedClient => ({
      address: this.context.hosts.text(client.host),
      rank: isShared ? (this.#at.ranks().get(client) ?? 0) : 0,
    });
    return findingFingerprint(this.responder, holder === null ? null : named(holder), named(contender));
  }

  get verdict() {
    return this.judged.verdict;
  }

  get severity() {
    return this.judged.severity;
  }

  get caveats() {
    return this.judged.caveats;
  }

  get notes(): readonly string[] {
    this.#notes ??= notesOf(this.judged);
    return this.#notes;
  }

  get responder(): string {
    return this.#at.address;
  }

  /** Of all attempts, ascending. */
  get ids(): number[] {
    const { attempts } = this.judged;
    if (attempts.length === 1) return [attempts[0].exchange.messageId];
    return [...new Set(attempts.map(({ exchange }) => exchange.messageId))].sort((a, b) => a - b);
  }

  get messageIds(): string[] {
    return this.ids.map(messageIdText);
  }

  /** With the port when it claimed the ID; later sessions of the same client may have another. Null where none is visible. */
  get holderRow(): EndRow | null {
    const { holder, attempts } = this.judged;
    if (holder === null) return null;
    const claim = attempts[0].holder?.claim;
    return this.#endOf(holder, claim === undefined ? holder.port : portOf(claim.clientSa.session.endpoint));
  }

  get contenderRow(): EndRow {
    const { contender, attempts } = this.judged;
    return this.#endOf(contender, portOf(attempts[0].contender.session.endpoint));
  }

  #endOf(client: Client, port: number): EndRow {
    const pattern = this.judged.responder.patterns.get(client)!.kind;
    return { host: client.host, port, platform: platformOf(client), pattern };
  }

  /** Peers that may be the holder: those that are named; null where the holder is seen to be the one. */
  get shownCandidates(): readonly Candidate[] | null {
    const { holder, candidates } = this.judged;
    return holder === null || candidates.length > 0 ? candidates.slice(0, SHOWN_CANDIDATES) : null;
  }

  /** How many more there are. */
  get omittedCandidates(): number {
    return Math.max(0, this.judged.candidates.length - SHOWN_CANDIDATES);
  }

  get holder(): NotedFinding["holder"] {
    return new NotedHolder(this);
  }

  get contender(): NotedFinding["contender"] {
    const { host, port } = this.contenderRow;
    return { address: this.context.hosts.text(host), port };
  }

  /** Those that are listed. */
  get shownAttempts(): readonly Attempt[] {
    const { attempts } = this.judged;
    return attempts.length > SHOWN_ATTEMPTS ? attempts.slice(0, SHOWN_ATTEMPTS) : attempts;
  }

  get attempts(): NotedFinding["attempts"] {
    return this.shownAttempts.map((attempt) => new NotedAttempt(attempt, this.context));
  }

  get displayFilter(): string {
    return displayFilterAt(this.messageIds, this.#at.filter);
  }

  get summary(): string {
    return findingSentence(this.judged, this.context.hosts);
  }
}

/** Candidates are asked for once a report, and its findings may have twenty each. */
class NotedHolder {
  readonly #row: FindingRow;

  constructor(row: FindingRow) {
    this.#row = row;
  }

  get address(): string | null {
    const { holder } = this.#row.judged;
    return holder === null ? null : this.#row.context.hosts.text(holder.host);
  }

  get port(): number | null {
    return this.#row.holderRow?.port ?? null;
  }

  get candidates() {
    const { shownCandidates, context } = this.#row;
    return shownCandidates?.map((each) => candidateOf(each, context.hosts));
  }

  get candidatesOmitted(): number {
    return this.#row.omittedCandidates;
  }
}

/** An attempt in the same way. */
class NotedAttempt {
  readonly #judged: Attempt;
  readonly #context: BuildContext;

  constructor(judged: Attempt, context: BuildContext) {
    this.#judged = judged;
    this.#context = context;
  }

  get verdict() {
    return this.#judged.verdict;
  }

  get outcome() {
    return this.#judged.outcome;
  }

  get overlap() {
    return this.#judged.holder?.overlap ?? "none";
  }

  get messageId(): string {
    return messageIdText(this.#judged.exchange.messageId);
  }

  get at(): string {
    return stampTime(this.#judged.exchange.first, this.#context);
  }

  get notify(): string | undefined {
    return notifyOf(this.#judged);
  }
}

/** ESP over IP has no port. */
export function candidateOf(
  { host, port }: Candidate,
  hosts: Hosts,
): { address: string; port: number | null } {
  return { address: hosts.text(host), port: port === 0 ? null : port };
}
