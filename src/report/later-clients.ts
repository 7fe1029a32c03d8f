/**
 * Reports whose clients are made when somebody asks for them. Tens of thousands of objects are half a report's memory,
 * and who writes it row by row needs none of them twice.
 */

import type { JudgedClients } from "./judged-clients.ts";
import type { Client, Report } from "./model.ts";

/** Of each report, whose clients nobody has asked for yet. */
const unmade = new WeakMap<Report, JudgedClients>();

/** From now on `report.clients` are these, as a list that is made when it is first read and then stays. */
export function makeClientsLater(report: Report, clients: JudgedClients): void {
  let list: Client[] | null = null;
  const set = (made: Client[]) => {
    list = made;
    unmade.delete(report);
    return made;
  };
  const get = () => list ?? set([...(unmade.get(report) ?? [])]);
  unmade.set(report, clients);
  Object.defineProperty(report, "clients", { get, set, enumerable: true, configurable: true });
}

/** The clients of a report, to be gone through one by one; null where they are a list, which may have been changed. */
export function unmadeClients(report: Report): JudgedClients | null {
  return unmade.get(report) ?? null;
}
