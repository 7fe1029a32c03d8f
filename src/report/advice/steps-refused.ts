/** Next steps about clients that were refused although no other client is seen to hold their message ID. */

import type { Clock } from "../clock.ts";
import type { NotedClient, NextStep } from "../model.ts";
import { END_SESSION, SHOW_SESSIONS, showLog } from "./commands.ts";
import { type Facts, maybeAsa } from "./facts.ts";
import { listed } from "./words.ts";

const MAX_CLIENTS = 6;

export function refusedSteps(facts: Facts, clock: Clock): NextStep[] {
  const { unexplained, accusing, hasWarning, report } = facts;
  const steps: NextStep[] = [];
  const ghosts = hasWarning("refused-by-own-session");
  if (ghosts) steps.push(ghostStep(facts));
  // Of a client that stands in a finding too, the step for that finding says what to do.
  const isOpen = unexplained.length > 0 || accusing.length === 0;
  if (isOpen && (hasWarning("refused-without-holder") || (unexplained.length > 0 && !ghosts)))
    steps.push(compareStep(facts, clock));
  for (const { code, message } of report.warnings) {
    if (code === "alias-candidate") steps.push({ text: message, commands: [], findings: [] });
  }
  return steps;
}

function names(clients: readonly NotedClient[]): string {
  return listed([...new Set(clients.map(({ address }) => address))], MAX_CLIENTS);
}

function asaOf({ unexplained, responder }: Facts): boolean {
  return unexplained.every((client) => maybeAsa(responder(client.responder)));
}

function ghostStep(facts: Facts): NextStep {
  const gateways = listed([...new Set(facts.unexplained.map(({ responder }) => responder))]);
  const whose =
    gateways === ""
      ? "the client that the warnings name on its gateway"
      : `${names(facts.unexplained)} on gateway ${gateways}`;
  const sessions = isOne(facts.unexplained)
    ? `End the earlier session of ${whose}: it may still be held there although the client has gone, and keep the client itself out.`
    : `End the earlier sessions of ${whose}: they may still be held there although the clients have gone, and keep the clients themselves out.`;
  return {
    text: sessions,
    commands: asaOf(facts) ? [SHOW_SESSIONS, END_SESSION] : [],
    findings: [],
  };
}

/** Another cause, or a holder outside the capture: one look at the gateway tells the two apart. */
function compareStep(facts: Facts, clock: Clock): NextStep {
  const { unexplained } = facts;
  const [first] = unexplained;
  const at = first?.outcome.firstAt ?? null;
  const log = `the gateway's log${at === null ? "" : ` for ${clock.second(at)}`}`;
  const who = unexplained.length === 0 ? "A client that the warnings name" : names(unexplained);
  const [were, ids, their] = isOne(unexplained)
    ? ["was", "message ID", "its"]
    : ["were", "message IDs", "their"];
  const listing = `where clients connected before the capture began, look whether one of them is still listed, end its session and let ${first?.address ?? "the client"} dial again.`;
  const gotIn = first !== undefined && unexplained.every(({ outcome }) => outcome.connectedAt !== null);
  const look = gotIn
    ? `Being let in later shows that ${their} proposals fit. Where a warning names who had the ID before, the gateway may have freed it late: wait a minute and dial again. Else read`
    : `Compare ${their} proposals and policy with those of a client that gets in, and read`;
  return {
    text: `${who} ${were} refused, and no other client is seen on ${their} ${ids}. ${look} ${log}; ${listing}`,
    commands: first !== undefined && asaOf(facts) ? [showLog(first.address), SHOW_SESSIONS] : [],
    findings: [],
  };
}

function isOne(clients: readonly NotedClient[]): boolean {
  return new Set(clients.map(({ address }) => address)).size < 2;
}
