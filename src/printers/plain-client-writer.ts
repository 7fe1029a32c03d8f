/** Writes rows of plain clients in a report of JSON: the core does, as long as it knows what each of them says. */

import { isIpv4 } from "../collections/endpoints.ts";
import { type Part, PlainRows } from "../linear/plain-rows.ts";
import type { RowText } from "../linear/row-text.ts";
import type { JudgedClients } from "../report/judged-clients.ts";
import type { PlainTurns } from "../report/plain-row.ts";
import { BEFORE, type ClientWriter, INNER_LIST, LIST } from "./client-writer.ts";
import { escaped, NEXT_ROW } from "./json.ts";

/** The row of a plain client behind another one. Its values stand in the numbers of its IKE SA. */
const PLAIN_ROW: readonly Part[] = [
  [NEXT_ROW + BEFORE.address, "address"],
  [BEFORE.port, "port"],
  [BEFORE.responder, "responder"],
  [BEFORE.platform, "platform"],
  [BEFORE.kind, "kind"],
  [BEFORE.confidence, "confidence"],
  [BEFORE.byteOrder, "byteOrder"],
  [`${BEFORE.messageIds}[${INNER_LIST.item}`, "oneId"],
  [`${INNER_LIST.end}${BEFORE.ids}1${BEFORE.ikeSas}1${BEFORE.firstId}`, "oneId"],
  [`${BEFORE.step}null${BEFORE.anomaly}`, "anomaly"],
  [`${BEFORE.communityIds}[${LIST.item}`, "flows"],
  [`${LIST.end}${BEFORE.rolesInferred}false${BEFORE.firstSeenAt}`, "firstSeen"],
  [BEFORE.lastSeenAt, "lastSeen"],
  [
    `${BEFORE.outcome}"connected"${BEFORE.keptOut}0${BEFORE.firstAt}null${BEFORE.lastAt}null${BEFORE.connectedAt}`,
    "connected",
  ],
  [`${BEFORE.keptOutSeconds}0${BEFORE.end}`, "nothing"],
];

/** What stands between two of a list. */
const BETWEEN_FLOWS = `,${LIST.item}`;

export class PlainClientWriter {
  readonly #rows: PlainRows;
  readonly #text: RowText;
  readonly #writer: ClientWriter;
  readonly #hosts: JudgedClients["hosts"];
  readonly #words = new Uint32Array(4);
  /** Clients that wait for their rows, by their places: each by those of its responder, and its index among them. */
  readonly #turns: PlainTurns[] = [];
  readonly #indices: number[] = [];
  /** Those that came last, and the address of their responder: a word of IPv4, or null. */
  #latest: PlainTurns | null = null;
  #responder: number | null = null;

  private constructor(writer: ClientWriter, text: RowText, hosts: JudgedClients["hosts"]) {
    this.#rows = new PlainRows(text, hosts.words, PLAIN_ROW, BETWEEN_FLOWS);
    this.#text = text;
    this.#writer = writer;
    this.#hosts = hosts;
  }

  /** null where the core does not reach the numbers. @param writer writes all other rows */
  static beside(
    writer: ClientWriter,
    text: RowText,
    hosts: JudgedClients["hosts"],
  ): PlainClientWriter | null {
    return text.reaches(hosts.words) ? new PlainClientWriter(writer, text, hosts) : null;
  }

  /** So many wait that they should be written before the next one is taken. */
  get isFull(): boolean {
    return this.#rows.isFull;
  }

  /**
   * Takes clients whose rows come next, to be written later.
   * @param from the first of them
   * @returns how many: up to one that the core cannot write, or until it is full
   */
  take(turns: PlainTurns, from: number): number {
    if (turns !== this.#latest) {
      this.#latest = turns;
      this.#responder = this.#wordOf(turns.responder);
    }
    if (this.#responder === null) return 0;
    let next = from;
    for (; next < turns.length && !this.isFull; next += 1) {
      turns.turnTo(next);
      const { address, index } = turns;
      if (address === 0) break;
      const at = this.#rows.add(address, this.#responder, turns.patternWord);
      this.#turns[at] = turns;
      this.#indices[at] = index;
    }
    return next - from;
  }

  #wordOf(host: number): number | null {
    this.#hosts.copyWords(host, this.#words, 0);
    return isIpv4(this.#words, 0) ? this.#words[3] : null;
  }

  /** Writes the rows of all that wait. */
  *finish(): Generator<Uint8Array, void, undefined> {
    const rows = this.#rows;
    while (!rows.write()) {
      if (this.#text.isFull) yield this.#text.take();
      else {
        this.#writeOtherwise(this.#turns[rows.next], this.#indices[rows.next]);
        rows.pass();
      }
    }
  }

  /** Writes the row of a client of which the core does not know all, and tells it, so that it may write the next one. */
  #writeOtherwise(turns: PlainTurns, index: number): void {
    turns.index = index;
    const client = turns.read();
    const row = turns.row(client);
    this.#writer.row(row);
    this.#rows.tell({
      list: client.sa.vendorListOf(0),
      version: client.vendor.microsoftVersion,
      pattern: turns.patternWord,
      platform: json(row.platform),
      kind: json(row.pattern.kind),
      byteOrder: json(row.pattern.byteOrder),
      anomaly: json(row.anomaly),
    });
  }
}

function json(value: string | null): string {
  return escaped(JSON.stringify(value));
}
