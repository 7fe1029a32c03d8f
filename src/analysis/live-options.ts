/** What is handed to an analysis, and what it counts. */

import type { Anonymizer } from "../anonymize/anonymizer.ts";
import type { Sink } from "../feed/decoder.ts";
import type { Opener } from "../ike/opened.ts";
import type { TrackerOptions } from "../ike/tracker-options.ts";
import { clientCount } from "../judgement/clients-of.ts";
import type { Judgement } from "../judgement/judge.ts";
import { countVerdicts, noFindings } from "../report/build.ts";
import type { Live, Report } from "../report/model.ts";
import type { WitnessBook } from "../witnesses/book.ts";
import type { WitnessNote } from "../witnesses/testified.ts";
import type { ScopeOptions } from "./scope.ts";

/** `maxSas`: IKE SAs kept at most; beyond, the longest silent go. */
export interface LiveOptions extends ScopeOptions, TrackerOptions {
  /** Milliseconds of a clock that does not step; without one time stands still, which is right for files. */
  now?: () => number;
  /** Who else takes the datagrams. */
  sinks?: readonly Sink[];
  /** Replaces what names anybody, before it is judged. */
  anonymizer?: Anonymizer | undefined;
  /** Keys, and what logs and events say. */
  witnesses?: Witnesses;
}

/** What beside the packets is taken into account. */
export interface Witnesses {
  book: WitnessBook;
  /** Who opens encrypted messages; null: no keys were given. */
  opener: KeyUse | null;
  /** What could not be used of them. */
  notes: readonly WitnessNote[];
}

/** An opener that can tell what it opened. */
export interface KeyUse extends Opener {
  /** Another reading begins. */
  begin: () => void;
  readonly opened: NonNullable<Report["capture"]["decrypted"]>;
  readonly unused: readonly { source: string; line: number }[];
}

export type Closed = Live["closed"];

export interface Tally {
  responders: number;
  clients: number;
  ikeSas: number;
  evicted: number;
  findings: Report["summary"]["findings"];
  closed: Closed;
}

/** What the user named is called otherwise where addresses are replaced. */
export function namedAs(options: LiveOptions): LiveOptions {
  const { anonymizer, responders = [], aliases = [] } = options;
  if (anonymizer === undefined) return options;
  return {
    ...options,
    responders: responders.map((each) => anonymizer.named(each)),
    aliases: aliases.map(([one, other]) => [anonymizer.named(one), anonymizer.named(other)] as const),
  };
}

/** @param judgement the last one; null before any */
export function tallyOf(
  judgement: Judgement | null,
  { held, evicted }: { held: number; evicted: number },
  closed: Closed,
): Tally {
  const responders = judgement?.responders ?? [];
  return {
    responders: responders.length,
    clients: responders.reduce((sum, each) => sum + clientCount(each), 0),
    ikeSas: held,
    evicted,
    findings: judgement === null ? noFindings() : countVerdicts(judgement),
    closed: structuredClone(closed),
  };
}
