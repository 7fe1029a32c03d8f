/** What the input could not show, in few words: for the first lines of a report. The sentences stand further down. */

import type { CoverageGap, Report } from "../model.ts";
import { briefOf } from "../terms/terms.ts";

/** Short words for a code; `of` counts what the message counts. */
const PHRASES: Readonly<Record<string, string>> = {
  interrupted: "reading was interrupted before the end of the input",
  "capture-loss": "the capture lost packets",
  "unsupported-link-type": "packets of a link type that is not read",
  "unsupported-encapsulation": "packets in an encapsulation that is not read",
  unreadable: "an input that could not be read",
  "responder-not-seen": "a gateway that was named is in no packet",
  "natt-not-captured": "UDP 4500 (clients behind a NAT) was not captured",
  "clock-offset": "the clocks of the captures differ",
  "no-times": "the times in the capture tell nothing",
  "no-ike": "no IKE at all",
  "no-ikev1": "no IKEv1",
  "no-quick-mode": "no quick mode",
  "one-sided": "one direction only",
  "clock-step": "the clock was stepped",
  truncated: "the end of a capture is cut off",
  corrupt: "a damaged capture was read in part",
  snaplen: "packets were cut short",
  evicted: "more at once than is kept",
  untimed: "packets without a time",
  "malformed-line": "lines that make no sense",
  "sensor-clock": "a sensor's clock or delay",
  "eve-blind": "a Suricata log has no UDP 4500 and no refusals",
  "zeek-blind": "a Zeek log may lack connections and has no refusals",
  "packets-dropped": "packets were dropped while capturing",
  "capture-interrupted": "the capture broke off and began again",
  "lines-dropped": "lines of output were dropped",
  "phase1-unseen": "clients that connected before the capture began",
  "esp-unseen": "no ESP, so how long clients stayed connected is less sure",
  "outcome-unknown": "quick modes whose answer is not shown",
  partition: "gateways of other partitions",
  "log-only": "a gateway's log alone, without the messages themselves",
  "log-not-joined": "a log or events whose clock could not be compared",
  "keys-unused": "keys that opened nothing",
  "keys-skipped": "lines that are not keys",
};

/** Codes that say what was found, and not what could not be seen. */
const CONCLUSIONS: ReadonlySet<string> = new Set([
  "refused-without-holder",
  "refused-by-own-session",
  "alias-candidate",
  "pattern-contradicts-vendor",
  "findings-closed",
  "selector-clash",
]);

/** Gaps that weigh most come first: with them, nothing found means least. */
const ORDER = Object.keys(PHRASES);

function weight(code: string): number {
  return ORDER.indexOf(code);
}

/** The gaps that stand for something not seen, heaviest first, one of each code. */
export function gapsOf({ coverage, warnings }: Report): Pick<CoverageGap, "code" | "message">[] {
  const byCode = new Map<string, Pick<CoverageGap, "code" | "message">>();
  const blind = warnings.filter(({ code }) => !CONCLUSIONS.has(code)) as Pick<
    CoverageGap,
    "code" | "message"
  >[];
  for (const gap of [...coverage.gaps, ...blind]) {
    if (!CONCLUSIONS.has(gap.code) && !byCode.has(gap.code)) byCode.set(gap.code, gap);
  }
  return [...byCode.values()].sort((a, b) => weight(a.code) - weight(b.code));
}

/** Codes in one clause of plain words; null where there is none. */
export function clauseOf(codes: Iterable<string>): string | null {
  return [...codes].map((code) => PHRASES[code] ?? briefOf("warning", code)).join("; ") || null;
}
