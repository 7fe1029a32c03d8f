/**
 * Keeps an analysis safe from a crash. Lines are held back until a state is on the disk that holds them, and told
 * again after a crash in between, with the same `id`: none is lost, and who drops known ids gets none twice.
 */

import { createHash } from "node:crypto";
import type { LiveAnalysis } from "../../analysis/analysis.ts";
import type { RecordStream } from "../../feed/record-stream.ts";
import { toLine } from "../../printers/ndjson.ts";
import type { Line } from "../../report/lines.ts";
import { StateError } from "./error.ts";
import type { StateFile } from "./file.ts";

/** Least time between two states, and how much longer than writing one took, in milliseconds. */
const KEEP_EVERY = 1_000;
const KEEP_SHARE = 10;

/** The options that the answers of a state depend on. */
export interface Asked {
  ports: readonly number[];
  responders: readonly string[];
  aliases: readonly (readonly [string, string])[];
  partition: { index: number; count: number } | null;
}

interface Saved {
  /** What the analysis was asked for: a state of other questions has other answers. */
  asked: string;
  analysis: ReturnType<LiveAnalysis["save"]>;
  stream: ReturnType<RecordStream["save"]>;
  /** Lines that may not have been told. */
  held: string[];
}

/** What a state was asked for, as it is typed. */
function flagsOf(asked: string): string {
  const { ports, responders, aliases, partition } = JSON.parse(asked) as Asked;
  const flags = [
    ...ports.map((port) => `-p ${port}`),
    ...responders.map((responder) => `--responder ${responder}`),
    ...aliases.map((addresses) => `--alias ${addresses.join("=")}`),
    ...(partition === null ? [] : [`--partition ${partition.index}/${partition.count}`]),
  ];
  return flags.length > 0 ? flags.join(" ") : "without -p, --responder, --alias and --partition";
}

/** Writes lines; settles when they have left the program, false when nobody takes them any more. */
type Emit = (lines: readonly string[]) => Promise<boolean>;

export class Keeper {
  readonly #file: StateFile;
  readonly #asked: string;
  readonly #stream: RecordStream;
  readonly #emit: Emit | null;
  readonly #fail: (error: StateError) => void;
  #saved: Saved | null;
  #analysis: LiveAnalysis | null = null;
  #held: string[] = [];
  /** Lines of the input in the last state, and whether it holds lines. */
  #kept = { lines: 0, held: false };
  #keptAt = Number.NEGATIVE_INFINITY;
  #cost = 0;
  /** Lines on their way out. */
  #telling: Promise<void> | null = null;
  /** The last state is to stay as it is: it holds lines that nobody took, or a newer one cannot be written. */
  #over = false;

  /**
   * @param asked what the analysis is asked for (`Asked`), as JSON
   * @param emit null: nobody wants lines
   * @param fail is told that no state can be kept any more
   * @throws StateError when the state in the file cannot be taken
   */
  constructor(
    file: StateFile,
    asked: string,
    stream: RecordStream,
    emit: Emit | null,
    fail: (error: StateError) => void,
  ) {
    this.#file = file;
    this.#asked = asked;
    this.#stream = stream;
    this.#emit = emit;
    this.#fail = fail;
    this.#saved = file.read() as Saved | null;
    if (this.#saved !== null && this.#saved.asked !== asked) {
      throw new StateError(`the state was kept with other options: ${flagsOf(this.#saved.asked)}`);
    }
    stream.restore(this.#saved?.stream ?? null);
  }

  /** True when there was a state to go on from. */
  get resumes(): boolean {
    return this.#saved !== null;
  }

  /** Brings the analysis to where the state is, and tells what may not have been told, and from where to go on. */
  begin(analysis: LiveAnalysis): void {
    this.#analysis = analysis;
    const saved = this.#saved;
    if (saved !== null) analysis.restore(saved.analysis, performance.now());
    this.#kept.held = saved !== null && saved.held.length > 0;
    this.#tell(saved?.held ?? []);
    this.#saved = null;
  }

  /** Takes lines to be told once they are safe. */
  hold(lines: readonly Line[]): void {
    if (this.#emit === null) return;
    for (const line of lines) this.#held.push(toLine(identified(line)));
  }

  /** Keeps a state when there is reason to. */
  tick(now: number): void {
    if (this.#over || this.#telling !== null) return;
    if (now - this.#keptAt < Math.max(KEEP_EVERY, KEEP_SHARE * this.#cost)) return;
    const news = this.#held.length > 0 || this.#stream.taken.lines > this.#kept.lines;
    if (!news && !this.#kept.held) return;
    this.#keep();
  }

  /** Keeps all there is, tells it, and keeps that it was told. */
  async end(): Promise<void> {
    await this.#telling;
    this.#keep();
    await this.#telling;
    if (this.#kept.held) this.#keep();
    await this.#telling;
  }

  #keep(): void {
    if (this.#over) return;
    try {
      this.#write();
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.#over = true;
      this.#fail(error);
    }
  }

  #write(): void {
    const began = performance.now();
    const held = this.#held;
    const { lines } = this.#stream.taken;
    const state: Saved = {
      asked: this.#asked,
      analysis: this.#analysis!.save(),
      stream: this.#stream.save(),
      held,
    };
    this.#file.write(state);
    this.#held = [];
    this.#kept = { lines, held: held.length > 0 };
    this.#keptAt = performance.now();
    this.#cost = this.#keptAt - began;
    this.#tell(held);
  }

  #tell(lines: readonly string[]): void {
    if (this.#emit === null) return;
    const checkpoint: Line = {
      type: "checkpoint",
      schemaVersion: "1",
      at: this.#analysis!.time(performance.now()),
      ...this.#stream.taken,
    };
    this.#telling = this.#emit([...lines, toLine(checkpoint)]).then((taken) => {
      this.#telling = null;
      if (!taken) this.#over = true;
    });
  }
}

function identified(line: Line): Line {
  if (line.type !== "finding" && line.type !== "finding-update") return line;
  const digest = createHash("sha256").update(JSON.stringify(line)).digest("hex");
  return { ...line, id: `${line.finding.fingerprint}/${digest.slice(0, 16)}` };
}
