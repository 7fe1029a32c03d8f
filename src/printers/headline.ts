/** The first line of the table: what was found, or whether the captures could have shown anything. */

import type { Finding, Report, Verdict } from "../report/model.ts";
import { counted, endpoint } from "../report/phrases.ts";
import { printable } from "./text.ts";

/** Verdicts that count as found, worst first. */
const ACCUSING: readonly Verdict[] = ["rejected", "predicted", "possible"];
const MAX_IDS = 3;

/** One sentence without a full stop, neutralised. */
export function headline(report: Report): string {
  const counts = report.summary.findings;
  const found = ACCUSING.filter((verdict) => counts[verdict] > 0);
  if (found.length === 0) return printable(nothingFound(report));
  const [worst, ...others] = found;
  const first = report.findings.find(({ verdict }) => verdict === worst);
  const more = others.map((verdict) => `, ${counts[verdict]} ${verdict}`).join("");
  const example = first === undefined ? "" : `: ${counts[worst] > 1 ? "first, " : ""}${accusation(first)}`;
  return printable(`${counted(counts[worst], "collision")} ${worst}${more}${example}`);
}

/** Who does what to whom; for the verdicts above `tolerated`. */
function accusation(finding: Finding): string {
  const { responder, verdict } = finding;
  const { holder, contender } = namesOf(finding);
  const ids = idsOf(finding);
  if (holder === null) return `${contender} got no answer from ${responder} on ${ids}; no holder is visible`;
  if (verdict === "rejected") return `${contender} is refused by ${responder} while ${holder} holds ${ids}`;
  if (verdict === "predicted") {
    return `${contender} tries ${ids} at ${responder} while ${holder} holds it; the answer is not in the capture`;
  }
  return `${contender} got no answer from ${responder} on ${ids}, which ${holder} may have held`;
}

/** The two clients by address, and by port as well where they share the address. */
function namesOf({ holder, contender }: Finding): { holder: string | null; contender: string } {
  const shared = holder.address === contender.address;
  return {
    holder: holder.address === null ? null : endpoint(holder.address, shared ? holder.port : null),
    contender: endpoint(contender.address, shared ? contender.port : null),
  };
}

function idsOf({ messageIds }: Finding): string {
  const shown = messageIds.slice(0, MAX_IDS).join(", ");
  const rest = messageIds.length - MAX_IDS;
  return `message ${messageIds.length === 1 ? "ID" : "IDs"} ${shown}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** Which share of the responders was judged. */
function share(partition: Report["capture"]["partition"]): string {
  return partition === undefined ? "" : ` of partition ${partition.index} of ${partition.count}`;
}

function nothingFound({ capture, summary, responders, warnings }: Report): string {
  if (capture.messages.ikev1 === 0) {
    const only = capture.messages.ikev2 > 0 ? ", only of IKEv2" : "";
    return `No collision found, and none could be: there is no message of IKEv1 in the capture${only}`;
  }
  if (capture.quickModeMessages === 0) {
    return "No collision found, and none could be: there is no quick mode in the capture";
  }
  const codes = [...new Set(warnings.map(({ code }) => code))];
  if (codes.length > 0) return `No collision found, but the capture leaves it open: ${codes.join(", ")}`;
  const scope = `${counted(summary.quickModeExchanges, "quick mode")} of ${counted(summary.clients, "client")} at ${counted(summary.responders, "responder")}${share(capture.partition)}`;
  if (summary.findings.tolerated > 0) {
    return `No collision found that was refused, in ${scope}: ${summary.findings.tolerated} tolerated`;
  }
  if (responders.every(({ clients }) => clients < 2)) {
    return `No collision found in ${scope}, and none could be: no responder has two clients here`;
  }
  return `No collision found in ${scope}`;
}
