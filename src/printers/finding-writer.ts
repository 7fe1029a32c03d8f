/** Writes rows of findings in a report of JSON, key by key and straight from numbers: of tens of thousands no object is made. */

import type { RowText } from "../linear/row-text.ts";
import { candidateOf, type EndRow, type FindingRow } from "../report/finding-row.ts";
import type { JudgedFindings } from "../report/judged-findings.ts";
import { AttemptWriter } from "./attempt-writer.ts";
import { indented } from "./json.ts";
import { type ListPieces, type Pieces, piecesOf, RowValues } from "./row-values.ts";

/** A row of one of the report's lists stands so deep, and what is in it one or more steps deeper. */
const KEY = "\n      ";
const INNER = `${KEY}  `;

/** What stands before the values of a row, in its order. */
const BEFORE = {
  fingerprint: `{${KEY}"fingerprint": `,
  verdict: `,${KEY}"verdict": `,
  severity: `,${KEY}"severity": `,
  cause: `,${KEY}"cause": `,
  caveats: `,${KEY}"caveats": `,
  notes: `,${KEY}"notes": `,
  responder: `,${KEY}"responder": `,
  messageIds: `,${KEY}"messageIds": `,
  messageIdsDecimal: `,${KEY}"messageIdsDecimal": `,
  holder: `,${KEY}"holder": `,
  address: `{${INNER}"address": `,
  port: `,${INNER}"port": `,
  platform: `,${INNER}"platform": `,
  pattern: `,${INNER}"pattern": `,
  candidates: `,${INNER}"candidates": `,
  candidatesOmitted: `,${INNER}"candidatesOmitted": `,
  contender: `${KEY}},${KEY}"contender": `,
  attempts: `${KEY}},${KEY}"attempts": `,
  displayFilter: `,${KEY}"displayFilter": `,
  summary: `,${KEY}"summary": `,
  end: `${KEY.slice(0, -2)}}`,
};

/** How the items of a list in a row are set off from each other, and its end. */
const LIST = { item: INNER, end: `${KEY}]` };

/** What a row has more of is not written here: text has bounded room. */
const MOST_ATTEMPTS = 16;
const MOST_HOSTS = 8;

/** Writes rows as `JSON.stringify` would write the findings of the model (`buildFinding`) there. */
export class FindingWriter {
  readonly #text: RowText;
  readonly #values: RowValues;
  readonly #hosts: JudgedFindings["hosts"];
  readonly #before: Pieces<typeof BEFORE>;
  readonly #attempts: AttemptWriter;
  readonly #list: ListPieces;
  /** Candidates that were written last, and as what: thousands of findings may have one list of them. */
  #candidates: FindingRow["shownCandidates"] = null;
  #candidatesText = "";

  constructor(text: RowText, hosts: JudgedFindings["hosts"]) {
    this.#text = text;
    this.#hosts = hosts;
    this.#values = new RowValues(text, hosts);
    this.#before = piecesOf(BEFORE, text);
    this.#attempts = new AttemptWriter(text, this.#values);
    this.#list = piecesOf(LIST, text);
  }

  /** There is room for all that the row says, as for that of nearly every one. */
  isPlain({ judged, context }: FindingRow): boolean {
    if (judged.attempts.length > MOST_ATTEMPTS || judged.responder.hosts.size > MOST_HOSTS) return false;
    return this.#attempts.areNamed(context);
  }

  /** @param isFirst it stands at the beginning of the list */
  row(row: FindingRow, isFirst: boolean): void {
    const { judged, ids, shownAttempts } = row;
    const before = this.#before;
    const values = this.#values;
    const text = this.#text;
    const list = this.#list;
    values.beginRow(isFirst);
    values.string(before.fingerprint, row.fingerprint);
    values.string(before.verdict, judged.verdict);
    values.string(before.severity, judged.severity);
    values.string(before.cause, judged.cause);
    values.items(before.caveats, list, judged.caveats, (each) => values.quoted(each));
    values.items(before.notes, list, row.notes, (each) => values.quoted(each));
    values.address(before.responder, judged.responder.host);
    values.items(before.messageIds, list, ids, (id) => text.hex(id));
    values.items(before.messageIdsDecimal, list, ids, (id) => text.whole(id));
    text.put(before.holder);
    this.#end(row.holderRow);
    this.#candidatesOf(row);
    text.put(before.contender);
    this.#end(row.contenderRow);
    values.items(before.attempts, list, shownAttempts, (each) => this.#attempts.attempt(each, row.context));
    values.string(before.displayFilter, row.displayFilter);
    values.string(before.summary, row.summary);
    text.put(before.end);
  }

  /** A client, but for the end of its object. */
  #end(end: EndRow | null): void {
    const before = this.#before;
    if (end === null) {
      this.#text.put(before.address);
      this.#values.null();
    } else this.#values.address(before.address, end.host);
    this.#values.number(before.port, end?.port ?? null);
    this.#values.string(before.platform, end?.platform ?? null);
    this.#values.string(before.pattern, end?.pattern ?? null);
  }

  #candidatesOf({ judged, shownCandidates, omittedCandidates }: FindingRow): void {
    if (shownCandidates === null) return;
    if (this.#candidates !== judged.candidates) {
      this.#candidates = judged.candidates;
      const shown = shownCandidates.map((each) => candidateOf(each, this.#hosts));
      this.#candidatesText = indented(shown, 4);
    }
    this.#text.put(this.#before.candidates);
    this.#text.text(this.#candidatesText);
    if (omittedCandidates > 0) this.#values.number(this.#before.candidatesOmitted, omittedCandidates);
  }
}
