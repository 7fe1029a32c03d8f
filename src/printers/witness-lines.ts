/** What witnesses beside packet headers say of a finding, one line each, in the order of time. */

import type { Evidence, Finding } from "../report/model.ts";

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
