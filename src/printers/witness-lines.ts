/** What witnesses beside packet headers say of a finding, one line each, in the order of time. */

import type { Capture, Evidence, Finding } from "../report/model.ts";
import { counted } from "../report/phrases.ts";

/** Lines that a page for people shows; JSON has all. */
const SHOWN = 12;

const NAMES: Readonly<Record<Evidence["witness"], string>> = {
  "asa-syslog": "gateway's log",
  "ike-payload": "decrypted",
  "windows-event": "client's events",
};

/** @param spelled a time as this page writes it */
export function witnessLines({ evidence = [] }: Finding, spelled: (at: string) => string): string[] {
  const lines = evidence.slice(0, SHOWN).map(({ witness, source, line, at, id, shows, joined }) => {
    const when = at === null ? "" : `${spelled(at)}${joined ? "" : " by its own clock"}: `;
    const where = line === null ? source : `${source}:${line}`;
    return `${when}${NAMES[witness]} ${id}: ${shows} (${where}${joined ? "" : ", not joined"})`;
  });
  const more = evidence.length - SHOWN;
  return more > 0 ? [...lines, `and ${more} more: see the JSON report`] : lines;
}

/**
 * What was given beside the captures, a sentence each: keys, logs and events, and how their clocks stand.
 * @param named the name of a file as this page writes it
 */
export function witnessInputs(
  { decrypted, witnesses = [] }: Capture,
  named: (name: string) => string,
): string[] {
  const lines = witnesses.slice(0, SHOWN).map(({ witness, source, computer, lines: all, used, clock }) => {
    const what =
      witness === "asa-syslog"
        ? `a gateway's log, ${used} of ${counted(all, "line")} tell of IKE or L2TP`
        : `${counted(all, "event")} of a client${computer === null ? "" : ` (${named(computer)})`}`;
    return `${named(source)}: ${what}; ${clockText(clock)}.`;
  });
  const more = witnesses.length - SHOWN;
  if (more > 0) lines.push(`And ${more} more: see the JSON report.`);
  if (decrypted === undefined) return lines;
  const { keys, keysUsed, messages, ikeSas } = decrypted;
  return [
    ...lines,
    `Keys: ${keysUsed} of ${keys} opened ${counted(messages, "message")} of ${counted(ikeSas, "IKE SA")}.`,
  ];
}

function clockText(clock: NonNullable<Capture["witnesses"]>[number]["clock"]): string {
  if (clock === null) return "its clock was not compared with the captures'";
  const { offsetSeconds, uncertaintySeconds, matches, driftPpm } = clock;
  const drift = driftPpm === 0 ? "" : `, and it drifts by ${driftPpm.toFixed(0)} parts in a million`;
  const direction = offsetSeconds > 0 ? "behind" : "ahead";
  return `its clock is ${Math.abs(offsetSeconds).toFixed(1)} s ${direction} (within ${uncertaintySeconds.toFixed(1)} s, as ${matches} of them agree)${drift}`;
}
