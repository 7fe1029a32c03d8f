/** What the user said of responders and ports, as questions that the analysis asks about hosts. */

import type { Hosts } from "../ike/facts.ts";
import { inPrefix, parseAddress, parsePrefix } from "../wire/address.ts";
import { IKE_PORT, NAT_TRAVERSAL_PORT } from "../wire/ports.ts";
import { type Partition, partitionOf } from "./partition.ts";

export type { Partition };

export interface ScopeOptions {
  ports?: readonly number[];
  responders?: readonly string[];
  aliases?: readonly (readonly [string, string])[];
  /** Judge only responders of this partition. */
  partition?: Partition;
}

export interface Scope {
  isIkePort: (port: number) => boolean;
  /** The user named the host as a responder. */
  isNamedResponder: (host: number) => boolean;
  /** Addresses and prefixes of responders that the user named, aliases among them. */
  named: readonly { text: string; includes: (host: number) => boolean }[];
  /** The partition that is judged; null for all. */
  partition: Partition | null;
  /** The host's gateway is to be judged: all are, unless the user named some, or a partition. */
  inScope: (host: number) => boolean;
  /** The host that names the gateway of this one. */
  responderOf: (host: number) => number;
  /** Further addresses of a gateway. */
  aliasesOf: (host: number) => string[];
}

/** @throws RangeError for an address or prefix that is none */
export function scopeOf(options: ScopeOptions, hosts: Hosts): Scope {
  const ports = new Set([IKE_PORT, NAT_TRAVERSAL_PORT, ...(options.ports ?? [])]);
  const prefixes = (options.responders ?? []).map((text) => {
    const prefix = parsePrefix(text);
    if (prefix === null) throw new RangeError(`not an address or prefix: ${text}`);
    return prefix;
  });
  const responders = respondersOf(options.aliases ?? [], hosts);
  const isNamedResponder = (host: number) => {
    // As nearly always, and asked of all IKE SAs.
    if (prefixes.length === 0) return false;
    const address = hosts.bytes(host);
    return prefixes.some((prefix) => inPrefix(address, prefix));
  };
  const responderOf = (host: number) => responders.get(host) ?? host;
  const { partition = null } = options;
  const isMine = (host: number) =>
    partition === null || partitionOf(hosts.text(responderOf(host)), partition.count) === partition.index;
  const named = [
    ...prefixes.map((prefix, i) => ({
      text: (options.responders ?? [])[i],
      includes: (host: number) => inPrefix(hosts.bytes(host), prefix),
    })),
    ...[...responders.keys()].map((alias) => ({
      text: hosts.text(alias),
      includes: (host: number) => host === alias,
    })),
  ];
  return {
    named,
    partition,
    isIkePort: (port) => ports.has(port),
    isNamedResponder,
    inScope: (host) => (prefixes.length === 0 || isNamedResponder(host)) && isMine(host),
    responderOf,
    aliasesOf: (host) =>
      [...responders]
        .filter(([other, responder]) => responder === host && other !== host)
        .map(([other]) => hosts.text(other)),
  };
}

/** The responders that other analysers judge; null where there are no others. */
export function othersOf({ partition, inScope, responderOf }: Scope): ((host: number) => boolean) | null {
  return partition === null ? null : (host) => !inScope(host) && !inScope(responderOf(host));
}

/** Each aliased host with the host that names its gateway: the first address of the pair that began the gateway. */
function respondersOf(aliases: readonly (readonly [string, string])[], hosts: Hosts): Map<number, number> {
  const responders = new Map<number, number>();
  const host = (text: string) => {
    const address = parseAddress(text);
    if (address === null) throw new RangeError(`not an address: ${text}`);
    return hosts.intern(address, 0, address.length === 4 ? 4 : 6);
  };
  for (const [first, second] of aliases) {
    const into = responders.get(host(first)) ?? host(first);
    const from = responders.get(host(second)) ?? host(second);
    for (const [each, responder] of responders) if (responder === from) responders.set(each, into);
    responders.set(host(first), into);
    responders.set(host(second), into);
    responders.set(from, into);
  }
  return responders;
}
