/** What the user said of responders and ports, as questions that the analysis asks about hosts. */

import type { HostTable } from "../ike/hosts.ts";
import { inPrefix, parseAddress, parsePrefix } from "../wire/address.ts";
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
  /** The host's box is to be judged: all are, unless the user named some, or a partition. */
  inScope: (host: number) => boolean;
  /** The host that names the box of this one. */
  boxOf: (host: number) => number;
  /** Further addresses of a box. */
  aliasesOf: (host: number) => string[];
}

/** @throws RangeError for an address or prefix that is none */
export function scopeOf(options: ScopeOptions, hosts: HostTable): Scope {
  const ports = new Set([500, 4500, ...(options.ports ?? [])]);
  const prefixes = (options.responders ?? []).map((text) => {
    const prefix = parsePrefix(text);
    if (prefix === null) throw new RangeError(`not an address or prefix: ${text}`);
    return prefix;
  });
  const boxes = boxesOf(options.aliases ?? [], hosts);
  const isNamedResponder = (host: number) => {
    const address = hosts.bytes(host);
    return prefixes.some((prefix) => inPrefix(address, prefix));
  };
  const boxOf = (host: number) => boxes.get(host) ?? host;
  const { partition = null } = options;
  const isMine = (host: number) =>
    partition === null || partitionOf(hosts.text(boxOf(host)), partition.count) === partition.index;
  const named = [
    ...prefixes.map((prefix, i) => ({
      text: (options.responders ?? [])[i],
      includes: (host: number) => inPrefix(hosts.bytes(host), prefix),
    })),
    ...[...boxes.keys()].map((alias) => ({
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
    boxOf,
    aliasesOf: (host) =>
      [...boxes].filter(([other, box]) => box === host && other !== host).map(([other]) => hosts.text(other)),
  };
}

/** The responders that other analysers judge; null where there are no others. */
export function othersOf({ partition, inScope, boxOf }: Scope): ((host: number) => boolean) | null {
  return partition === null ? null : (host) => !inScope(host) && !inScope(boxOf(host));
}

/** Each aliased host with the host that names its box: the first address of the pair that began the box. */
function boxesOf(aliases: readonly (readonly [string, string])[], hosts: HostTable): Map<number, number> {
  const boxes = new Map<number, number>();
  const host = (text: string) => {
    const address = parseAddress(text);
    if (address === null) throw new RangeError(`not an address: ${text}`);
    return hosts.intern(address, 0, address.length === 4 ? 4 : 6);
  };
  for (const [first, second] of aliases) {
    const into = boxes.get(host(first)) ?? host(first);
    const from = boxes.get(host(second)) ?? host(second);
    for (const [each, box] of boxes) if (box === from) boxes.set(each, into);
    boxes.set(host(first), into);
    boxes.set(host(second), into);
    boxes.set(from, into);
  }
  return boxes;
}
