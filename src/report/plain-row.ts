/** The row of a plain client (judgement/plain.ts), as nearly all are in large captures: nothing else is made for it. */

import { hostOf, portOf } from "../collections/endpoints.ts";
import type { InsideAddresses } from "../judgement/inside.ts";
import type { PlainClient } from "../judgement/plain-clients.ts";
import { outcomeOfCompleted } from "./client-outcomes.ts";
import { addFlows, anomalyOf, type ClientRow } from "./client-row.ts";

/** The same as `rowOf` makes of such a client. */
export function plainRowOf(
  client: PlainClient,
  responder: number,
  inside: InsideAddresses | undefined,
): ClientRow {
  const { sa, exchange, endpoint, vendor, pattern } = client;
  const flows: number[] = [];
  addFlows(flows, sa);
  return {
    host: hostOf(endpoint),
    port: portOf(endpoint),
    responder,
    insideAddress: inside?.shown(client) ?? null,
    platform: vendor.platform,
    pattern,
    messageIds: { count: 1, shown: [exchange.messageId], step: null },
    ikeSas: 1,
    anomaly: anomalyOf(pattern, vendor.microsoftVersion),
    flows,
    rolesInferred: false,
    firstAt: sa.firstAt,
    lastAt: sa.lastLifeAt,
    outcome: outcomeOfCompleted(exchange),
  };
}
