/** Keeps the table of addresses from growing for ever while a capture runs for weeks. */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import type { CopyFilter } from "./copies.ts";
import type { FlowTable } from "./flows.ts";
import type { HostTable } from "./hosts.ts";
import type { Ends } from "./sa-ends.ts";

/**
 * Drops addresses that no IKE SA, no flow and no recent datagram has, and numbers the others anew.
 * @param ends those of all IKE SAs and of what else is told of them
 * @param reserved numbers below are held by others: they stay as they are
 */
export function compactHosts(
  hosts: HostTable,
  ends: readonly Ends[],
  flows: FlowTable,
  echoes: CopyFilter,
  reserved: number,
): void {
  const used = new Uint8Array(hosts.size).fill(1, 0, reserved);
  replaceAll(ends, (end) => {
    used[hostOf(end)] = 1;
    return end;
  });
  flows.markHosts(used);
  for (const host of echoes.hosts()) used[host] = 1;
  const moved = hosts.retain((host) => used[host] === 1);
  replaceAll(ends, (end) => endpoint(moved[hostOf(end)], portOf(end)));
  flows.renumber(moved);
  echoes.renumber(moved);
}

function replaceAll(ends: readonly Ends[], replaced: (end: number) => number): void {
  for (const each of ends) each.replaceEnds(replaced);
}
