/**
 * What the captures could not show, so that "nothing found" is not read as "clean": the faults of the input, which
 * are warnings as well, and what the judgement had to do without.
 */

import type { Hosts } from "../ike/facts.ts";
import { clientSasOf } from "../judgement/clients-of.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Outcome } from "../judgement/outcome.ts";
import type { Responder } from "../judgement/responders.ts";
import type { Capture, Coverage, CoverageGap, Warning } from "./model.ts";
import { counted, listed } from "./phrases.ts";

const OPEN: ReadonlySet<Outcome> = new Set<Outcome>(["unobserved", "unproven", "pending"]);
/** Responders named in one sentence. */
const MAX_NAMED = 10;

export function buildCoverage(
  capture: Capture,
  judgement: Judgement,
  warnings: readonly Warning[],
  hosts: Hosts,
): Coverage {
  const gaps: CoverageGap[] = [
    ...warnings.flatMap(gapOf),
    ...missingKinds(capture, judgement.responders),
    ...unseenBeginnings(judgement.responders, hosts),
    ...unseenEsp(judgement.responders, hosts),
    ...openOutcomes(judgement.responders),
    ...otherPartitions(capture),
  ];
  return { complete: gaps.length === 0, gaps };
}

/** Of a warning that speaks of the input; two speak of what was found in it. */
function gapOf({ code, message }: Warning): CoverageGap[] {
  if (code === "alias-candidate" || code === "pattern-contradicts-vendor") return [];
  return [{ code, message, count: 1 }];
}

/** ISAKMP, but not of the kind that the fault is about. A capture without any ISAKMP has a warning of its own. */
function missingKinds(
  { messages, quickModeMessages }: Capture,
  responders: readonly Responder[],
): CoverageGap[] {
  const { ikev1, ikev2, authip } = messages;
  if (ikev1 === 0 && ikev2 + authip > 0) {
    const message = "There is ISAKMP, but no message of IKEv1.";
    return [{ code: "no-ikev1", message, count: ikev2 + authip }];
  }
  if (ikev1 === 0 || quickModeMessages > 0) return [];
  // Those whose headers were cut are not counted, and known all the same.
  const isKnown = ({ clientSas, plain }: Responder) =>
    plain.indices.length > 0 || clientSas.some(({ session }) => session.quickModes.length > 0);
  if (responders.some(isKnown)) return [];
  return [{ code: "no-quick-mode", message: "There is IKEv1, but no quick mode.", count: ikev1 }];
}

function unseenBeginnings(responders: readonly Responder[], hosts: Hosts): CoverageGap[] {
  let count = 0;
  for (const { clientSas } of responders) {
    for (const { session } of clientSas) if (session.begunBefore) count += 1;
  }
  const silent = responders.reduce((sum, responder) => sum + peersWithoutIke(responder, hosts), 0);
  if (count + silent === 0) return [];
  const begun = count === 0 ? [] : [`${counted(count, "IKE SA")} began before the captures`];
  if (silent > 0) begun.push(`${counted(silent, "client")} known by ESP or keepalives alone`);
  const message = `${begun.join(", and ")}: which message IDs were used before is not seen.`;
  return [{ code: "phase1-unseen", message, count: count + silent }];
}

/** Endpoints that exchange ESP or keepalives with the responder, and no IKE. */
function peersWithoutIke({ clientSas, peers }: Responder, hosts: Hosts): number {
  if (peers.byKey.size === 0) return 0;
  const known = new Set<number>();
  for (const { keys } of clientSas) for (const key of keys) if (peers.byKey.has(key)) known.add(key);
  let count = 0;
  for (const { key, host, port } of peers.byKey.values()) {
    const isIkev2 = port === 0 ? hosts.speaksIkev2(host) : hosts.endpointSpeaksIkev2(key);
    if (!known.has(key) && !isIkev2) count += 1;
  }
  return count;
}

function unseenEsp(responders: readonly Responder[], hosts: Hosts): CoverageGap[] {
  const blind = responders.filter(isAnyBlind);
  if (blind.length === 0) return [];
  const named = blind.map(({ host }) => hosts.text(host));
  const message = `No ESP of the kind that clients of ${listed(named, MAX_NAMED)} use: how long they stayed connected can only be judged from their IKE.`;
  return [{ code: "esp-unseen", message, count: blind.length }];
}

function isAnyBlind(responder: Responder): boolean {
  for (const { lifespan } of clientSasOf(responder)) if (lifespan.blind) return true;
  return false;
}

function openOutcomes(responders: readonly Responder[]): CoverageGap[] {
  let count = 0;
  for (const { clientSas } of responders) {
    for (const { session, outcomes } of clientSas) {
      for (const exchange of session.quickModes) if (OPEN.has(outcomes.get(exchange)!)) count += 1;
    }
  }
  if (count === 0) return [];
  const message = `What became of ${counted(count, "quick mode")}, the captures do not show.`;
  return [{ code: "outcome-unknown", message, count }];
}

function otherPartitions({ partition }: Capture): CoverageGap[] {
  if (partition === undefined) return [];
  const { index, count } = partition;
  if (count === 1) return [];
  const message = `Only responders of partition ${index} of ${count} are judged: the others are for other runs.`;
  return [{ code: "partition", message, count: count - 1 }];
}
