/** The findings of a judgement in the form of the report: numbers to text, hosts to addresses. */

import type { Hosts } from "../ike/facts.ts";
import type { Candidate } from "../judgement/candidates.ts";
import { buildAttempt } from "./attempts.ts";
import { candidateOf, type EndRow, type FindingRow } from "./finding-row.ts";
import type { Finding } from "./model.ts";
import { messageIdText } from "./sentences.ts";

export function buildFinding(row: FindingRow): Finding {
  const { context, judged, ids, shownCandidates, omittedCandidates } = row;
  const { hosts } = context;
  const { holderRow } = row;
  return {
    fingerprint: row.fingerprint,
    verdict: judged.verdict,
    severity: judged.severity,
    cause: judged.cause,
    caveats: [...judged.caveats],
    notes: [...row.notes],
    responder: row.responder,
    messageIds: ids.map(messageIdText),
    messageIdsDecimal: ids,
    holder: {
      ...(holderRow === null
        ? { address: null, port: null, platform: null, pattern: null }
        : clientSaOf(holderRow, hosts)),
      ...(shownCandidates === null ? {} : { candidates: shownOf(judged.candidates, shownCandidates, hosts) }),
      ...(omittedCandidates === 0 ? {} : { candidatesOmitted: omittedCandidates }),
    },
    contender: clientSaOf(row.contenderRow, hosts),
    attempts: row.shownAttempts.map((attempt) => buildAttempt(attempt, context)),
    displayFilter: row.displayFilter,
    summary: row.summary,
  };
}

/** Built once: thousands of findings may list the same peers, and have one list of them. */
const builtLists = new WeakMap<readonly Candidate[], ShownCandidate[]>();
const builtCandidates = new WeakMap<Candidate, ShownCandidate>();

type ShownCandidate = ReturnType<typeof candidateOf>;

/** Those that a finding names of all its candidates. */
function shownOf(
  candidates: readonly Candidate[],
  shown: readonly Candidate[],
  hosts: Hosts,
): ShownCandidate[] {
  let built = builtLists.get(candidates);
  if (built === undefined) {
    built = shown.map((peer) => builtOf(peer, hosts));
    builtLists.set(candidates, built);
  }
  return built;
}

function builtOf(peer: Candidate, hosts: Hosts): ShownCandidate {
  let built = builtCandidates.get(peer);
  if (built === undefined) {
    built = candidateOf(peer, hosts);
    builtCandidates.set(peer, built);
  }
  return built;
}

function clientSaOf({ host, port, platform, pattern }: EndRow, hosts: Hosts) {
  return { address: hosts.text(host), port, platform, pattern };
}
