/** Writes rows of clients in a report of JSON, key by key and straight from numbers: of tens of thousands no object is made. */

import { hostOf, isIpv4, portOf } from "../collections/endpoints.ts";
import type { RowText } from "../linear/row-text.ts";
import { type ClientRow, communityIdOf } from "../report/client-row.ts";
import type { JudgedClients } from "../report/judged-clients.ts";
import { type ListPieces, type Pieces, piecesOf, RowValues } from "./row-values.ts";

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

/** How the items of a list in a row, and in what is in it, are set off from each other, and its end. */
export const LIST = { item: INNER, end: `${KEY}]` };
export const INNER_LIST = { item: `${INNER}  `, end: `${INNER}]` };

/** Writes rows as `JSON.stringify` would write the clients of the model (`clientOf`) there. */
export class ClientWriter {
  readonly #text: RowText;
  readonly #hosts: JudgedClients["hosts"];
  readonly #before: Pieces<typeof BEFORE>;
  readonly #values: RowValues;
  readonly #list: ListPieces;
  readonly #innerList: ListPieces;
  readonly #putId = (id: number) => this.#text.hex(id);
  /** Addresses of two hosts. */
  readonly #words = new Uint32Array(8);

  constructor(text: RowText, hosts: JudgedClients["hosts"]) {
    this.#text = text;
    this.#hosts = hosts;
    this.#before = piecesOf(BEFORE, text);
    this.#values = new RowValues(text, hosts);
    this.#list = piecesOf(LIST, text);
    this.#innerList = piecesOf(INNER_LIST, text);
  }

  /** @param isFirst it stands at the beginning of the list */
  row(row: ClientRow, isFirst = false): void {
    const { pattern, messageIds, outcome, insideAddress } = row;
    const before = this.#before;
    const values = this.#values;
    const text = this.#text;
    values.beginRow(isFirst);
    values.address(before.address, row.host);
    values.number(before.port, row.port);
    values.address(before.responder, row.responder);
    if (insideAddress !== null) values.string(before.insideAddress, insideAddress);
    values.string(before.platform, row.platform);
    values.string(before.kind, pattern.kind);
    text.put(before.confidence);
    text.millionths(Math.round(pattern.confidence * 1e6));
    values.string(before.byteOrder, pattern.byteOrder);
    values.items(before.messageIds, this.#innerList, messageIds.shown, this.#putId);
    values.number(before.ids, messageIds.count);
    values.number(before.ikeSas, row.ikeSas);
    text.put(before.firstId);
    if (messageIds.shown.length === 0) values.null();
    else text.hex(messageIds.shown[0]);
    values.number(before.step, messageIds.step);
    values.string(before.anomaly, row.anomaly);
    this.#communityIds(row.flows);
    values.boolean(before.rolesInferred, row.rolesInferred);
    values.time(before.firstSeenAt, row.firstAt);
    values.time(before.lastSeenAt, row.lastAt);
    values.string(before.outcome, outcome.kind);
    values.number(before.keptOut, outcome.keptOut);
    values.time(before.firstAt, outcome.firstAt);
    values.time(before.lastAt, outcome.lastAt);
    values.time(before.connectedAt, outcome.connectedAt);
    values.number(before.keptOutSeconds, outcome.keptOutSeconds);
    text.put(before.end);
  }

  /** @param flows endpoints, see ClientRow */
  #communityIds(flows: readonly number[]): void {
    const values = this.#values;
    this.#text.put(this.#before.communityIds);
    for (let i = 0; i < flows.length; i += 2) {
      values.beginItem(this.#list, i);
      this.#communityId(flows[i], flows[i + 1]);
    }
    values.endList(this.#list, flows.length);
  }

  #communityId(one: number, other: number): void {
    const words = this.#words;
    this.#hosts.copyWords(hostOf(one), words, 0);
    this.#hosts.copyWords(hostOf(other), words, 4);
    if (isIpv4(words, 0) && isIpv4(words, 4)) this.#text.flow(words[3], portOf(one), words[7], portOf(other));
    else this.#text.quoted(communityIdOf(one, other, this.#hosts));
  }
}
