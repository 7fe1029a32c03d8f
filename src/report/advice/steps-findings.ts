/** Next steps about findings: who has to disconnect, who excludes whom, and what ends it for good. */

import { grouped } from "../../collections/grouping.ts";
import type { NotedFinding, NextStep } from "../model.ts";
import { counted, insideText } from "../phrases.ts";
import { END_SESSION, SHOW_SESSIONS, showIkeSa } from "./commands.ts";
import { type Facts, maybeAsa } from "./facts.ts";
import { isDropping, isLetIn, listed, namesOf } from "./words.ts";

/** Holders that get a step of their own at one gateway. */
const MAX_HOLDERS = 3;
const MAX_CLIENTS = 6;
/** Clients whose IKE SAs get a command each. */
const MAX_SHOWN = 3;

/** The gateway's session commands, where it may be an ASA. */
export function sessionCommands(
  facts: Facts,
  finding: NotedFinding,
  addresses: readonly string[],
): NextStep["commands"] {
  if (!isAsaCase(facts, finding)) return [];
  const own = [...new Set(addresses)].slice(0, MAX_SHOWN).map(showIkeSa);
  return [SHOW_SESSIONS, ...own, END_SESSION];
}

/** The holder by name, and by its address behind the NAT where that is known. */
export function holderName({ client }: Facts, finding: NotedFinding): string {
  const { holder } = namesOf(finding);
  return `${holder}${insideText(client(finding.holder, finding.responder))}`;
}

export function isAsaCase({ responder }: Facts, finding: NotedFinding): boolean {
  return !finding.caveats.includes("responder-not-asa") && maybeAsa(responder(finding.responder));
}

/** The largest groups first. */
function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  return [...grouped(items, key).values()].sort((a, b) => b.length - a.length);
}

const fingerprints = (findings: readonly NotedFinding[]) => findings.map(({ fingerprint }) => fingerprint);

/** Who has to go, so that the others get in; and who may be connected at the same time. */
export function findingSteps(facts: Facts): NextStep[] {
  const { rejected, predicted } = facts.findings;
  const firm = [...rejected, ...predicted].filter(({ holder }) => holder.address !== null);
  const keptOut = firm.filter((finding) => !isLetIn(finding));
  const byHolder = groupBy(keptOut, (finding) => `${namesOf(finding).holder} ${finding.responder}`);
  const steps = byHolder.slice(0, MAX_HOLDERS).map((group) => disconnectStep(facts, group));
  if (byHolder.length > MAX_HOLDERS) {
    const rest = byHolder.slice(MAX_HOLDERS).flat();
    const holders = byHolder.slice(MAX_HOLDERS).map(([finding]) => namesOf(finding).holder!);
    steps.push({
      text: `Likewise for ${counted(holders.length, "more client")} that connected first: ${listed(holders, MAX_CLIENTS)}.`,
      commands: [],
      findings: fingerprints(rest),
    });
  }
  for (const group of groupBy(firm, ({ responder }) => responder).slice(0, MAX_HOLDERS)) {
    steps.push(excludeStep(group));
  }
  return steps;
}

function disconnectStep(facts: Facts, group: readonly NotedFinding[]): NextStep {
  const [finding] = group;
  const kept = [...new Set(group.map((each) => namesOf(each).contender))];
  const silent = group.some(({ caveats }) => caveats.includes("holder-silent"));
  const left = silent ? " If it has left without saying goodbye, end its session on the gateway." : "";
  return {
    text: `To let ${listed(kept, MAX_CLIENTS)} in at gateway ${finding.responder}, disconnect ${holderName(facts, finding)}, which connected first, whenever this happens.${left}`,
    commands: sessionCommands(facts, finding, [finding.holder.address!]),
    findings: fingerprints(group),
  };
}

function excludeStep(group: readonly NotedFinding[]): NextStep {
  const names = [
    ...new Set(group.flatMap((finding) => [namesOf(finding).holder!, namesOf(finding).contender])),
  ];
  return {
    text: `Until that is cured, let only one of these be connected to ${group[0].responder} at a time: ${listed(names, MAX_CLIENTS)}. Clients that draw their message IDs at random are not affected.`,
    commands: [],
    findings: fingerprints(group),
  };
}

/** What makes the fault go away: facts with their source, and nothing that nobody knows. */
export function forGoodStep(facts: Facts): NextStep[] {
  const { rejected, predicted, possible } = facts.findings;
  const cases = [...rejected, ...predicted, ...possible].filter(
    (finding) => isAsaCase(facts, finding) && !isDropping(finding),
  );
  if (cases.length === 0) return [];
  return [
    {
      text: "What ends it for good: another VPN type (IKEv2, SSL) or a client that does not count its message IDs, in place of the L2TP/IPsec client of Windows. Ask Cisco whether the software of this ASA tells clients apart by the message ID alone (KB 942429 names no version that does not).",
      commands: [],
      findings: fingerprints(cases),
    },
  ];
}
