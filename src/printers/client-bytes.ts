/** The rows of clients in a report of JSON, in bytes: of tens of thousands neither objects are made nor strings. */

import type { RowText } from "../linear/row-text.ts";
import type { ClientRow } from "../report/client-row.ts";
import type { JudgedClients } from "../report/judged-clients.ts";
import { PlainTurn } from "../report/plain-row.ts";
import { ClientWriter } from "./client-writer.ts";
import { LAST_ROW } from "./json.ts";
import { PlainClientWriter } from "./plain-client-writer.ts";

/** Clients in numbers, at least one. */
interface Clients {
  readonly hosts: JudgedClients["hosts"];
  unread(): Iterable<ClientRow | PlainTurn>;
}

/**
 * The list of clients, in pieces of bytes that are to be used before the next one is asked for.
 * @param text where they are written, and nothing else until this is over
 */
export function* clientsInBytes(clients: Clients, text: RowText): Generator<Uint8Array, void, undefined> {
  const last = text.piece(LAST_ROW);
  const writer = new ClientWriter(text, clients.hosts);
  const plain = PlainClientWriter.beside(writer, text, clients.hosts);
  let isFirst = true;
  try {
    for (const each of clients.unread()) {
      const isPlain = each instanceof PlainTurn;
      if (isPlain && !isFirst && plain?.take(each) === true) {
        if (plain.isFull) yield* plain.finish();
        continue;
      }
      const row = isPlain ? each.row() : each;
      if (plain !== null) yield* plain.finish();
      writer.row(row, isFirst);
      isFirst = false;
      if (text.isFull) yield text.take();
    }
    if (plain !== null) yield* plain.finish();
    text.put(last);
    yield text.take();
  } finally {
    text.close();
  }
}
