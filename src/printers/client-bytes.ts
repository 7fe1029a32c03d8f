/** The rows of clients in a report of JSON, key by key: what is alike in all of them is encoded once. */

import type { Client } from "../report/model.ts";
import type { ByteText } from "./byte-text.ts";
import { escaped } from "./json.ts";

/** A row of one of the report's lists stands so deep, and what is in it one or two steps deeper. */
const KEY = "\n      ";
const INNER = `${KEY}  `;

/** What stands before the values of a row, in its order. */
const BEFORE = {
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
const LIST = { item: INNER, end: `${KEY}]` };
const INNER_LIST = { item: `${INNER}  `, end: `${INNER}]` };

/** Writes rows of clients whose keys are in the order of JudgedClients, as `JSON.stringify` would write them there. */
export class ClientWriter {
  readonly #out: ByteText;
  readonly #before = encoded(BEFORE);
  readonly #values = encoded(VALUES);
  readonly #list = encoded(LIST);
  readonly #innerList = encoded(INNER_LIST);

  constructor(out: ByteText) {
    this.#out = out;
  }

  row(client: Client): void {
    const { pattern, outcome, insideAddress } = client;
    const before = this.#before;
    this.#string(before.address, client.address);
    this.#number(before.port, client.port);
    this.#string(before.responder, client.responder);
    if (insideAddress !== undefined) this.#string(before.insideAddress, insideAddress);
    this.#string(before.platform, client.platform);
    this.#string(before.kind, pattern.kind);
    this.#number(before.confidence, pattern.confidence);
    this.#string(before.byteOrder, pattern.byteOrder);
    this.#strings(before.messageIds, pattern.messageIds, this.#innerList);
    this.#number(before.ids, pattern.ids);
    this.#number(before.ikeSas, pattern.ikeSas);
    this.#string(before.firstId, pattern.firstId);
    this.#number(before.step, pattern.step);
    this.#string(before.anomaly, client.anomaly);
    this.#strings(before.communityIds, client.communityIds, this.#list);
    this.#out.add(before.rolesInferred);
    this.#out.add(client.rolesInferred ? this.#values.true : this.#values.false);
    this.#string(before.firstSeenAt, client.firstSeenAt);
    this.#string(before.lastSeenAt, client.lastSeenAt);
    this.#string(before.outcome, outcome.kind);
    this.#number(before.keptOut, outcome.keptOut);
    this.#string(before.firstAt, outcome.firstAt);
    this.#string(before.lastAt, outcome.lastAt);
    this.#string(before.connectedAt, outcome.connectedAt);
    this.#number(before.keptOutSeconds, outcome.keptOutSeconds);
    this.#out.add(before.end);
  }

  #string(before: Uint8Array, value: string | null): void {
    const out = this.#out;
    out.add(before);
    if (value === null) out.add(this.#values.null);
    else if (!out.quoted(value)) out.text(escaped(JSON.stringify(value)));
  }

  #number(before: Uint8Array, value: number | null): void {
    const out = this.#out;
    out.add(before);
    if (value === null) out.add(this.#values.null);
    else if (value >= 0 && value === (value | 0)) out.whole(value);
    else out.text(JSON.stringify(value));
  }

  #strings(before: Uint8Array, items: readonly string[], list: Encoded<typeof LIST>): void {
    const { open, comma, none } = this.#values;
    this.#out.add(before);
    let separator = open;
    for (const item of items) {
      this.#out.add(separator);
      this.#string(list.item, item);
      separator = comma;
    }
    this.#out.add(items.length === 0 ? none : list.end);
  }
}

type Encoded<T> = Record<keyof T, Uint8Array>;

/** Texts as bytes, by name. */
function encoded<T extends Record<string, string>>(texts: T): Encoded<T> {
  const encoder = new TextEncoder();
  const all = Object.entries(texts).map(([name, text]) => [name, encoder.encode(text)]);
  return Object.fromEntries(all) as Encoded<T>;
}
