/** Keeps the table of addresses from growing for ever while a capture runs for weeks. */

import { endpoint, hostOf, portOf } from "../collections/endpoints.ts";
import type { CopyFilter } from "./copies.ts";
import type { Exchange } from "./exchange.ts";
import type { FlowTable } from "./flows.ts";
import type { HostTable } from "./hosts.ts";
import type { Path } from "./paths.ts";
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
  for (const { ends } of pathsOf(sas)) for (const end of ends) used[hostOf(end)] = 1;
  for (const exchange of exchangesOf(sas)) used[hostOf(exchange.from)] = 1;
  flows.markHosts(used);
  for (const host of echoes.hosts()) used[host] = 1;
  const moved = hosts.retain((host) => used[host] === 1);
  const renumbered = (end: number) => endpoint(moved[hostOf(end)], portOf(end));
  for (const path of pathsOf(sas)) path.ends = [renumbered(path.ends[0]), renumbered(path.ends[1])];
  for (const exchange of exchangesOf(sas)) exchange.from = renumbered(exchange.from);
  flows.renumber(moved);
  echoes.renumber(moved);
}

/** Without lists of them, which an IKE SA would keep. */
function* pathsOf(sas: readonly IkeSa[]): Generator<Path> {
  for (const sa of sas) for (let i = 0; i < sa.pathCount; i += 1) yield sa.pathAt(i);
}

function* exchangesOf(sas: readonly IkeSa[]): Generator<Exchange> {
  for (const { exchanges, outers } of sas) {
    yield* exchanges;
    for (const { exchange } of outers?.values() ?? []) yield exchange;
  }
}
