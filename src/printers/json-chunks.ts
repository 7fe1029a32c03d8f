/** Report -> JSON for a file: the text of `reportToJson`, but rows of many clients in bytes, which need not be encoded. */

import { RowText } from "../linear/row-text.ts";
import type { JudgedClients } from "../report/judged-clients.ts";
import type { Report } from "../report/model.ts";
import { clientsInBytes } from "./client-bytes.ts";
import { piecesOf, rows } from "./json.ts";

/** Fewer clients are written like the rest of the report: to make ready for many takes longer. */
const MANY = 100;

/** The report in pieces; bytes are to be used before the next piece is asked for. */
export function* reportToJsonChunks(report: Report): Generator<string | Uint8Array, void, undefined> {
  for (const piece of piecesOf(report)) {
    if (typeof piece === "string") yield piece;
    else yield* clientsOf(piece);
  }
}

function clientsOf(clients: JudgedClients): Iterable<string | Uint8Array> {
  const text = clients.length < MANY ? null : RowText.make(clients.hosts.memory);
  return text === null ? rows(clients) : clientsInBytes(clients, text);
}
