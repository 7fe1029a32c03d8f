/** Report -> JSON for a file: the text of `reportToJson`, but rows of many clients in bytes, which need not be encoded. */

import type { JudgedClients } from "../report/judged-clients.ts";
import type { Report } from "../report/model.ts";
import { ByteText } from "./byte-text.ts";
import { ClientWriter } from "./client-bytes.ts";
import { FIRST_ROW, LAST_ROW, NEXT_ROW, piecesOf, rows } from "./json.ts";

/** Bytes of rows that are handed on at once, and of the last of them beyond. */
const CHUNK = 65_536;
/** Fewer clients are written like the rest of the report: to make ready for many takes longer. */
const MANY = 100;

/** The report in pieces; bytes are to be used before the next piece is asked for. */
export function* reportToJsonChunks(report: Report): Generator<string | Uint8Array, void, undefined> {
  for (const piece of piecesOf(report)) {
    if (typeof piece === "string") yield piece;
    else yield* piece.length < MANY ? rows(piece) : rowsInBytes(piece);
  }
}

function* rowsInBytes(clients: JudgedClients): Generator<Uint8Array, void, undefined> {
  const out = new ByteText();
  const writer = new ClientWriter(out);
  let separator = FIRST_ROW;
  for (const client of clients) {
    out.ascii(separator);
    writer.row(client);
    separator = NEXT_ROW;
    if (out.length >= CHUNK) yield out.take();
  }
  out.ascii(LAST_ROW);
  yield out.take();
}
