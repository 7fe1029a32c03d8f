/** Keeps the table of addresses from growing for ever while a capture runs for weeks. */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import type { CopyFilter } from "./copies.ts";
import type { FlowTable } from "./flows.ts";
import type { HostTable } from "./hosts.ts";
import type { IkeSa } from "./sa.ts";

/**
 * Drops addresses that no IKE SA, no flow and no recent datagram has, and numbers the others anew.
 * @param reserved numbers below are held by others: they stay as they are
 */
export function compactHosts(
  hosts: HostTable,
  sas: readonly IkeSa[],
  flows: FlowTable,
  echoes: CopyFilter,
  reserved: number,
): void {
  const used = new Uint8Array(hosts.size).fill(1, 0, reserved);
  replaceEnds(sas, (end) => {
    used[hostOf(end)] = 1;
    return end;
  });
  flows.markHosts(used);
  for (const host of echoes.hosts()) used[host] = 1;
  const moved = hosts.retain((host) => used[host] === 1);
  replaceEnds(sas, (end) => endpoint(moved[hostOf(end)], portOf(end)));
  flows.renumber(moved);
  echoes.renumber(moved);
}

/** Gives paths and quick modes other endpoints. Without lists of them, which an IKE SA would keep. */
function replaceEnds(sas: readonly IkeSa[], replaced: (end: number) => number): void {
  for (const sa of sas) {
    for (let i = 0; i < sa.pathCount; i += 1) {
      sa.setEnds(i, replaced(sa.endOf(i, 0)), replaced(sa.endOf(i, 1)));
    }
    if (sa.exchangeCount > 0) for (const each of sa.exchanges) each.from = replaced(each.from);
    if (sa.outers === null) continue;
    for (const { exchange } of sa.outers.values()) exchange.from = replaced(exchange.from);
  }
}
