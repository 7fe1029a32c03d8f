/** The program while it runs: its lines as they come, what it says, and how it ends. */

import type { ChildProcess } from "node:child_process";
import type { Line } from "../../src/report/lines.ts";
import type { Report } from "../../src/report/model.ts";
import type { Namespace } from "./namespace.ts";
import { COMMAND } from "./program.ts";

const PATIENCE_MS = 60_000;

/** Arguments with which the program says every second how many packets it has read. */
export const COUNTS = ["--stats-every", "1"] as const;

export class LiveProgram {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly ended: Promise<{ status: number | null; signal: string | null }>;
  #changed: () => void = () => {};

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#changed();
    });
    this.ended = new Promise((resolve) => {
      child.once("close", (status, signal) => {
        resolve({ status, signal });
        this.#changed();
      });
    });
  }

  /** Starts the program in a namespace, with ndjson output, and waits until it captures on all its interfaces. */
  static async start(namespace: Namespace, ...args: string[]): Promise<LiveProgram> {
    const program = LiveProgram.begin(namespace, "--format", "ndjson", ...args);
    const interfaces = args.filter((_, i) => args[i - 1] === "-i");
    for (const each of interfaces) await program.says(new RegExp(`capturing on ${each}`));
    return program;
  }

  static begin(namespace: Namespace, ...args: string[]): LiveProgram {
    return new LiveProgram(namespace.spawn([...COMMAND, ...args]));
  }

  /** All whole lines so far. */
  get lines(): Line[] {
    return this.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  /** Waits for something on standard error. */
  says(pattern: RegExp): Promise<void> {
    return this.#until(() => pattern.test(this.stderr), `standard error to match ${pattern}`);
  }

  /** Waits for something on standard output. */
  writes(pattern: RegExp): Promise<void> {
    return this.#until(() => pattern.test(this.stdout), `standard output to match ${pattern}`);
  }

  /** Waits until so many packets were read, of a program with `COUNTS`. */
  has(packets: number): Promise<void> {
    const read = (line: Line) => line.type === "stats" && line.packets >= packets;
    return this.#until(() => this.lines.some(read), `${packets} packets`);
  }

  /** Waits for a finding, new or changed, of this verdict. */
  tells(verdict: string): Promise<void> {
    const told = (line: Line) =>
      (line.type === "finding" || line.type === "finding-update") && line.finding.verdict === verdict;
    return this.#until(() => this.lines.some(told), `a finding ${verdict}`);
  }

  /** Findings in the order they were told: type, verdict, IDs. */
  get history(): string[] {
    return this.lines.flatMap((line) =>
      line.type === "finding" || line.type === "finding-update"
        ? [
            `${line.type} ${line.finding.verdict} ${line.finding.contender.address} ${line.finding.messageIds}`,
          ]
        : [],
    );
  }

  /** Ends it in order and gives the report of its last line. */
  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<{ status: number | null; report: Report }> {
    this.child.kill(signal);
    const { status } = await this.ended;
    const last = this.lines.at(-1);
    if (last?.type !== "report") throw new Error(`no report; it said: ${this.stderr}`);
    return { status, report: last.report };
  }

  async #until(test: () => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!test()) {
      if (Date.now() > end || this.child.exitCode !== null) {
        throw new Error(`waited in vain for ${what}; it said: ${this.stderr}`);
      }
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
        setTimeout(resolve, 200);
      });
    }
  }
}
