/** Report -> JSON in bytes, which is what a file takes: those of `reportToJson`, whose strings would have to be encoded. */

import type { JudgedClients } from "../report/judged-clients.ts";
import type { Report } from "../report/model.ts";
import { ByteText } from "./byte-text.ts";
import { addClient } from "./client-bytes.ts";
import { FIRST_ROW, LAST_ROW, NEXT_ROW, NO_ROWS, piecesOf } from "./json.ts";

/** Bytes of a piece, and of its last row beyond. */
const PIECE = 65_536;

/** The report in pieces, each of them to be used before the next is asked for. */
export function* reportToJsonBytes(report: Report): Generator<Uint8Array, void, undefined> {
  const out = new ByteText();
  for (const piece of piecesOf(report)) {
    if (typeof piece === "string") out.text(piece);
    else yield* addRows(out, piece);
    if (out.length >= PIECE) yield out.take();
  }
  yield out.take();
}

function* addRows(out: ByteText, clients: JudgedClients): Generator<Uint8Array, void, undefined> {
  const next = new TextEncoder().encode(NEXT_ROW);
  let rows = 0;
  for (const client of clients) {
    if (rows === 0) out.text(FIRST_ROW);
    else out.add(next);
    addClient(out, client);
    rows += 1;
    if (out.length >= PIECE) yield out.take();
  }
  out.text(rows === 0 ? NO_ROWS : LAST_ROW);
}
