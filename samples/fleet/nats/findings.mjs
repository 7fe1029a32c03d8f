/**
 * Prints the findings of the fleet, one line of JSON each, and goes on as they come.
 *
 *   node findings.mjs [SERVER] | jq -r '"\(.finding.verdict) \(.finding.responder) \(.finding.contender.address)"'
 */

import { jetstream } from "@nats-io/jetstream";
import { FINDINGS, joinFleet } from "./connect.mjs";

const { connection } = await joinFleet(process.argv[2]);
const consumer = await jetstream(connection).consumers.get(FINDINGS);
for await (const message of await consumer.consume()) console.log(message.string());
