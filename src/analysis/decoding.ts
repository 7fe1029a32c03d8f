/** The decoder of an analysis, and what may settle frames for it. */

import { Decoder, type Sink } from "../feed/decoder.ts";
import type { Facts } from "../ike/facts.ts";
import { ordinaryMemory } from "../linear/memory.ts";
import { Walk } from "../linear/walk.ts";
import { kindNames, portSet } from "../wire/locate.ts";
import type { LiveOptions } from "./live-options.ts";

/**
 * @param analysis takes the datagrams, after those who want them as they are
 * @throws RangeError for a port that is none
 */
export function decoderOf(options: LiveOptions, analysis: Sink, facts: Facts): Decoder {
  const { sinks = [], anonymizer, memory = ordinaryMemory } = options;
  const ports = portSet(options.ports ?? []);
  // Who replaces addresses or writes packets has to see signs of life.
  const mayWalk = anonymizer === undefined && sinks.every(({ wantsLife }) => wantsLife === false);
  const kinds = kindNames.length;
  const walk = mayWalk ? Walk.over({ memory, ports, kinds, lieAt: (border) => facts.lieAt(border) }) : null;
  return new Decoder(ports, [...sinks, anonymizer?.before(analysis) ?? analysis], walk);
}
