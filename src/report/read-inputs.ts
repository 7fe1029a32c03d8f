/** What a report says of what was read, and of what was asked for: the form in which whoever has read it hands it on. */

import type { ClockSteps, InputFacts } from "./input-warnings.ts";
import type { Capture, Warning } from "./model.ts";

interface WrittenTime {
  micros: number;
  nanos: number;
}

export interface ReadInputs {
  /** Each input, in the order in which they are numbered. */
  readonly summaries: readonly ReadSource[];
  /** Times as written of the first and the last row of each. */
  readonly times: readonly { first: WrittenTime | null; last: WrittenTime | null; sayNothing?: boolean }[];
  readonly clockSteps: ClockSteps;
  /** `micros` is to be added, or was added, to the times of `source`. */
  readonly clockOffsets?: InputFacts["clockOffsets"];
  readonly unopened?: readonly string[];
}

interface ReadSource
  extends Pick<
    Capture["sources"][number],
    "name" | "format" | "packets" | "bytes" | "end" | "problem" | "untimed"
  > {
  readonly linkTypes: readonly number[];
  timeDigits: 6 | 9;
  readonly notes?: readonly Warning[];
}

export interface ReadScope {
  readonly partition: { index: number; count: number } | null;
  /** Addresses and prefixes that the user named as responders. */
  readonly named: readonly { text: string; includes: (host: number) => boolean }[];
  isIkePort: (port: number) => boolean;
  aliasesOf: (host: number) => string[];
}
