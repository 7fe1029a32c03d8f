/** Which refused clients without a holder were announced while the capture ran. */

import type { Hosts } from "../ike/facts.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Line } from "../report/lines.ts";
import { refusalKey, refusalWarning } from "../report/refusals.ts";

/** Clients remembered, so as not to be announced again. */
const MAX_ANNOUNCED = 1_000;

export class RefusalLog {
  #announced = new Set<string>();

  /** A line for each refused client that is new: the counts in its sentence grow with every try. */
  update({ refusals }: Judgement, hosts: Hosts, at: string | null): Line[] {
    const lines: Line[] = [];
    for (const each of refusals) {
      const { code, message } = refusalWarning(each, hosts);
      const key = refusalKey(each, hosts);
      if (this.#announced.has(key)) continue;
      if (this.#announced.size >= MAX_ANNOUNCED) this.#announced.clear();
      this.#announced.add(key);
      lines.push({ type: "warning", schemaVersion: "1", at, code, message });
    }
    return lines;
  }

  /** What was announced, to be kept in a state file. */
  save(): Set<string> {
    return this.#announced;
  }

  restore(announced: Set<string>): void {
    this.#announced = announced;
  }
}
