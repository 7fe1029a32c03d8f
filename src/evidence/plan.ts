/**
 * What an evidence capture has to hold: all IKE SAs at the responders of the findings. Those of clients that are not
 * in a finding belong to it as well, because they are what speaks for another cause or for no holder at all.
 */

import { hostOf } from "../collections/endpoints.ts";
import type { Facts, Hosts } from "../ike/facts.ts";
import type { Judgement } from "../judgement/judge.ts";

export type Part = "holder" | "contender" | "candidate";

export interface EvidenceSa {
  /** Initiator and responder cookie, two 32-bit words each; the responder's zero while it is not known. */
  cookies: readonly number[];
  /** Hosts of the client, on both sides of a NAT. */
  clientHosts: ReadonlySet<number>;
}

export interface EvidencePlan {
  hosts: Hosts;
  /** All hosts of the responders in question. */
  responders: ReadonlySet<number>;
  /** What the clients in the findings are there, by host; on both sides of a NAT. */
  parts: ReadonlyMap<number, ReadonlySet<Part>>;
  sas: readonly EvidenceSa[];
}

/** Made when it is asked for; null where nothing was found. */
export function evidencePlan(judgement: Judgement, facts: Facts): (() => EvidencePlan) | null {
  return judgement.findings.length === 0 ? null : () => planOf(judgement, facts);
}

function planOf(judgement: Judgement, facts: Facts): EvidencePlan {
  const responders = new Set<number>();
  const parts = new Map<number, Set<Part>>();
  for (const { responder, holder, contender, candidates } of judgement.findings) {
    for (const host of responder.hosts) responders.add(host);
    note(parts, contender.host, "contender");
    if (holder !== null) note(parts, holder.host, "holder");
    for (const { host } of candidates) note(parts, host, "candidate");
  }
  const sas: EvidenceSa[] = [];
  for (const { paths, cookies } of facts.ikeSas) {
    const clientHosts = new Set<number>();
    for (const { ends } of paths) {
      const [a, b] = ends.map(hostOf);
      if (responders.has(a) !== responders.has(b)) clientHosts.add(responders.has(a) ? b : a);
    }
    if (clientHosts.size === 0) continue;
    sas.push({ cookies, clientHosts });
    const its = [...clientHosts].flatMap((host) => [...(parts.get(host) ?? [])]);
    for (const host of clientHosts) for (const part of its) note(parts, host, part);
  }
  return { hosts: facts.hosts, responders, parts, sas };
}

function note(parts: Map<number, Set<Part>>, host: number, part: Part): void {
  const known = parts.get(host);
  if (known === undefined) parts.set(host, new Set([part]));
  else known.add(part);
}
