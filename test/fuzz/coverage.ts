/**
 * Which parts of a script ran, by the coverage counters that V8 itself keeps (inspector, no instrumentation).
 *
 * Reading the counters costs milliseconds, so it is done once for a batch of inputs; only a batch that reached
 * something new is looked into.
 */

import { type Profiler, Session } from "node:inspector";

export class Coverage {
  readonly #session = new Session();
  readonly #url: string;
  /** Per character of the script: 1 where it was reached; V8 joins and splits its blocks by their counts. */
  readonly #known: Uint8Array;
  readonly #latest: Uint8Array;

  /** @param url of the script @param length of its text */
  constructor(url: string, length: number) {
    this.#url = url;
    this.#known = new Uint8Array(length);
    this.#latest = new Uint8Array(length);
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Characters of the script reached so far. */
  get size(): number {
    return this.#known.reduce((sum, reached) => sum + reached, 0);
  }

  /** Whether something ran since the last call that never ran before; it counts as known when `keep` is true. */
  fresh(keep: boolean): boolean {
    const latest = this.#latest.fill(0);
    for (const { ranges } of this.#functions()) {
      // The outer ones come first.
      for (const { startOffset, endOffset, count } of ranges) {
        latest.fill(count > 0 ? 1 : 0, startOffset, endOffset);
      }
    }
    let found = false;
    for (let i = 0; i < latest.length; i += 1) {
      if (latest[i] === 0 || this.#known[i] === 1) continue;
      if (!keep) return true;
      found = true;
      this.#known[i] = 1;
    }
    return found;
  }

  #functions(): Profiler.FunctionCoverage[] {
    let result: Profiler.ScriptCoverage[] = [];
    // Within one thread the answer comes before `post` returns.
    this.#session.post("Profiler.takePreciseCoverage", (_error, answer) => {
      result = answer?.result ?? [];
    });
    return result.find(({ url }) => url === this.#url)?.functions ?? [];
  }

  close(): void {
    this.#session.disconnect();
  }
}
