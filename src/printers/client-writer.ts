/** Writes rows of clients in a report of JSON, key by key and straight from numbers: of tens of thousands no object is made. */

import { hostOf, isIpv4, portOf } from "../collections/endpoints.ts";
import type { Piece, RowText } from "../linear/row-text.ts";
import { type ClientRow, communityIdOf } from "../report/client-row.ts";
import type { JudgedClients } from "../report/judged-clients.ts";
import { isoTime } from "../report/time.ts";
import { escaped, FIRST_ROW, NEXT_ROW } from "./json.ts";

/** A row of one of the report's lists stands so deep, and what is in it one or two steps deeper. */
const KEY = "\n      ";
const INNER = `${KEY}  `;

/** What stands before the values of a row, in its order. */
export const BEFORE = {
  address: `{${KEY}"address": `,
  port: `,${KEY}"port": `,
  responder: `,${KEY}"responder": `,
  insideAddress: `,${KEY}"insideAddress": `,
  platform: `,${KEY}"platform": `,
  kind: `,${KEY}"pattern": {${INNER}"kind": `,
  confidence: `,${INNER}"confidence": `,
  byteOrder: `,${INNER}"byteOrder": `,
  messageIds: `,${INNER}"messageIds": `,
  ids: `,${INNER}"ids": `,
  ikeSas: `,${INNER}"ikeSas": `,
  firstId: `,${INNER}"firstId": `,
  step: `,${INNER}"step": `,
  anomaly: `${KEY}},${KEY}"anomaly": `,
  communityIds: `,${KEY}"communityIds": `,
  rolesInferred: `,${KEY}"rolesInferred": `,
  firstSeenAt: `,${KEY}"firstSeenAt": `,
  lastSeenAt: `,${KEY}"lastSeenAt": `,
  outcome: `,${KEY}"outcome": {${INNER}"kind": `,
  keptOut: `,${INNER}"keptOut": `,
  firstAt: `,${INNER}"firstAt": `,
  lastAt: `,${INNER}"lastAt": `,
  connectedAt: `,${INNER}"connectedAt": `,
  keptOutSeconds: `,${INNER}"keptOutSeconds": `,
  end: `${KEY}}\n    }`,
};

const VALUES = { null: "null", true: "true", false: "false", comma: ",", none: "[]", open: "[" };

/** How the items of a list in a row, and in what is in it, are set off from each other, and its end. */
export const LIST = { item: INNER, end: `${KEY}]` };
export const INNER_LIST = { item: `${INNER}  `, end: `${INNER}]` };

/** Writes rows as `JSON.stringify` would write the clients of the model (`clientOf`) there. */
export class ClientWriter {
  readonly #text: RowText;
  readonly #hosts: JudgedClients["hosts"];
  readonly #before: Pieces<typeof BEFORE>;
  readonly #values: Pieces<typeof VALUES>;
  readonly #list: Pieces<typeof LIST>;
  readonly #innerList: Pieces<typeof INNER_LIST>;
  readonly #first: Piece;
  readonly #next: Piece;
  /** Addresses of two hosts. */
  readonly #words = new Uint32Array(8);

  constructor(text: RowText, hosts: JudgedClients["hosts"]) {
    this.#text = text;
    this.#hosts = hosts;
    this.#before = piecesOf(BEFORE, text);
    this.#values = piecesOf(VALUES, text);
    this.#list = piecesOf(LIST, text);
    this.#innerList = piecesOf(INNER_LIST, text);
    this.#first = text.piece(FIRST_ROW);
    this.#next = text.piece(NEXT_ROW);
  }

  /** @param isFirst it stands at the beginning of the list */
  row(row: ClientRow, isFirst = false): void {
    const { pattern, messageIds, outcome, insideAddress } = row;
    const before = this.#before;
    const text = this.#text;
    text.put(isFirst ? this.#first : this.#next);
    this.#address(before.address, row.host);
    this.#number(before.port, row.port);
    this.#address(before.responder, row.responder);
    if (insideAddress !== null) this.#string(before.insideAddress, insideAddress);
    this.#string(before.platform, row.platform);
    this.#string(before.kind, pattern.kind);
    text.put(before.confidence);
    text.millionths(Math.round(pattern.confidence * 1e6));
    this.#string(before.byteOrder, pattern.byteOrder);
    this.#messageIds(messageIds.shown);
    this.#number(before.ids, messageIds.count);
    this.#number(before.ikeSas, row.ikeSas);
    text.put(before.firstId);
    if (messageIds.shown.length === 0) text.put(this.#values.null);
    else text.hex(messageIds.shown[0]);
    this.#number(before.step, messageIds.step);
    this.#string(before.anomaly, row.anomaly);
    this.#communityIds(row.flows);
    text.put(before.rolesInferred);
    text.put(row.rolesInferred ? this.#values.true : this.#values.false);
    this.#time(before.firstSeenAt, row.firstAt);
    this.#time(before.lastSeenAt, row.lastAt);
    this.#string(before.outcome, outcome.kind);
    this.#number(before.keptOut, outcome.keptOut);
    this.#time(before.firstAt, outcome.firstAt);
    this.#time(before.lastAt, outcome.lastAt);
    this.#time(before.connectedAt, outcome.connectedAt);
    this.#number(before.keptOutSeconds, outcome.keptOutSeconds);
    text.put(before.end);
  }

  #string(before: Piece, value: string | null): void {
    const text = this.#text;
    text.put(before);
    if (value === null) text.put(this.#values.null);
    else if (!text.quoted(value)) text.text(escaped(JSON.stringify(value)));
  }

  #number(before: Piece, value: number | null): void {
    const text = this.#text;
    text.put(before);
    if (value === null) text.put(this.#values.null);
    else if (value === value >>> 0) text.whole(value);
    else text.text(JSON.stringify(value));
  }

  /** NaN: null. */
  #time(before: Piece, at: number): void {
    const text = this.#text;
    text.put(before);
    if (Number.isNaN(at)) text.put(this.#values.null);
    else if (!text.time(at)) text.quoted(isoTime(at, 0, 6));
  }

  #address(before: Piece, host: number): void {
    const words = this.#words;
    this.#text.put(before);
    this.#hosts.copyWords(host, words, 0);
    if (isIpv4(words, 0)) this.#text.address(words[3]);
    else this.#text.quoted(this.#hosts.text(host));
  }

  #messageIds(ids: readonly number[]): void {
    const text = this.#text;
    text.put(this.#before.messageIds);
    for (let i = 0; i < ids.length; i += 1) {
      this.#beginItem(this.#innerList, i);
      text.hex(ids[i]);
    }
    text.put(ids.length === 0 ? this.#values.none : this.#innerList.end);
  }

  /** @param flows endpoints, see ClientRow */
  #communityIds(flows: readonly number[]): void {
    this.#text.put(this.#before.communityIds);
    for (let i = 0; i < flows.length; i += 2) {
      this.#beginItem(this.#list, i);
      this.#communityId(flows[i], flows[i + 1]);
    }
    this.#text.put(flows.length === 0 ? this.#values.none : this.#list.end);
  }

  #communityId(one: number, other: number): void {
    const words = this.#words;
    this.#hosts.copyWords(hostOf(one), words, 0);
    this.#hosts.copyWords(hostOf(other), words, 4);
    if (isIpv4(words, 0) && isIpv4(words, 4)) this.#text.flow(words[3], portOf(one), words[7], portOf(other));
    else this.#text.quoted(communityIdOf(one, other, this.#hosts));
  }

  #beginItem(list: Pieces<typeof LIST>, index: number): void {
    this.#text.put(index === 0 ? this.#values.open : this.#values.comma);
    this.#text.put(list.item);
  }
}

type Pieces<T> = Record<keyof T, Piece>;

/** Texts by name. */
function piecesOf<T extends Record<string, string>>(texts: T, text: RowText): Pieces<T> {
  const all = Object.entries(texts).map(([name, each]) => [name, text.piece(each)]);
  return Object.fromEntries(all) as Pieces<T>;
}
