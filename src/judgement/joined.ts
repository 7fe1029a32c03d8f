/**
 * Contract 3.7: two addresses that each sent the client encrypted messages or quick modes within one IKE SA are one
 * responder: a gateway seen on both sides of a NAT, or a failover pair.
 */

import { hostOf } from "../collections/endpoints.ts";
import {
  type Hosts,
  type IkeSa,
  type IkeSas,
  IS_MOVED,
  isAtOneHost,
  isTwoWay,
  type Side,
  surveyOf,
} from "../ike/facts.ts";
import { other, type Roles } from "./roles.ts";

/** The addresses of responders that are one, each with the lowest of them. */
export function joinedResponders(
  sas: IkeSas,
  roles: Pick<Roles, "of">,
  hosts: Hosts,
  survey = surveyOf(sas),
): Map<number, number> {
  const joined = new Map<number, number>();
  const root = (host: number): number => {
    let at = host;
    for (let next = joined.get(at); next !== undefined; next = joined.get(at)) at = next;
    return at;
  };
  const { bits } = survey;
  for (let i = 0; i < sas.length; i += 1) {
    const role = (bits[i] & IS_MOVED) === 0 ? null : roles.of(i);
    if (role === null) continue;
    const sa = sas.at(i);
    if (isAtOneHost(sa, other(role.client))) continue;
    const found = securedHosts(sa, other(role.client));
    for (const host of found) {
      const [a, b] = [root(found[0]), root(host)];
      if (a === b) continue;
      const [low, high] = isLower(hosts, a, b) ? [a, b] : [b, a];
      joined.set(high, low);
    }
  }
  return new Map([...joined.keys()].map((host) => [host, root(host)]));
}

/** Addresses of a side that sent what only who took part in phase 1 can send, on paths with traffic both ways. */
function securedHosts({ paths }: IkeSa, side: Side): number[] {
  const found = paths.filter((path) => (path.secured & (1 << side)) !== 0 && isTwoWay(path));
  return [...new Set(found.map(({ ends }) => hostOf(ends[side])))];
}

/** IPv4 before IPv6, then by number. */
function isLower(hosts: Hosts, a: number, b: number): boolean {
  const [first, second] = [hosts.bytes(a), hosts.bytes(b)];
  if (first.length !== second.length) return first.length < second.length;
  const i = first.findIndex((byte, at) => byte !== second[at]);
  return i >= 0 && first[i] < second[i];
}
