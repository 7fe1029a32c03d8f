/** The lines, events and decrypted messages that a finding rests on, in the order of time. */

import type { Hosts, IkeSa, OpenedNote } from "../ike/facts.ts";
import type { Finding } from "../judgement/finding.ts";
import type { Evidence } from "../report/model.ts";
import { isoTime } from "../report/time.ts";
import type { JoinedLine } from "../syslog/join.ts";
import type { GatewayEvent } from "../syslog/reader.ts";
import type { WitnessBook } from "./book.ts";
import type { Joined } from "./joining.ts";
import { gatewayShows, weightOf } from "./shows.ts";

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
}

export function evidenceOf(finding: Finding, context: EvidenceContext): Evidence[] {
  const lines = joinedLines(finding, context.joined);
  const chosen = [...lines].sort((a, b) => weightOf(b.event) - weightOf(a.event)).slice(0, MAX_SHOWN);
  const evidence = [
    ...chosen.map(({ event, at }) => ofLine(event, at, true)),
    ...unjoinedLines(finding, context).map((event) => ofLine(event, event.at, false)),
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
