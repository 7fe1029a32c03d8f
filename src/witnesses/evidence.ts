/** The lines, events and decrypted messages that a finding rests on, in the order of time. */

import type { ClientEvent } from "../events/reader.ts";
import type { Hosts, IkeSa, OpenedNote } from "../ike/facts.ts";
import type { Finding } from "../judgement/finding.ts";
import type { Evidence } from "../report/model.ts";
import { isoTime } from "../report/time.ts";
import type { JoinedLine } from "../syslog/join.ts";
import type { GatewayEvent } from "../syslog/reader.ts";
import type { WitnessBook } from "./book.ts";
import { type JoinedEvent, mayBe, swapped } from "./event-join.ts";
import type { Joined, JoinedEvents } from "./joining.ts";
import { clientShows, gatewayShows, weightOf } from "./shows.ts";
import { cookieText } from "./view.ts";

/** Lines that a finding shows; of more, those that say most. */
const MAX_SHOWN = 40;
const MAX_UNJOINED = 20;
/** Before an attempt, and after it: what was said then concerns it. */
const AROUND = 120_000_000;

export interface EvidenceContext {
  hosts: Hosts;
  sources: readonly { name: string }[];
  book: WitnessBook;
  joined: Joined;
  /** The clients that were kept out, by their numbers of hosts: a dial that failed may be of any of them. */
  keptOut: ReadonlySet<number>;
}

export function evidenceOf(finding: Finding, context: EvidenceContext): Evidence[] {
  const lines = joinedLines(finding, context.joined);
  const chosen = [...lines].sort((a, b) => weightOf(b.event) - weightOf(a.event)).slice(0, MAX_SHOWN);
  const evidence = [
    ...chosen.map(({ event, at }) => ofLine(event, at, true)),
    ...unjoinedLines(finding, context).map((event) => ofLine(event, event.at, false)),
    ...joinedEvents(finding, context.joined).map(({ event, at }) => ofEvent(event, at, true)),
    ...unjoinedEvents(finding, context).map((event) => ofEvent(event, event.at, false)),
    ...opened(finding, context),
  ];
  const key = ({ at }: Evidence) => at ?? "";
  return evidence.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Lines of the attempts and their sessions, and of the holder's. */
function joinedLines({ attempts }: Finding, { ofExchange, ofSa }: Joined): Set<JoinedLine> {
  const lines = new Set<JoinedLine>();
  const add = (list: readonly JoinedLine[] | undefined) => {
    for (const line of list ?? []) lines.add(line);
  };
  for (const { exchange, contender, holder } of attempts) {
    add(ofExchange.get(exchange));
    add(ofSa.get(contender.session.sa));
    if (holder === null) continue;
    if (holder.claim.exchange !== null) add(ofExchange.get(holder.claim.exchange));
    add(ofSa.get(holder.claim.clientSa.session.sa));
  }
  return lines;
}

/** Lines of logs whose clock is not known: those that name one of the two clients and an ID of the finding. */
function unjoinedLines(finding: Finding, { hosts, book, joined }: EvidenceContext): GatewayEvent[] {
  const ids = new Set(finding.attempts.map(({ exchange }) => exchange.messageId));
  const peers = new Set(
    [finding.contender, finding.holder].flatMap((each) => (each === null ? [] : [hosts.text(each.host)])),
  );
  const alone = new Set(joined.logs.filter(({ clock }) => clock === null).map(({ name }) => name));
  const lines = book.logs
    .filter(({ name }) => alone.has(name))
    .flatMap(({ events }) => events)
    .filter(({ peer, messageIds, fact }) => {
      if (peer === null || !peers.has(peer)) return false;
      return messageIds.length === 0 ? fact === "other-cause" : messageIds.some((id) => ids.has(id));
    });
  return lines.sort((a, b) => weightOf(b) - weightOf(a)).slice(0, MAX_UNJOINED);
}

export function ofLine(event: GatewayEvent, at: number, joined: boolean): Evidence {
  return {
    witness: "asa-syslog",
    source: event.source,
    line: event.line,
    at: Number.isNaN(at) ? null : isoTime(Math.round(at), 0, 6),
    id: event.id,
    text: event.text,
    shows: gatewayShows(event),
    joined,
  };
}

/** Events of the attempts, of their sessions, and of the holder's. */
function joinedEvents({ attempts }: Finding, { eventsOfExchange, eventsOfSa }: Joined): JoinedEvent[] {
  const events = new Set<JoinedEvent>();
  const add = (list: readonly JoinedEvent[] | undefined) => {
    for (const event of list ?? []) events.add(event);
  };
  for (const { exchange, contender, holder } of attempts) {
    add(eventsOfExchange.get(exchange));
    add(eventsOfSa.get(contender.session.sa));
    if (holder === null) continue;
    if (holder.claim.exchange !== null) add(eventsOfExchange.get(holder.claim.exchange));
    add(eventsOfSa.get(holder.claim.clientSa.session.sa));
  }
  return [...events]
    .sort((a, b) => Number(isFailure(b.event)) - Number(isFailure(a.event)))
    .slice(0, MAX_SHOWN);
}

function isFailure({ fact }: ClientEvent): boolean {
  return fact === "dial-failed" || fact === "quick-mode-failed" || fact === "main-mode-failed";
}

/**
 * Events of clients whose clock is not known: those that name an IKE SA of the contender or one of its addresses and a
 * message ID of the finding, and the dials that failed on that machine.
 */
function unjoinedEvents(finding: Finding, context: EvidenceContext): ClientEvent[] {
  return context.joined.eventLogs
    .filter(({ clock, events }) => clock === null && isOfContender(events, finding, context))
    .flatMap(({ events }: JoinedEvents) => events.filter(isFailure))
    .slice(0, MAX_UNJOINED);
}

function isOfContender(
  events: readonly ClientEvent[],
  { attempts, contender }: Finding,
  { hosts, keptOut }: EvidenceContext,
): boolean {
  const address = hosts.text(contender.host);
  const cookies = new Set(attempts.map((each) => cookieOf(each.contender.session.sa)));
  if (events.some(({ initiatorCookie: own }) => cookies.has(own) || cookies.has(swapped(own)))) return true;
  const gateway = hosts.text(attempts[0].contender.session.responderHost);
  const isHere = events.some(({ remote }) => remote === gateway);
  if (isHere && events.some(({ local }) => local === address)) return true;
  // Events of dials name no address: they are of the only client that was kept out, or of anybody.
  const isNameless = events.every(({ local, remote }) => local === null && remote === null);
  if (isNameless) return keptOut.size === 1;
  const isAsked = events.some(
    (event) => event.messageId !== 0 && attempts.some(({ exchange }) => mayBe(event, exchange.messageId)),
  );
  return isHere && isAsked && keptOut.size === 1;
}

function cookieOf({ cookies }: IkeSa): string {
  return cookieText(cookies.slice(0, 2));
}

function ofEvent(event: ClientEvent, at: number, joined: boolean): Evidence {
  return {
    witness: "windows-event",
    source: event.source,
    line: event.line,
    at: Number.isNaN(at) ? null : isoTime(Math.round(at), 0, 6),
    id: event.id,
    text: event.text,
    shows: clientShows(event),
    joined,
  };
}

/** Decrypted deletes and notifies near the attempts, of the contender's sessions and the holder's. */
function opened({ attempts }: Finding, context: EvidenceContext): Evidence[] {
  const found = new Map<OpenedNote, Evidence>();
  for (const { exchange, contender, holder } of attempts) {
    const sas: [IkeSa, string][] = [[contender.session.sa, "contender"]];
    if (holder !== null) sas.push([holder.claim.clientSa.session.sa, "holder"]);
    for (const [sa, whose] of sas) {
      for (const note of sa.opened) {
        const near = Math.abs(note.at - exchange.firstAt) <= AROUND;
        if (whose === "contender" ? near : near || note.what.includes("IKE SA")) {
          found.set(note, ofNote(note, sa, context, whose));
        }
      }
    }
  }
  return [...found.values()].slice(0, MAX_SHOWN);
}

function ofNote(
  { stamp, side, what }: OpenedNote,
  sa: IkeSa,
  { sources }: EvidenceContext,
  whose: string,
): Evidence {
  const sender = sa.phase1Seen && side === 1 ? "the gateway" : `side ${side === 0 ? "A" : "B"} of the IKE SA`;
  const by = sa.phase1Seen && side === 0 ? `the ${whose}` : sender;
  return {
    witness: "ike-payload",
    source: sources[stamp.source].name,
    line: stamp.frame,
    at: isoTime(stamp.micros, stamp.nanos, 9),
    id: what.split(" ").slice(-1)[0],
    text: what,
    shows: `${by} sent it on the ${whose}'s IKE SA; decrypted with a key`,
    joined: true,
  };
}
