/** The rows of clients in a report of JSON, in bytes: of tens of thousands neither objects are made nor strings. */

import type { RowText } from "../linear/row-text.ts";
import type { ClientRow } from "../report/client-row.ts";
import type { JudgedClients } from "../report/judged-clients.ts";
import { PlainTurns } from "../report/plain-row.ts";
import { ClientWriter } from "./client-writer.ts";
import { LAST_ROW } from "./json.ts";
import { PlainClientWriter } from "./plain-client-writer.ts";

/** Clients in numbers, at least one. */
interface Clients {
  readonly hosts: JudgedClients["hosts"];
  unread(): Iterable<ClientRow | PlainTurns>;
}

type Pieces = Generator<Uint8Array, void, undefined>;

/**
 * The list of clients, in pieces of bytes that are to be used before the next one is asked for.
 * @param text where they are written, and nothing else until this is over
 */
export function* clientsInBytes(clients: Clients, text: RowText): Pieces {
  const last = text.piece(LAST_ROW);
  const rows = new Rows(clients.hosts, text);
  try {
    for (const each of clients.unread()) {
      if (each instanceof PlainTurns) yield* rows.plain(each);
      else yield* rows.one(each);
    }
    yield* rows.finish();
    text.put(last);
    yield text.take();
  } finally {
    text.close();
  }
}

class Rows {
  readonly #text: RowText;
  readonly #writer: ClientWriter;
  readonly #plain: PlainClientWriter | null;
  #isFirst = true;

  constructor(hosts: Clients["hosts"], text: RowText) {
    this.#text = text;
    this.#writer = new ClientWriter(text, hosts);
    this.#plain = PlainClientWriter.beside(this.#writer, text, hosts);
  }

  *one(row: ClientRow): Pieces {
    yield* this.finish();
    this.#writer.row(row, this.#isFirst);
    this.#isFirst = false;
    if (this.#text.isFull) yield this.#text.take();
  }

  *plain(turns: PlainTurns): Pieces {
    const plain = this.#plain;
    for (let i = 0; i < turns.length; ) {
      if (plain !== null && !this.#isFirst) i += plain.take(turns, i);
      if (plain?.isFull === true) yield* plain.finish();
      else if (i < turns.length) {
        turns.turnTo(i);
        yield* this.one(turns.row());
        i += 1;
      }
    }
  }

  /** Writes the rows of plain clients that wait. */
  *finish(): Pieces {
    if (this.#plain !== null) yield* this.#plain.finish();
  }
}
