/** The rows of clients in a report of JSON, key by key: what is alike in all of them is encoded once. */

import type { Client } from "../report/model.ts";
import type { ByteText } from "./byte-text.ts";
import { escaped } from "./json.ts";

/** A row of one of the report's lists stands so deep, and what is in it one or two steps deeper. */
const KEY = "\n      ";
const INNER = `${KEY}  `;

/** What stands before the values of a row, in its order. */
const BEFORE = encoded({
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
});

const VALUES = encoded({ null: "null", true: "true", false: "false", comma: ",", none: "[]", open: "[" });

/** How the items of a list in a row, and in what is in it, are set off from each other, and its end. */
const LIST = encoded({ item: INNER, end: `${KEY}]` });
const INNER_LIST = encoded({ item: `${INNER}  `, end: `${INNER}]` });

/** Adds the row of a client whose keys are in the order of JudgedClients, as `JSON.stringify` would write it there. */
export function addClient(out: ByteText, client: Client): void {
  const { pattern, outcome, insideAddress } = client;
  addString(out, BEFORE.address, client.address);
  addNumber(out, BEFORE.port, client.port);
  addString(out, BEFORE.responder, client.responder);
  if (insideAddress !== undefined) addString(out, BEFORE.insideAddress, insideAddress);
  addString(out, BEFORE.platform, client.platform);
  addString(out, BEFORE.kind, pattern.kind);
  addNumber(out, BEFORE.confidence, pattern.confidence);
  addString(out, BEFORE.byteOrder, pattern.byteOrder);
  addList(out, BEFORE.messageIds, pattern.messageIds, INNER_LIST);
  addNumber(out, BEFORE.ids, pattern.ids);
  addNumber(out, BEFORE.ikeSas, pattern.ikeSas);
  addString(out, BEFORE.firstId, pattern.firstId);
  addNumber(out, BEFORE.step, pattern.step);
  addString(out, BEFORE.anomaly, client.anomaly);
  addList(out, BEFORE.communityIds, client.communityIds, LIST);
  out.add(BEFORE.rolesInferred);
  out.add(client.rolesInferred ? VALUES.true : VALUES.false);
  addString(out, BEFORE.firstSeenAt, client.firstSeenAt);
  addString(out, BEFORE.lastSeenAt, client.lastSeenAt);
  addString(out, BEFORE.outcome, outcome.kind);
  addNumber(out, BEFORE.keptOut, outcome.keptOut);
  addString(out, BEFORE.firstAt, outcome.firstAt);
  addString(out, BEFORE.lastAt, outcome.lastAt);
  addString(out, BEFORE.connectedAt, outcome.connectedAt);
  addNumber(out, BEFORE.keptOutSeconds, outcome.keptOutSeconds);
  out.add(BEFORE.end);
}

function addString(out: ByteText, before: Uint8Array, value: string | null): void {
  out.add(before);
  if (value === null) out.add(VALUES.null);
  else if (!out.quoted(value)) out.text(escaped(JSON.stringify(value)));
}

function addNumber(out: ByteText, before: Uint8Array, value: number | null): void {
  out.add(before);
  if (value === null) out.add(VALUES.null);
  else if (value >= 0 && value === (value | 0)) out.whole(value);
  else out.text(JSON.stringify(value));
}

function addList(out: ByteText, before: Uint8Array, items: readonly string[], list: typeof LIST): void {
  out.add(before);
  let separator = VALUES.open;
  for (const item of items) {
    out.add(separator);
    addString(out, list.item, item);
    separator = VALUES.comma;
  }
  out.add(items.length === 0 ? VALUES.none : list.end);
}

/** Texts as bytes, by name. */
function encoded<T extends Record<string, string>>(texts: T): Record<keyof T, Uint8Array> {
  const encoder = new TextEncoder();
  const all = Object.entries(texts).map(([name, text]) => [name, encoder.encode(text)]);
  return Object.fromEntries(all) as Record<keyof T, Uint8Array>;
}
