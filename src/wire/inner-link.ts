/** Headers that name the link type of the frame behind them: PPI, PKTAP. */

import { linkTypeInside } from "./encapsulations.ts";
import { go, Layer, notLookedInto } from "./layers.ts";
import { firstLayerOf } from "./link-types.ts";

/** The walk goes on with a frame of that link type at byte `at`. */
export function goLink(linkType: number, at: number): number {
  const layer = firstLayerOf(linkType);
  return layer === Layer.none ? notLookedInto(linkTypeInside(linkType)) : go(layer, at);
}
