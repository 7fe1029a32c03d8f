/** The decoder of an analysis, and what may settle frames for it. */

import { Decoder, type Sink } from "../feed/decoder.ts";
import type { Facts } from "../ike/facts.ts";
import { ordinaryMemory } from "../linear/memory.ts";
import { type Border, Walk } from "../linear/walk.ts";
import { kindNames, PORTS, portSet } from "../wire/locate.ts";
import type { LiveOptions } from "./live-options.ts";
import type { Scanner } from "./scanner.ts";

/**
 * @param analysis takes the datagrams, after those who want them as they are
 * @throws RangeError for a port that is none
 */
export function decoderOf(options: LiveOptions, analysis: Sink, facts: Facts, scanner: Scanner): Decoder {
  const { sinks = [], anonymizer, memory = ordinaryMemory } = options;
  const ports = portSet(options.ports ?? [], memory.column(Uint8Array, PORTS));
  // Who replaces addresses or writes packets has to see signs of life.
  const mayWalk = anonymizer === undefined && sinks.every(({ wantsLife }) => wantsLife === false);
  const kinds = kindNames.length;
  const arrivals = {
    lieAt: (border: Border) => facts.messagesLieAt(border),
    // The core knows the digests of this run alone.
    isOpen: () => !scanner.hasPublicDigest,
    shows: sinks.length > 0,
    takes: sinks.every(({ taken }) => taken !== undefined) && facts.takesInCore,
  };
  const lieAt = (border: Border) => facts.lieAt(border);
  const walk = mayWalk ? Walk.over({ memory, ports, kinds, lieAt, arrivals }) : null;
  return new Decoder(ports, [...sinks, anonymizer?.before(analysis) ?? analysis], walk);
}
