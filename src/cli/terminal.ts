/** What the terminal allows (colour, width), and the messages beside the report, all on standard error. */

import { printable } from "../printers/text.ts";
import { DEBUG, ERROR, NOTICE, prefixOf } from "./journal.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

const PREFIX = "ike-dupcheck: ";
const PIPE_WIDTH = 100;

/** Option before NO_COLOR before FORCE_COLOR before the terminal (no-color.org: an empty value says nothing). */
export function wantsColor(mode: ColorMode, variables: Variables, terminal: boolean): boolean {
  if (mode !== "auto") return mode === "always";
  if (variables.NO_COLOR !== undefined && variables.NO_COLOR !== "") return false;
  if (variables.FORCE_COLOR !== undefined)
    return variables.FORCE_COLOR !== "0" && variables.FORCE_COLOR !== "false";
  return terminal && variables.TERM !== "dumb";
}

/** Columns for the table: those of the terminal, and a fixed number where there is none. */
export function tableWidth(terminal: boolean, columns: number | undefined): number {
  return terminal && columns !== undefined && columns > 0 ? columns : PIPE_WIDTH;
}

/** Sentences on standard error: errors always, notes unless quiet, facts only when verbose. */
export class Messages {
  readonly #write: (text: string) => void;
  readonly #quiet: boolean;
  readonly #verbose: boolean;
  readonly #journal: boolean;
  readonly #told = new Set<string>();
  /** Erased before a sentence is printed over it. */
  progress: { erase(): void } | null = null;

  /** @param wanted which sentences; `journal`: they have priorities, as systemd's journal reads them */
  constructor(
    write: (text: string) => void,
    {
      quiet = false,
      verbose = false,
      journal = false,
    }: { quiet?: boolean | undefined; verbose?: boolean | undefined; journal?: boolean } = {},
  ) {
    this.#write = write;
    this.#quiet = quiet;
    this.#verbose = verbose;
    this.#journal = journal;
  }

  error(sentence: string): void {
    this.#say(ERROR, sentence);
  }

  /** What is told at once where it is found, and found again with the report. */
  errorOnce(sentence: string): void {
    if (this.#told.has(sentence)) return;
    this.#told.add(sentence);
    this.error(sentence);
  }

  note(sentence: string): void {
    if (!this.#quiet) this.#say(NOTICE, sentence);
  }

  fact(sentence: string): void {
    if (this.#verbose) this.#say(DEBUG, sentence);
  }

  #say(priority: number, sentence: string): void {
    this.progress?.erase();
    // The journal knows the program's name.
    const before = this.#journal ? prefixOf(priority) : PREFIX;
    this.#write(`${before}${printable(sentence)}\n`);
  }
}

export const COLOR_MODES = ["auto", "always", "never"] as const;
export type ColorMode = (typeof COLOR_MODES)[number];
