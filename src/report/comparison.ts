/** Two reports of the same gateways, before and after a change: what is fixed, still there, new, or not testable. */

import type { Finding, Report } from "./model.ts";

export type Change = "fixed" | "still-there" | "new" | "not-testable" | "none";

export interface GatewayChange {
  gateway: string;
  change: Change;
  /** One sentence. */
  reason: string;
  before: number;
  after: number;
}

const RANK: Record<Change, number> = { new: 0, "still-there": 1, "not-testable": 2, fixed: 3, none: 4 };

/** Every gateway of either report, what needs attention first. */
export function compareReports(before: Report, after: Report): GatewayChange[] {
  const addresses = new Set([...before.responders, ...after.responders].map(({ address }) => address));
  for (const { responder } of [...before.findings, ...after.findings]) addresses.add(responder);
  return [...addresses]
    .map((gateway) => changeOf(gateway, before, after))
    .sort((a, b) => RANK[a.change] - RANK[b.change] || (a.gateway < b.gateway ? -1 : 1));
}

/** 1: something is new or still there; 2: something is not testable, and nothing is; 0: neither. */
export function comparisonStatus(changes: readonly GatewayChange[]): 0 | 1 | 2 {
  if (changes.some(({ change }) => change === "new" || change === "still-there")) return 1;
  return changes.some(({ change }) => change === "not-testable") ? 2 : 0;
}

function findingsAt({ findings }: Report, gateway: string): Finding[] {
  return findings.filter(({ responder, verdict }) => responder === gateway && verdict !== "tolerated");
}

function changeOf(gateway: string, before: Report, after: Report): GatewayChange {
  const [was, is] = [findingsAt(before, gateway), findingsAt(after, gateway)];
  const counts = { gateway, before: was.length, after: is.length };
  if (is.length > 0) {
    const firm = is.some(({ verdict }) => verdict !== "possible") ? "" : ", though possible only";
    if (was.length === 0)
      return { ...counts, change: "new", reason: `${clients(is)} kept out now${firm}, none before` };
    return {
      ...counts,
      change: "still-there",
      reason: `${clients(is)} kept out now${firm}, ${was.length === is.length ? "as before" : `${clients(was)} before`}`,
    };
  }
  if (was.length === 0) return { ...counts, change: "none", reason: unaffected(gateway, before, after) };
  const untested = whyNotTestable(gateway, was, after);
  if (untested !== null) return { ...counts, change: "not-testable", reason: untested };
  return {
    ...counts,
    change: "fixed",
    reason: `${clients(was)} kept out before; clients met on the same message ID after, and none was refused`,
  };
}

/** No shared message ID kept anybody out; something else may have. */
function unaffected(gateway: string, before: Report, after: Report): string {
  const [was, is] = [isRefusing(before, gateway), isRefusing(after, gateway)];
  if (!was && !is) return "nobody was kept out before or after";
  return refused(was && is ? "before and after" : was ? "before" : "afterwards");
}

function refused(when: string): string {
  return `a client was refused ${when}, and no shared message ID is seen to explain it`;
}

/** A client was refused; without a finding no shared message ID explains it. */
function isRefusing({ clients: rows }: Report, gateway: string): boolean {
  return rows.some(({ responder, outcome }) => responder === gateway && outcome.kind === "kept-out");
}

function clients(findings: readonly Finding[]): string {
  const count = new Set(findings.map(({ contender }) => `${contender.address} ${contender.port}`)).size;
  return `${count} ${count === 1 ? "client" : "clients"}`;
}

/** Why nothing found afterwards does not mean fixed; null where two clients met on one ID and both got in. */
function whyNotTestable(gateway: string, was: readonly Finding[], after: Report): string | null {
  const row = after.responders.find(
    ({ address, aliases }) => address === gateway || aliases.includes(gateway),
  );
  if (row === undefined) return "the gateway is not in the capture made after";
  const tolerated = after.findings.some(
    ({ responder, verdict }) => responder === gateway && verdict === "tolerated",
  );
  if (tolerated) return null;
  if (isRefusing(after, gateway)) return refused("afterwards");
  const counting = was.some(({ cause }) => cause === "sequential-ids");
  if (counting && row.peakConcurrentSequential < 2) {
    return "no two clients that count their message IDs were connected at once afterwards";
  }
  return "no two clients were seen connected with the same message ID afterwards";
}
