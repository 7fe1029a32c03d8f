/**
 * Facts made by hand, for tests of single rules: each begins as a client's IKE SA of which nothing is known but its
 * phase 1, and a row of a test says what else was seen. Times are microseconds, NaN means not seen.
 */

import type { Exchange, IkeSa, Spi } from "../../src/ike/facts.ts";
import type { ClientSa } from "../../src/judgement/client-sa.ts";
import type { Life } from "../../src/judgement/life.ts";
import type { Lifespan } from "../../src/judgement/lifespan.ts";
import { BEFORE_ALL, SECOND } from "../../src/judgement/moment.ts";
import type { Outcome } from "../../src/judgement/outcome.ts";
import type { OutcomeContext } from "../../src/judgement/outcome-facts.ts";
import { Peers } from "../../src/judgement/peers.ts";
import type { Responder } from "../../src/judgement/responders.ts";
import type { Session } from "../../src/judgement/session.ts";

export const UNSEEN = Number.NaN;
/** The time about which most rows turn. */
export const T = 1_000 * SECOND;

/** Seconds from `T`, in microseconds. */
export const at = (seconds: number): number => T + Math.round(seconds * SECOND);
/** The same as a moment of the first segment. */
export const moment = (seconds: number, segment = 0) => ({ at: at(seconds), segment });

let frames = 0;

/** A quick mode of which its first message alone was seen, at `T`. */
export function exchangeMade(fields: Partial<Exchange> = {}): Exchange {
  frames += 1;
  return {
    messageId: 1,
    starter: 0,
    first: { micros: T, nanos: 0, frame: frames, source: 0 },
    from: 0,
    firstAt: T,
    segment: 0,
    retransmissions: 0,
    lastRetransmissionAt: UNSEEN,
    lastRetransmission: null,
    replyAt: UNSEEN,
    replyLength: UNSEEN,
    copiesAfterReply: 0,
    followedReply: false,
    followedShorter: false,
    followedAt: UNSEEN,
    testimony: null,
    otherInformationalAt: UNSEEN,
    otherInformational: null,
    starterInformationalAt: UNSEEN,
    starterLeftAt: UNSEEN,
    otherNotify: 0,
    otherSentAt: UNSEEN,
    espFromStarterAt: UNSEEN,
    espFromOtherAt: UNSEEN,
    firstCopy: null,
    before: { lifeAt: UNSEEN, sentAt: UNSEEN, espAt: UNSEEN, unheard: false },
    ...fields,
  } as Exchange;
}

/** Facts of an IKE SA that have a value for each side. */
interface BySide {
  lifeSeconds: (number | null)[];
  vendorIds: readonly (readonly string[])[];
  natHashes: readonly (readonly number[] | null)[];
}

export function saMade(fields: Partial<IkeSa> & Partial<BySide> = {}): IkeSa {
  const sa = {
    phase1Seen: true,
    mode: 2,
    firstAt: at(-100),
    firstSegment: 0,
    paths: [],
    lifeSeconds: [null, null],
    phase1FinishedAt: [at(-100), at(-99)],
    phase1Messages: [3, 3],
    sources: [1, 1],
    exchanges: [],
    informationals: [[], []],
    firstFromAt: [at(-100), at(-100)],
    lastFromAt: [UNSEEN, UNSEEN],
    lastLifeAt: at(-100),
    lifeSegment: 0,
    earlierLife: [],
    lastFreshAt: at(-100),
    answeredInformationals: 0,
    cut: false,
    deletedAt: [UNSEEN, UNSEEN],
    logged: false,
    isTwoWayFrom: () => true,
    vendorListOf: () => 0,
    ...fields,
  };
  const { lifeSeconds, phase1FinishedAt, phase1Messages, sources, firstFromAt, lastFromAt, deletedAt } = sa;
  const paths = sa.paths as IkeSa["paths"];
  return {
    pathCount: paths.length,
    exchangeCount: sa.exchanges?.length ?? 0,
    pathAt: (i: number) => paths[i],
    natTraversalOf: (i: number) => paths[i].natTraversal,
    endOf: (i: number, side: 0 | 1) => paths[i].ends[side],
    vendorIdsOf: (side: 0 | 1) => (sa as Partial<BySide>).vendorIds?.[side],
    natHashesOf: (side: 0 | 1) => (sa as Partial<BySide>).natHashes?.[side],
    lifeSecondsOf: (side: number) => lifeSeconds[side],
    phase1FinishedAtOf: (side: number) => phase1FinishedAt[side],
    phase1MessagesOf: (side: number) => phase1Messages[side],
    sourcesOf: (side: number) => sources[side],
    firstFromAtOf: (side: number) => firstFromAt[side],
    lastFromAtOf: (side: number) => lastFromAt[side],
    lastFromSegmentOf: () => sa.lifeSegment,
    lastFromIn: (side: number, segment: number) => (segment === sa.lifeSegment ? lastFromAt[side] : UNSEEN),
    deletedAtOf: (side: number) => deletedAt[side],
    ...sa,
  } as unknown as IkeSa;
}

/** The client is side 0. */
export function sessionMade(fields: Partial<Session> = {}): Session {
  return {
    sa: saMade(),
    client: 0,
    responder: 1,
    inferred: false,
    responderHost: 0,
    endpoint: 0,
    port500: 500,
    port4500: -1,
    began4500: -1,
    quickModes: [],
    finishedAt: at(-99),
    clientFinishedAt: at(-99),
    begunBefore: false,
    privateBehindNat: false,
    clientVendor: { microsoftVersion: null },
    responderVendor: {},
    ...fields,
  } as Session;
}

export function lifeMade(fields: Partial<Life> = {}): Life {
  return {
    segment: 0,
    lastAt: at(-100),
    earlier: [],
    lastBusyAt: at(-100),
    fromClient: BEFORE_ALL,
    fromResponderAt: UNSEEN,
    espFromClientAt: UNSEEN,
    steadyKeepaliveAt: UNSEEN,
    firstAt: at(-100),
    dropped: null,
    silentFrom: null,
    ...fields,
  };
}

export function lifespanMade(fields: Partial<Lifespan> = {}): Lifespan {
  return {
    blind: false,
    life: lifeMade(),
    farewells: { any: null, client: null, responder: null },
    replaced: null,
    lifetimeEnd: at(10_000),
    ...fields,
  };
}

export function spiMade(fields: Partial<Spi> = {}): Spi {
  const { unheardSince = UNSEEN, unheardThirdAt = UNSEEN } = fields;
  return {
    spi: 0x1234,
    firstAt: T,
    firstSegment: 0,
    lastAt: T,
    lastSegment: 0,
    firstSequence: 1,
    lastSequence: 1,
    packets: 1,
    expected: 1,
    counted: 1,
    unheardSince,
    unheardThirdAt,
    ...fields,
  };
}

/** ESP on the client's endpoints: what the client sent, and what it was sent. */
export function peersMade(sent: readonly Spi[] = [], received: readonly Spi[] = []): Peers {
  const all = [received, sent];
  return {
    spis: (_: unknown, fromPeer: boolean) => (fromPeer ? sent : received),
    rows: (_: unknown, fromPeer: boolean) => [fromPeer ? 1 : 0],
    hasEsp: (rows: readonly number[]) => rows.some((row) => all[row].length > 0),
    lastIn: (rows: readonly number[]) =>
      Math.max(...rows.flatMap((row) => all[row].map((spi) => spi.lastAt))),
    hadSpi: () => false,
  } as unknown as Peers;
}

export function contextMade(fields: Partial<OutcomeContext> = {}): OutcomeContext {
  return {
    peers: peersMade(),
    keys: [7],
    blind: false,
    responderSeen: true,
    nextPhase1: () => UNSEEN,
    answeredWithin: () => false,
    mayBeOfLater: () => false,
    captureEnd: moment(1_000),
    running: false,
    ...fields,
  };
}

let hosts = 0;

/** A client with one IKE SA; each call another client at another address. */
export function clientSaMade(
  fields: Partial<ClientSa> = {},
  outcomes: readonly (readonly [Exchange, Outcome])[] = [],
): ClientSa {
  hosts += 1;
  const session = fields.session ?? sessionMade({ quickModes: outcomes.map(([exchange]) => exchange) });
  const accepted = outcomes.filter(([, outcome]) => outcome === "completed" || outcome === "answered");
  return {
    session,
    client: { index: hosts, responder: 0, host: hosts, port: 500, sessions: [session] },
    pattern: { kind: "sequential" },
    lifespan: lifespanMade(),
    vouched: true,
    outcomes: new Map(outcomes),
    acceptedAt: new Map(accepted.map(([exchange]) => [exchange, exchange.firstAt])),
    undecided: new Set(),
    keys: [hosts],
    peers: peersMade(),
    ...fields,
  } as ClientSa;
}

/** All clients of a responder made by hand are in its lists. */
export const NOBODY_PLAIN = {
  indices: [],
  numbers: { segment: 0 },
  with: () => [],
  responderVendorIds: () => new Set(),
} as unknown as Responder["plain"];

/** ESP or keepalives in one direction between the responder and an endpoint of a peer. */
export interface RowMade {
  host?: number;
  /** 4500, or 0 for ESP over IP. */
  port?: number;
  /** The responder sends it. */
  outgoing?: boolean;
  /** None where there were keepalives alone. */
  spis?: readonly Spi[];
  firstAt?: number;
  firstSegment?: number;
  lastAt?: number;
  lastSegment?: number;
  /** The last packet of earlier segments of the clock. */
  earlier?: Readonly<Record<number, number>>;
  /** Keepalives at a steady interval, and the last of them. */
  keepaliveAt?: number;
  sources?: number;
}

/** The table of peers over rows made by hand: what is not said of a row follows from its SPIs. */
export function peersFrom(rows: readonly RowMade[]): Peers {
  const spis = (row: number) => [...(rows[row].spis ?? [])];
  const latest = (row: number) => Math.max(0, ...spis(row).map(({ lastSegment }) => lastSegment));
  const lastOf = (row: number, segment: number) =>
    spis(row)
      .filter(({ lastSegment }) => lastSegment === segment)
      .reduce((last, { lastAt }) => (lastAt <= last ? last : lastAt), UNSEEN);
  const lastSegment = (row: number) => rows[row].lastSegment ?? latest(row);
  const lastAt = (row: number) => rows[row].lastAt ?? lastOf(row, latest(row));
  const flows = {
    firstAt: (row: number) => rows[row].firstAt ?? Math.min(...spis(row).map((each) => each.firstAt)),
    firstSegment: (row: number) => rows[row].firstSegment ?? 0,
    lastAt,
    lastSegment,
    moments: (row: number) => [
      ...Object.entries(rows[row].earlier ?? {}).map(([segment, at]) => ({ at, segment: Number(segment) })),
      { at: lastAt(row), segment: lastSegment(row) },
    ],
    lastIn: (row: number, segment: number) =>
      segment === lastSegment(row) ? lastAt(row) : (rows[row].earlier?.[segment] ?? UNSEEN),
    lastEspAt: lastOf,
    sources: (row: number) => rows[row].sources ?? 1,
    hasEsp: (row: number) => spis(row).length > 0,
    hasSteadyKeepalives: (row: number) => rows[row].keepaliveAt !== undefined,
    keepaliveAt: (row: number) => rows[row].keepaliveAt ?? UNSEEN,
    spis,
    ports: (row: number) => ({ source: rows[row].port ?? 4500, destination: rows[row].port ?? 4500 }),
    sender: (row: number) => rows[row].host ?? 1,
    receiver: (row: number) => rows[row].host ?? 1,
  };
  const peers = new Peers(flows as never);
  rows.forEach(({ outgoing = false }, row) => {
    peers.add(row, outgoing);
  });
  return peers;
}
