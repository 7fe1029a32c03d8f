/** The findings of a judgement in the form of the report, each made when its turn comes. */

import type { Hosts } from "../ike/facts.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Responder } from "../judgement/responders.ts";
import type { BuildContext } from "./build.ts";
import { buildFinding } from "./build-findings.ts";
import { FindingRow, FindingsAt } from "./finding-row.ts";
import type { Finding } from "./model.ts";

/** To be read while the facts are those that were judged. */
export class JudgedFindings {
  readonly length: number;
  readonly #judgement: Judgement;
  readonly #context: BuildContext;
  readonly #responders = new Map<Responder, FindingsAt>();
  /** Those that accuse, of which advice asks a lot. */
  #accusing: readonly FindingRow[] | null = null;

  constructor(judgement: Judgement, context: BuildContext) {
    this.length = judgement.findings.length;
    this.#judgement = judgement;
    this.#context = context;
  }

  /** What tells the addresses of hosts. */
  get hosts(): Hosts {
    return this.#context.hosts;
  }

  *[Symbol.iterator](): Generator<Finding, void, undefined> {
    for (const row of this.rows()) yield buildFinding(row);
  }

  /** The same, of which nothing is made yet. */
  *rows(): Generator<FindingRow, void, undefined> {
    // Worst first: those that accuse stand before the others.
    const accusing = this.#accusing ?? [];
    yield* accusing;
    const { findings } = this.#judgement;
    for (let i = accusing.length; i < findings.length; i += 1) yield this.#row(i);
  }

  /** All but those that are tolerated. */
  get accusing(): readonly FindingRow[] {
    this.#accusing ??= this.#accused();
    return this.#accusing;
  }

  #accused(): FindingRow[] {
    const { findings } = this.#judgement;
    const rows: FindingRow[] = [];
    for (let i = 0; i < findings.length && findings[i].verdict !== "tolerated"; i += 1)
      rows.push(this.#row(i));
    return rows;
  }

  /** Addresses of the responders that have any. */
  get responders(): ReadonlySet<string> {
    const found = new Set(this.#judgement.findings.map(({ responder }) => responder));
    return new Set([...found].map(({ host }) => this.hosts.text(host)));
  }

  #row(i: number): FindingRow {
    const judged = this.#judgement.findings[i];
    const { responder } = judged;
    let at = this.#responders.get(responder);
    if (at === undefined) {
      at = new FindingsAt(responder, this.hosts);
      this.#responders.set(responder, at);
    }
    return new FindingRow(judged, at, this.#context);
  }
}
