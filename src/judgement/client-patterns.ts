/** Contract 5: the pattern of each client of a responder, by the IDs of all its IKE SAs together. */

import type { Client } from "./client.ts";
import { classifyPattern, type Pattern } from "./pattern.ts";
import type { Session } from "./session.ts";

/** Patterns by client. */
export interface Patterns {
  get(client: Client): Pattern | undefined;
}

export function patternsOf(clients: readonly Client[]): Patterns {
  const read = patternReader();
  const patterns = clients.map(read);
  return { get: ({ index }) => patterns[index] };
}

/** Clients that count begin with IDs below. */
const SMALL_ID = 256;

/** Patterns of clients that have one ID. Thousands have the same small one: they share what it tells. */
export class SingleIds {
  readonly #small = new Map<number | null, Pattern[]>();

  /** @param version of the client's Microsoft vendor ID, or null */
  of(messageId: number, version: number | null): Pattern {
    if (messageId >= SMALL_ID) return classifyPattern([[messageId]], version);
    let known = this.#small.get(version);
    if (known === undefined) {
      known = [];
      this.#small.set(version, known);
    }
    known[messageId] ??= classifyPattern([[messageId]], version);
    return known[messageId];
  }
}

function patternReader(): (client: Client) => Pattern {
  const singles = new SingleIds();
  return (client) => {
    const { sessions } = client;
    const version = microsoftVersion(client);
    const { quickModes } = sessions[0];
    const hasOne = sessions.length === 1 && quickModes.length === 1;
    if (hasOne) return singles.of(quickModes[0].messageId, version);
    return classifyPattern(sessions.map(idsOf), version);
  };
}

function idsOf({ quickModes }: Session): number[] {
  return quickModes.map(({ messageId }) => messageId);
}

export function microsoftVersion(client: Client): number | null {
  for (const { clientVendor } of client.sessions) {
    if (clientVendor.microsoftVersion !== null) return clientVendor.microsoftVersion;
  }
  return null;
}
