/** What the programs of the fleet share: the server, the two streams, and patience with a server that restarts. */

import { jetstreamManager } from "@nats-io/jetstream";
import { connect, nanos } from "@nats-io/transport-node";

export const RECORDS = "IKE_RECORDS";
export const FINDINGS = "IKE_FINDINGS";
const HOUR = 3_600_000;

/** Connects, however long the server takes, and makes the streams where they are missing. */
export async function joinFleet(server = "127.0.0.1:4222") {
  const connection = await connect({ servers: server, maxReconnectAttempts: -1, waitOnFirstConnect: true });
  const manager = await untilDone(() => jetstreamManager(connection));
  // What comes twice within the window, by its id, is stored once: a sensor or an analyser that was restarted.
  const window = { duplicate_window: nanos(HOUR) };
  await stream({ name: RECORDS, subjects: ["ike.records.*"], max_age: nanos(7 * 24 * HOUR), ...window });
  await stream({ name: FINDINGS, subjects: ["ike.findings.*"], ...window });
  return { connection, manager };

  async function stream(config) {
    await untilDone(async () => {
      const known = await manager.streams.info(config.name).catch(() => null);
      if (known === null) await manager.streams.add(config);
    });
  }
}

/** Tries until it works: a server that is gone comes back. */
export async function untilDone(attempt) {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      console.error(`${error.message}: trying again`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
