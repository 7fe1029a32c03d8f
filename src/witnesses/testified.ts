/** A judgement and what the witnesses said beside it: what a report is completed with. */

import type { Hosts } from "../ike/facts.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Capture } from "../report/model.ts";
import type { WitnessBook } from "./book.ts";
import type { Joined } from "./joining.ts";

/** What could not be used of a file of keys or of events, in words. */
export interface WitnessNote {
  code: "keys-skipped" | "malformed-line";
  message: string;
}

export interface Testified {
  judgement: Judgement;
  hosts: Hosts;
  sources: readonly { name: string }[];
  book: WitnessBook;
  joined: Joined;
  /** Addresses that the user named as responders. */
  responders: readonly string[];
  /** First and last time of the captures, microseconds of their clock. */
  span: { from: number; to: number };
  /** What the keys opened; null where none were given. */
  decrypted: NonNullable<Capture["decrypted"]> | null;
  /** Where the keys stand that opened nothing. */
  unusedKeys: readonly { source: string; line: number }[];
  /** What of the files of keys and of events was skipped. */
  skipped: readonly WitnessNote[];
}
