/** What is missing in logs, events and keys, in words: warnings, and gaps of what the input could show. */

import type { Report } from "../report/model.ts";
import { counted } from "../report/phrases.ts";
import type { GatewayLog } from "./book.ts";
import { clashSentences } from "./clashing.ts";
import type { Testified, WitnessNote } from "./testified.ts";

/** Levels at which a gateway writes what is needed, and what that is. */
const LEVELS: readonly [number, string][] = [
  [5, "phase 1 and phase 2 completed (713119, 713120), sessions torn down"],
  [6, "IPsec SAs and L2TP tunnels created and deleted (602303, 603106)"],
  [7, "the messages of each quick mode (713236, 714003)"],
];
const SHOWN_KEYS = 8;

interface WitnessWarning {
  code: "log-only" | "log-not-joined" | "evicted" | "keys-unused" | "selector-clash" | WitnessNote["code"];
  message: string;
}

export function warningsOf(report: Report, testified: Testified): WitnessWarning[] {
  const { judgement, hosts, book, skipped } = testified;
  const clashes = clashSentences(judgement, hosts).map((message) => ({
    code: "selector-clash" as const,
    message,
  }));
  const hasCapture = report.capture.messages.ikev1 > 0;
  return [
    ...skipped,
    ...clashes,
    ...book.logs.flatMap((log) => logWarnings(log, testified, hasCapture)),
    ...eventWarnings(testified),
    ...keyWarnings(testified),
  ];
}

/** What a log does not tell, whose lines go up to a level; below 0 where none is an ASA's. */
function lackOf(level: number): string {
  if (level < 0) return " None of its lines is an ASA's (%ASA-...): is it the right file?";
  const missing = LEVELS.filter(([needed]) => level < needed);
  if (missing.length === 0) return "";
  return ` It has no lines of level ${missing[0][0]} and above: ${missing.map(([, what]) => what).join("; ")}. On the ASA (from Cisco's reference, not tried): logging class vpn buffered debugging.`;
}

function logWarnings(
  { name, level, counts, evicted }: GatewayLog,
  { joined }: Testified,
  hasCapture: boolean,
): WitnessWarning[] {
  const warnings: WitnessWarning[] = [];
  const lacks = lackOf(level);
  if (!hasCapture) {
    warnings.push({
      code: "log-only",
      message: `${name} is a gateway's log, read without a capture: ${counted(counts.used, "line")} of ${counts.lines} tell of IKE or L2TP.${lacks}`,
    });
  } else if (joined.logs.find((each) => each.name === name)?.clock === null) {
    warnings.push({
      code: "log-not-joined",
      message: `The clock of ${name} could not be compared with that of the captures: fewer than two lines agree with messages in them. It was read alone.${lacks}`,
    });
  }
  if (counts.ambiguous > 0) {
    warnings.push({
      code: "malformed-line",
      message: `${name}: ${counted(counts.ambiguous, "line")} can be read in two ways, as a name in them was chosen, and not used.`,
    });
  }
  if (evicted > 0) {
    warnings.push({
      code: "evicted",
      message: `${name} has more lines about IKE than are kept: the first ${evicted} were dropped.`,
    });
  }
  return warnings;
}

function eventWarnings({ book, joined }: Testified): WitnessWarning[] {
  const warnings: WitnessWarning[] = [];
  for (const { name, computer, events, clock } of joined.eventLogs) {
    if (clock !== null) continue;
    const whose = computer === "" ? "" : ` of ${computer}`;
    warnings.push({
      code: "log-not-joined",
      message: `The clock of ${name} (${counted(events.length, "event")}${whose}) could not be compared with that of the captures: no client's messages fit two of them or more, or those of several clients do. It was read alone.`,
    });
  }
  if (book.evictedEvents > 0) {
    warnings.push({
      code: "evicted",
      message: `There are more events of clients than are kept: the last ${book.evictedEvents} were left out.`,
    });
  }
  return warnings;
}

function keyWarnings({ decrypted, unusedKeys }: Testified): WitnessWarning[] {
  if (decrypted === null || unusedKeys.length === 0) return [];
  const places = unusedKeys.slice(0, SHOWN_KEYS).map(({ source, line }) => `line ${line} of ${source}`);
  const more = unusedKeys.length > SHOWN_KEYS ? " and more" : "";
  return [
    {
      code: "keys-unused",
      message: `${unusedKeys.length} of ${counted(decrypted.keys, "key")} opened nothing in these captures: ${places.join(", ")}${more}.`,
    },
  ];
}
