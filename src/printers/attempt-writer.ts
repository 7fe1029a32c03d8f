/** Writes the attempts of findings in a report of JSON, as `JSON.stringify` would write those of the model (`buildAttempt`). */

import type { Piece, RowText } from "../linear/row-text.ts";
import { eventsOf, isFirst, notifyOf, refusalOf, stampTime } from "../report/attempts.ts";
import type { FindingRow } from "../report/finding-row.ts";
import { escaped } from "./json.ts";
import { type ListPieces, type Pieces, piecesOf, type RowValues } from "./row-values.ts";

/** An attempt is an item of a list in a row, and what is in it stands so deep. */
const ATTEMPT = "\n          ";
const IN_ATTEMPT = `${ATTEMPT}  `;
const EVENT = `${IN_ATTEMPT}  `;

/** What stands before the values of an attempt, in its order. */
const OF_ATTEMPT = {
  messageId: `{${ATTEMPT}"messageId": `,
  messageIdDecimal: `,${ATTEMPT}"messageIdDecimal": `,
  at: `,${ATTEMPT}"at": `,
  frame: `,${ATTEMPT}"frame": `,
  source: `,${ATTEMPT}"source": `,
  outcome: `,${ATTEMPT}"outcome": `,
  overlap: `,${ATTEMPT}"overlap": `,
  verdict: `,${ATTEMPT}"verdict": `,
  retransmissions: `,${ATTEMPT}"retransmissions": `,
  lastRetransmissionAt: `,${ATTEMPT}"lastRetransmissionAt": `,
  refusedAt: `,${ATTEMPT}"refusedAt": `,
  notify: `,${ATTEMPT}"notify": `,
  firstId: `,${ATTEMPT}"firstId": `,
  holderSa: `,${ATTEMPT}"holderSa": `,
  contenderSa: `,${ATTEMPT}"contenderSa": `,
  initiatorCookie: `{${IN_ATTEMPT}"initiatorCookie": `,
  responderCookie: `,${IN_ATTEMPT}"responderCookie": `,
  endSa: `${ATTEMPT}}`,
  claim: `,${ATTEMPT}"claim": `,
  events: `,${ATTEMPT}"events": `,
  end: `${ATTEMPT.slice(0, -2)}}`,
};

const OF_CLAIM = {
  at: `{${IN_ATTEMPT}"at": `,
  frame: `,${IN_ATTEMPT}"frame": `,
  source: `,${IN_ATTEMPT}"source": `,
  implied: `,${IN_ATTEMPT}"implied": `,
  lastLifeAt: `,${IN_ATTEMPT}"lastLifeAt": `,
  end: `${ATTEMPT}}`,
};

const OF_EVENT = {
  at: `{${EVENT}"at": `,
  frame: `,${EVENT}"frame": `,
  source: `,${EVENT}"source": `,
  sender: `,${EVENT}"sender": `,
  what: `,${EVENT}"what": `,
  end: `${IN_ATTEMPT}}`,
};

/** How the items of the list of events are set off from each other, and its end. */
const EVENTS = { item: IN_ATTEMPT, end: `${ATTEMPT}]` };

/** A name of a source that is longer is not written here. */
const LONGEST_NAME = 256;

type Context = FindingRow["context"];
type Attempt = FindingRow["shownAttempts"][number];
type Stamp = Attempt["exchange"]["first"];
type Sa = Attempt["contender"]["session"]["sa"];

export class AttemptWriter {
  readonly #text: RowText;
  readonly #values: RowValues;
  readonly #before: Pieces<typeof OF_ATTEMPT>;
  readonly #ofClaim: Pieces<typeof OF_CLAIM>;
  readonly #ofEvent: Pieces<typeof OF_EVENT>;
  readonly #events: ListPieces;
  /** Names of sources in quotes; null where one is too long. */
  readonly #sources = new Map<string, Piece | null>();

  constructor(text: RowText, values: RowValues) {
    this.#text = text;
    this.#values = values;
    this.#before = piecesOf(OF_ATTEMPT, text);
    this.#ofClaim = piecesOf(OF_CLAIM, text);
    this.#ofEvent = piecesOf(OF_EVENT, text);
    this.#events = piecesOf(EVENTS, text);
  }

  /** There is room for the names of all sources. */
  areNamed({ sources }: Context): boolean {
    for (const { name } of sources) if (this.#source(name) === null) return false;
    return true;
  }

  #source(name: string): Piece | null {
    let piece = this.#sources.get(name);
    if (piece === undefined) {
      const text = escaped(JSON.stringify(name));
      piece = text.length > LONGEST_NAME ? null : this.#text.pieceIfRoom(text);
      this.#sources.set(name, piece);
    }
    return piece;
  }

  attempt(attempt: Attempt, context: Context): void {
    const { exchange, contender, holder } = attempt;
    const { first } = exchange;
    const before = this.#before;
    const values = this.#values;
    const text = this.#text;
    text.put(before.messageId);
    text.hex(exchange.messageId);
    values.number(before.messageIdDecimal, exchange.messageId);
    this.#time(before.at, first, context);
    values.number(before.frame, first.frame);
    this.#name(before.source, context.sources[first.source].name);
    values.string(before.outcome, attempt.outcome);
    values.string(before.overlap, holder === null ? "none" : holder.overlap);
    values.string(before.verdict, attempt.verdict);
    values.number(before.retransmissions, exchange.retransmissions);
    this.#time(before.lastRetransmissionAt, exchange.lastRetransmission, context);
    this.#time(before.refusedAt, refusalOf(attempt), context);
    const notify = notifyOf(attempt);
    if (notify !== undefined) values.string(before.notify, notify);
    values.boolean(before.firstId, isFirst(attempt));
    this.#sa(before.holderSa, holder === null ? null : holder.claim.clientSa.session.sa);
    this.#sa(before.contenderSa, contender.session.sa);
    this.#claim(attempt, context);
    values.items(before.events, this.#events, eventsOf(attempt, context), (each) => this.#event(each));
    text.put(before.end);
  }

  #name(before: Piece, name: string): void {
    this.#text.put(before);
    this.#text.put(this.#source(name)!);
  }

  #time(before: Piece, stamp: Stamp | null, context: Context): void {
    if (stamp === null || context.sources[stamp.source].timeDigits === 6) {
      this.#values.time(before, stamp === null ? Number.NaN : stamp.micros);
    } else this.#values.string(before, stampTime(stamp, context));
  }

  #sa(before: Piece, sa: Sa | null): void {
    const text = this.#text;
    text.put(before);
    if (sa === null) {
      this.#values.null();
      return;
    }
    text.put(this.#before.initiatorCookie);
    text.cookie(sa.cookiesOf(0), sa.cookiesOf(1));
    text.put(this.#before.responderCookie);
    text.cookie(sa.cookiesOf(2), sa.cookiesOf(3));
    text.put(this.#before.endSa);
  }

  #claim({ holder }: Attempt, context: Context): void {
    const values = this.#values;
    const before = this.#ofClaim;
    this.#text.put(this.#before.claim);
    const exchange = holder?.claim.exchange ?? null;
    if (holder === null || exchange === null) {
      values.null();
      return;
    }
    const { first } = exchange;
    this.#time(before.at, first, context);
    values.number(before.frame, first.frame);
    this.#name(before.source, context.sources[first.source].name);
    values.boolean(before.implied, holder.claim.implied);
    values.time(before.lastLifeAt, holder.claim.clientSa.lifespan.life.lastAt);
    this.#text.put(before.end);
  }

  #event({ at, frame, source, sender, what }: ReturnType<typeof eventsOf>[number]): void {
    const values = this.#values;
    const before = this.#ofEvent;
    values.string(before.at, at);
    values.number(before.frame, frame);
    this.#name(before.source, source);
    values.string(before.sender, sender);
    values.string(before.what, what);
    this.#text.put(before.end);
  }
}
