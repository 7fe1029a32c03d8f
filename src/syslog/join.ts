/**
 * Joins a gateway's log with what a capture shows: by peer, message ID and time, once the clocks are compared.
 *
 *     const join = joinLog(events, quickModes, sessions);
 *     join.clock                    null: the log is to be read alone
 *     join.ofQuickMode.get(i)       what the log says of quick mode i
 */

import { append } from "../collections/grouping.ts";
import { captureTime, estimateClock, type LogClock, type Pair } from "./clock.ts";
import type { GatewayEvent } from "./reader.ts";

/** A quick mode that a client started, on the capture's clock in microseconds since the epoch; NaN: not seen. */
export interface SeenQuickMode {
  session: number;
  messageId: number;
  firstAt: number;
  /** Its last copy. */
  lastAt: number;
  replyAt: number;
  /** The client's next message, which makes the gateway write that phase 2 is completed. */
  thirdAt: number;
}

/** An IKE SA of a client at a gateway. */
export interface SeenSession {
  /** Address of the client, as the gateway sees it, and of the gateway: text forms of RFC 5952. */
  client: string;
  gateway: string;
  /** Other clients have the same address there: a line that names it may be of any of them. */
  shared: boolean;
  firstAt: number;
  /** The gateway's last message of phase 1. */
  finishedAt: number;
}

export interface QuickModeSaid {
  accepted: GatewayEvent | null;
  refusals: GatewayEvent[];
  causes: GatewayEvent[];
  /** Every line that tells of it, with its time on the capture's clock. */
  lines: JoinedLine[];
}

export interface SessionSaid {
  /** The gateway ended it: time on the capture's clock, NaN where no line says so. */
  endedAt: number;
  /** The latest time at which the gateway still held it. */
  heldUntil: number;
  lines: JoinedLine[];
}

export interface JoinedLine {
  event: GatewayEvent;
  at: number;
}

export interface Join {
  clock: LogClock | null;
  ofQuickMode: Map<number, QuickModeSaid>;
  ofSession: Map<number, SessionSaid>;
  /** Lines that go with more than one quick mode or session: they are said of none. */
  ambiguous: number;
}

const SECOND = 1_000_000;
/** A gateway writes of a quick mode from its first copy until so long after the last one. */
const AFTER = 30 * SECOND;
/** Beside the uncertainty of the clock: a line is written a moment after the message. */
const SLACK = SECOND;
/** A session that failed is still spoken of for so long, when its client has begun another one. */
const RECENT = 60 * SECOND;
/** Messages of one peer and ID that a line is compared with. */
const MAX_CANDIDATES = 64;
const MAX_PAIRS = 200_000;

export function joinLog(
  events: readonly GatewayEvent[],
  quickModes: readonly SeenQuickMode[],
  sessions: readonly SeenSession[],
): Join {
  const index = new CaptureIndex(quickModes, sessions);
  const clock = estimateClock(pairsOf(events, index, quickModes, sessions));
  const join: Join = { clock, ofQuickMode: new Map(), ofSession: new Map(), ambiguous: 0 };
  if (clock === null) return join;
  const window = clock.uncertainty + SLACK;
  for (const event of events) {
    if (Number.isNaN(event.at) || event.peer === null) continue;
    const at = captureTime(clock, event.at);
    if (isOfSession(event)) joinSession(join, index, sessions, { event, at }, window);
    else joinQuickMode(join, index, quickModes, { event, at }, window);
  }
  return join;
}

/** What the capture holds, by client and message ID. */
class CaptureIndex {
  readonly byId = new Map<string, number[]>();
  readonly byClient = new Map<string, number[]>();
  readonly quickModesOf = new Map<string, number[]>();

  constructor(quickModes: readonly SeenQuickMode[], sessions: readonly SeenSession[]) {
    sessions.forEach(({ client }, i) => {
      append(this.byClient, client, i);
    });
    quickModes.forEach(({ session, messageId }, i) => {
      const { client } = sessions[session];
      append(this.byId, `${client} ${messageId}`, i);
      append(this.quickModesOf, client, i);
    });
  }

  /** Quick modes with one of the IDs that the line names. */
  withId({ peer, messageIds }: GatewayEvent): number[] {
    return messageIds.flatMap((id) => this.byId.get(`${peer} ${id}`) ?? []);
  }
}

/** The message of the capture that makes the gateway write a line of this kind. */
function timeOf(event: GatewayEvent, quickMode: SeenQuickMode): number {
  const { firstAt, replyAt, thirdAt } = quickMode;
  if (event.fact === "accepted") return Number.isNaN(thirdAt) ? replyAt : thirdAt;
  if (event.fact === "quick-mode-answered") return replyAt;
  return event.fact === "received" || event.fact === "quick-mode-began" ? firstAt : Number.NaN;
}

function pairsOf(
  events: readonly GatewayEvent[],
  index: CaptureIndex,
  quickModes: readonly SeenQuickMode[],
  sessions: readonly SeenSession[],
): Pair[] {
  const pairs: Pair[] = [];
  events.forEach((event, number) => {
    if (Number.isNaN(event.at) || event.peer === null || pairs.length >= MAX_PAIRS) return;
    const pair = (session: number, at: number) => {
      if (Number.isNaN(at)) return;
      pairs.push({ event: number, logAt: event.at, resolution: event.resolution, at, session });
    };
    if (event.fact === "phase1-completed") {
      const own = index.byClient.get(event.peer) ?? [];
      for (const i of own.slice(0, MAX_CANDIDATES)) pair(i, sessions[i].finishedAt);
    } else {
      for (const i of index.withId(event).slice(0, MAX_CANDIDATES)) {
        pair(quickModes[i].session, timeOf(event, quickModes[i]));
      }
    }
  });
  return pairs;
}

/** Lines that tell how long the gateway held a session, and of no quick mode. */
function isOfSession({ fact }: GatewayEvent): boolean {
  return (
    fact === "session-ended" || fact === "l2tp-deleted" || fact === "l2tp-created" || fact === "sa-deleted"
  );
}

function joinQuickMode(
  join: Join,
  index: CaptureIndex,
  quickModes: readonly SeenQuickMode[],
  line: JoinedLine,
  window: number,
): void {
  const { event, at } = line;
  const named =
    event.messageIds.length > 0 ? index.withId(event) : (index.quickModesOf.get(event.peer!) ?? []);
  const fitting = named.filter((i) => {
    const { firstAt, lastAt } = quickModes[i];
    // Whoever is accepted sends no further copy: that line comes right after the last one.
    const after = event.fact === "accepted" ? SLACK : AFTER;
    const from = event.fact === "accepted" ? lastAt - SLACK : firstAt;
    return at >= from - window && at <= lastAt + after + window;
  });
  if (fitting.length === 0) return;
  const exact = fitting.filter((i) => Math.abs(timeOf(event, quickModes[i]) - at) <= window);
  const i = exact.length === 1 ? exact[0] : latestBegun(fitting, quickModes, at, window);
  if (i < 0) {
    join.ambiguous += 1;
    return;
  }
  const said = join.ofQuickMode.get(i) ?? { accepted: null, refusals: [], causes: [], lines: [] };
  join.ofQuickMode.set(i, said);
  said.lines.push(line);
  if (event.fact === "accepted") said.accepted ??= event;
  else if (event.fact === "refused" || event.fact === "duplicate" || event.fact === "unknown-id") {
    said.refusals.push(event);
  } else if (event.fact === "other-cause") said.causes.push(event);
}

/** The latest that had begun by then; -1 where it began so shortly before that the line may be of the one before. */
function latestBegun(
  fitting: readonly number[],
  quickModes: readonly SeenQuickMode[],
  at: number,
  window: number,
): number {
  if (fitting.length === 1) return fitting[0];
  const begun = fitting.filter((i) => quickModes[i].firstAt <= at + window);
  if (begun.length === 0) return -1;
  const latest = begun.reduce((a, b) => (quickModes[b].firstAt > quickModes[a].firstAt ? b : a));
  return quickModes[latest].firstAt > at - window ? -1 : latest;
}

function joinSession(
  join: Join,
  index: CaptureIndex,
  sessions: readonly SeenSession[],
  line: JoinedLine,
  window: number,
): void {
  const { event, at } = line;
  const own = index.byClient.get(event.peer!) ?? [];
  const begun = own.filter((i) => sessions[i].firstAt <= at - window);
  if (begun.length === 0) return;
  const i = begun.reduce((latest, each) =>
    sessions[each].firstAt > sessions[latest].firstAt ? each : latest,
  );
  // Another session of this address began just then, or stands beside it: the line may be of either.
  const isOthers =
    own.some((each) => sessions[each].shared || sessions[each].gateway !== sessions[i].gateway) ||
    own.some((each) => each !== i && Math.abs(sessions[each].firstAt - at) <= RECENT + window);
  if (isOthers) {
    join.ambiguous += 1;
    return;
  }
  const said = join.ofSession.get(i) ?? { endedAt: Number.NaN, heldUntil: Number.NaN, lines: [] };
  join.ofSession.set(i, said);
  said.lines.push(line);
  const earliest = at - window;
  if (!(said.heldUntil >= earliest)) said.heldUntil = earliest;
  const ends = event.fact === "session-ended" || event.fact === "l2tp-deleted";
  if (ends && !(said.endedAt <= at + window)) said.endedAt = at + window;
}
