/** Next steps about findings that are open: what would settle them, by what leaves them open. */

import type { Clock } from "../clock.ts";
import type { NotedFinding, NextStep } from "../model.ts";
import { counted, endpoint } from "../phrases.ts";
import { captureAt, showLog } from "./commands.ts";
import type { Facts } from "./facts.ts";
import { holderName, isAsaCase, sessionCommands } from "./steps-findings.ts";
import { isDropping, listed, namedCause, namesOf } from "./words.ts";

const MAX_CLIENTS = 6;

/** What would settle an open finding, by what leaves it open. */
export function settleSteps(facts: Facts, clock: Clock): NextStep[] {
  const steps: NextStep[] = [];
  const add = (of: readonly NotedFinding[], make: (finding: NotedFinding) => Omit<NextStep, "findings">) => {
    if (of.length === 0) return;
    const { text, commands } = make(of[0]);
    const others = of.length === 1 ? "" : ` Likewise for ${counted(of.length - 1, "more finding")}.`;
    steps.push({ text: text + others, commands, findings: of.map(({ fingerprint }) => fingerprint) });
  };
  const { possible, predicted, rejected } = facts.findings;
  const has = (caveat: string) => (finding: NotedFinding) => (finding.caveats as string[]).includes(caveat);
  const dropping = possible.filter(isDropping);
  add(dropping, (finding) => droppedStep(facts, finding));
  const kept = possible.filter((finding) => !isDropping(finding));
  const otherMake = kept.filter((finding) => !isAsaCase(facts, finding));
  add(otherMake, (finding) => otherMakeStep(facts, finding));
  const left = kept.filter((finding) => isAsaCase(facts, finding));
  const hasOtherCause = has("other-cause");
  const otherCause = left.filter(hasOtherCause);
  add(otherCause, (finding) => otherCauseStep(facts, finding, clock));
  const isUnseen = ({ holder }: NotedFinding) => holder.address === null;
  const unseen = left.filter(isUnseen);
  add(unseen, (finding) => unseenStep(facts, finding));
  const open = left.filter((finding) => !hasOtherCause(finding) && !isUnseen(finding));
  add(open, (finding) => openStep(facts, finding));
  add(predicted, answerStep);
  const uncontrolled = [...rejected, ...open].filter(has("no-control"));
  add(uncontrolled, controlStep);
  const sameNat = [...rejected, ...predicted, ...open].filter(has("same-nat"));
  add(sameNat, sameNatStep);
  return steps;
}

/** The two throw each other out, which is another fault than that of KB 942429. */
function droppedStep(facts: Facts, finding: NotedFinding) {
  const { contender } = namesOf(finding);
  return {
    text: `Gateway ${finding.responder} accepts ${contender} and drops ${holderName(facts, finding)} for it: let only one of the two be connected at a time. Gateways other than the ASA are known to do this, so look at its make and at how many sessions it allows before anything else. A client that does not count its message IDs, or another VPN type, ends it.`,
    commands: isAsaCase(facts, finding) ? [showLog(finding.holder.address!)] : [],
  };
}

function otherMakeStep({ responder }: Facts, { responder: address, contender }: NotedFinding) {
  const make = responder(address)?.vendor;
  const named = make == null ? "is not known to be a Cisco ASA" : `names itself ${make}`;
  return {
    text: `${address} ${named}, which is not known for this fault: look for another cause first. Compare the proposals and policy of ${endpoint(contender.address, contender.port)} with those of a client that gets in, and read the gateway's own log.`,
    commands: [],
  };
}

function otherCauseStep(facts: Facts, finding: NotedFinding, clock: Clock) {
  const { contender } = namesOf(finding);
  const named = namedCause(finding);
  const why =
    named === null
      ? "Something in the capture speaks for another cause (see the caveats)"
      : `The answer of ${finding.responder} names another cause, ${named}`;
  return {
    text: `${why}: compare the proposals and policy of ${contender} with those of a client that gets in, and read the log of ${finding.responder} for ${clock.second(finding.attempts[0].at)}.`,
    commands: isAsaCase(facts, finding) ? [showLog(finding.contender.address)] : [],
  };
}

function unseenStep(facts: Facts, finding: NotedFinding) {
  const { candidates = [], candidatesOmitted = 0 } = finding.holder;
  const names = candidates.map(({ address, port }) => endpoint(address, port));
  const { contender } = namesOf(finding);
  const omitted = candidatesOmitted === 0 ? "" : ` and ${counted(candidatesOmitted, "client")} not listed`;
  const may =
    names.length === 0
      ? "It is not known who holds the message ID."
      : names.length === 1
        ? `${names[0]} may hold the message ID: it was connected before the capture began.`
        : `One of these may hold the message ID: ${listed(names, MAX_CLIENTS)}${omitted}; they were connected before the capture began.`;
  const how =
    names.length > 1
      ? `End their sessions one by one, and let ${contender} dial after each: the one after which it gets in`
      : `End its session and let ${contender} dial again: if it gets in then, that`;
  return {
    text: `${may} ${how} was the cause.`,
    commands: sessionCommands(
      facts,
      finding,
      candidates.map(({ address }) => address),
    ),
  };
}

function openStep(facts: Facts, finding: NotedFinding) {
  const { contender } = namesOf(finding);
  const holder = holderName(facts, finding);
  return {
    text: `Look whether gateway ${finding.responder} still lists a session of ${holder}. If so, end it and let ${contender} dial again: if it gets in then, that was the cause.`,
    commands: sessionCommands(facts, finding, [finding.holder.address!]),
  };
}

function answerStep({ responder }: NotedFinding) {
  return {
    text: `The answer of ${responder} is not in the capture: capture both directions there, whole packets, ESP as well, from before the first client connects until 5 seconds after the second one dialled.`,
    commands: [captureAt([responder])],
  };
}

function controlStep(finding: NotedFinding) {
  const { holder, contender } = namesOf(finding);
  return {
    text: `${contender} was never seen to get in, so a wrong proposal would look the same. To settle it, let it dial while ${holder ?? "no other client"} is ${holder === null ? "connected" : "disconnected"}, and capture that: accepted then, it is this fault.`,
    commands: [],
  };
}

function sameNatStep(finding: NotedFinding) {
  const { holder, contender } = namesOf(finding);
  return {
    text: `${contender} and ${holder} are behind one NAT, and clashing transport-mode selectors look the same. To tell the two apart, let one of them dial from another network.`,
    commands: [],
  };
}
