/** Next steps about findings: who has to disconnect, what would settle an open one, and what ends it for good. */

import type { Clock } from "../clock.ts";
import type { Finding, NextStep } from "../model.ts";
import { counted, endpoint } from "../phrases.ts";
import { captureAt, END_SESSION, SHOW_SESSIONS, showIkeSa, showLog } from "./commands.ts";
import { type Facts, maybeAsa } from "./facts.ts";
import { listed, namesOf } from "./words.ts";

/** Holders that get a step of their own at one gateway. */
const MAX_HOLDERS = 3;
const MAX_CLIENTS = 6;

/** The gateway's session commands, where it may be an ASA. */
function sessionCommands(facts: Facts, finding: Finding, address: string | null): NextStep["commands"] {
  if (!isAsaCase(facts, finding)) return [];
  return [SHOW_SESSIONS, ...(address === null ? [] : [showIkeSa(address)]), END_SESSION];
}

export function isAsaCase({ responder }: Facts, finding: Finding): boolean {
  return !finding.caveats.includes("responder-not-asa") && maybeAsa(responder(finding.responder));
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const known = groups.get(key(item));
    if (known === undefined) groups.set(key(item), [item]);
    else known.push(item);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

const fingerprints = (findings: readonly Finding[]) => findings.map(({ fingerprint }) => fingerprint);

/** Who has to go, so that the others get in; and who may be connected at the same time. */
export function findingSteps(facts: Facts): NextStep[] {
  const { rejected, predicted } = facts.findings;
  const firm = [...rejected, ...predicted].filter(({ holder }) => holder.address !== null);
  const byHolder = groupBy(firm, (finding) => `${namesOf(finding).holder} ${finding.responder}`);
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

function disconnectStep(facts: Facts, group: readonly Finding[]): NextStep {
  const [finding] = group;
  const { holder } = namesOf(finding);
  const kept = [...new Set(group.map((each) => namesOf(each).contender))];
  const silent = group.some(({ caveats }) => caveats.includes("holder-silent"));
  const left = silent ? " If it has left without saying goodbye, end its session on the gateway." : "";
  return {
    text: `To let ${listed(kept, MAX_CLIENTS)} in at gateway ${finding.responder}, disconnect ${holder}, which connected first, whenever this happens.${left}`,
    commands: sessionCommands(facts, finding, finding.holder.address),
    findings: fingerprints(group),
  };
}

function excludeStep(group: readonly Finding[]): NextStep {
  const names = [
    ...new Set(group.flatMap((finding) => [namesOf(finding).holder!, namesOf(finding).contender])),
  ];
  return {
    text: `Until that is cured, let only one of these be connected to ${group[0].responder} at a time: ${listed(names, MAX_CLIENTS)}. Clients that draw their message IDs at random are not affected.`,
    commands: [],
    findings: fingerprints(group),
  };
}

/** What would settle an open finding, by what leaves it open. */
export function settleSteps(facts: Facts, clock: Clock): NextStep[] {
  const steps: NextStep[] = [];
  const add = (of: readonly Finding[], make: (finding: Finding) => Omit<NextStep, "findings">) => {
    if (of.length > 0) steps.push({ ...make(of[0]), findings: fingerprints(of) });
  };
  const { possible, predicted, rejected } = facts.findings;
  const has = (caveat: string) => (finding: Finding) => (finding.caveats as string[]).includes(caveat);
  const otherMake = possible.filter((finding) => !isAsaCase(facts, finding));
  add(otherMake, otherMakeStep.bind(null, facts));
  const left = possible.filter((finding) => !otherMake.includes(finding));
  const otherCause = left.filter(has("other-cause"));
  add(otherCause, (finding) => otherCauseStep(facts, finding, clock));
  const unseen = left.filter((finding) => finding.holder.address === null);
  add(unseen, (finding) => unseenStep(facts, finding));
  const open = left.filter((finding) => !otherCause.includes(finding) && !unseen.includes(finding));
  add(open, (finding) => openStep(facts, finding));
  add(predicted, answerStep);
  const uncontrolled = [...rejected, ...open].filter(has("no-control"));
  add(uncontrolled, controlStep);
  const sameNat = [...rejected, ...predicted, ...open].filter(has("same-nat"));
  add(sameNat, sameNatStep);
  return steps;
}

function otherMakeStep({ responder }: Facts, { responder: address, contender }: Finding) {
  const make = responder(address)?.vendor;
  const named = make == null ? "is not known to be a Cisco ASA" : `names itself ${make}`;
  return {
    text: `${address} ${named}, which is not known for this fault: look for another cause first. Compare the proposals and policy of ${endpoint(contender.address, contender.port)} with those of a client that gets in, and read the gateway's own log.`,
    commands: [],
  };
}

function otherCauseStep(facts: Facts, finding: Finding, clock: Clock) {
  const { contender } = namesOf(finding);
  return {
    text: `Something in the capture speaks for another cause (see the caveats): compare the proposals and policy of ${contender} with those of a client that gets in, and read the log of ${finding.responder} for ${clock.second(finding.attempts[0].at)}.`,
    commands: isAsaCase(facts, finding) ? [showLog(finding.contender.address)] : [],
  };
}

function unseenStep(facts: Facts, finding: Finding) {
  const candidates = (finding.holder.candidates ?? []).map(({ address, port }) => endpoint(address, port));
  const { contender } = namesOf(finding);
  const may =
    candidates.length === 0
      ? "It is not known who holds the message ID."
      : candidates.length === 1
        ? `${candidates[0]} may hold the message ID: it was connected before the capture began.`
        : `One of these may hold the message ID: ${listed(candidates, MAX_CLIENTS)}; they were connected before the capture began.`;
  return {
    text: `${may} End its session and let ${contender} dial again: if it gets in then, that was the cause.`,
    commands: sessionCommands(
      facts,
      finding,
      candidates.length === 1 ? (finding.holder.candidates ?? [])[0].address : null,
    ),
  };
}

function openStep(facts: Facts, finding: Finding) {
  const { holder, contender } = namesOf(finding);
  return {
    text: `Look whether gateway ${finding.responder} still lists a session of ${holder}. If so, end it and let ${contender} dial again: if it gets in then, that was the cause.`,
    commands: sessionCommands(facts, finding, finding.holder.address),
  };
}

function answerStep({ responder }: Finding) {
  return {
    text: `The answer of ${responder} is not in the capture: capture both directions there, and wait at least 5 seconds after the second client dialled.`,
    commands: [captureAt([responder])],
  };
}

function controlStep(finding: Finding) {
  const { holder, contender } = namesOf(finding);
  return {
    text: `${contender} was never seen to get in, so a wrong proposal would look the same. To settle it, let it dial while ${holder ?? "no other client"} is ${holder === null ? "connected" : "disconnected"}, and capture that: accepted then, it is this fault.`,
    commands: [],
  };
}

function sameNatStep(finding: Finding) {
  const { holder, contender } = namesOf(finding);
  return {
    text: `${contender} and ${holder} are behind one NAT, and clashing transport-mode selectors look the same. To tell the two apart, let one of them dial from another network.`,
    commands: [],
  };
}

/** What makes the fault go away: facts with their source, and nothing that nobody knows. */
export function forGoodStep(facts: Facts): NextStep[] {
  const { rejected, predicted, possible } = facts.findings;
  const cases = [...rejected, ...predicted, ...possible].filter((finding) => isAsaCase(facts, finding));
  if (cases.length === 0) return [];
  return [
    {
      text: "What ends it for good: another VPN type (IKEv2, SSL) or a client that does not count its message IDs, in place of the L2TP/IPsec client of Windows. Ask Cisco whether the software of this ASA tells clients apart by the message ID alone (KB 942429 names no version that does not).",
      commands: [],
      findings: fingerprints(cases),
    },
  ];
}
