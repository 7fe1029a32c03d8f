/**
 * Report -> JSON for a file: the text of `reportToJson`, but rows of many clients and findings in bytes, which need not be
 * encoded.
 */

import { RowText } from "../linear/row-text.ts";
import { JudgedClients } from "../report/judged-clients.ts";
import type { JudgedFindings } from "../report/judged-findings.ts";
import type { Report } from "../report/model.ts";
import { clientsInBytes } from "./client-bytes.ts";
import { findingsInBytes } from "./finding-bytes.ts";
import { piecesOf, rows } from "./json.ts";

/** Fewer of them are written like the rest of the report: to make ready for many takes longer, and what writes findings is loaded. */
const MANY_CLIENTS = 100;
const MANY_FINDINGS = 1_000;

/** The report in pieces; bytes are to be used before the next piece is asked for. */
export function* reportToJsonChunks(report: Report): Generator<string | Uint8Array, void, undefined> {
  for (const piece of piecesOf(report)) {
    if (typeof piece === "string") yield piece;
    else yield* rowsOf(piece);
  }
}

function rowsOf(list: JudgedClients | JudgedFindings): Iterable<string | Uint8Array> {
  const many = list instanceof JudgedClients ? MANY_CLIENTS : MANY_FINDINGS;
  const text = list.length < many ? null : RowText.make(list.hosts.memory);
  if (text === null) return rows(list);
  return list instanceof JudgedClients ? clientsInBytes(list, text) : findingsInBytes(list, text);
}
