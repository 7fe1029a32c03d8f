/**
 * Reports whose clients and findings are made when somebody asks for them. Tens of thousands of objects are most of a
 * report's memory, and who writes it row by row needs none of them twice.
 */

import type { JudgedClients } from "./judged-clients.ts";
import type { JudgedFindings } from "./judged-findings.ts";
import type { Report } from "./model.ts";

/** What such lists are made of. */
export interface Unmade {
  clients: JudgedClients;
  findings: JudgedFindings;
}

/** Of each report, the lists that nobody has asked for yet. */
const unmade = new WeakMap<Report, Partial<Unmade>>();

/** From now on `report.clients` and `report.findings` are these, as lists that are made when they are first read and then stay. */
export function makeListsLater(report: Report, lists: Unmade): void {
  const left: Partial<Unmade> = { ...lists };
  unmade.set(report, left);
  const later = <Key extends keyof Unmade>(key: Key) => {
    let list: Report[Key] | null = null;
    const set = (made: Report[Key]) => {
      list = made;
      delete left[key];
      return made;
    };
    const get = () => list ?? set([...(lists[key] as Iterable<never>)] as Report[Key]);
    Object.defineProperty(report, key, { get, set, enumerable: true, configurable: true });
  };
  later("clients");
  later("findings");
}

/** The clients of a report, to be gone through one by one; null where they are a list, which may have been changed. */
export function unmadeClients(report: Report): JudgedClients | null {
  return unmade.get(report)?.clients ?? null;
}

/** The same where nothing was found, to be made as they are asked for: who tells of findings asks for all clients. */
export function unmadeWhereNothingFound(report: Report): JudgedClients | null {
  return report.findings.length > 0 ? null : unmadeClients(report);
}

/** The same as `unmadeClients` of its findings. */
export function unmadeFindings(report: Report): JudgedFindings | null {
  return unmade.get(report)?.findings ?? null;
}
