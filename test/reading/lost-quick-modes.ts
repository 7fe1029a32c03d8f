/** Rule 6.2: quick modes that the capture lost, as ESP in both directions shows them. */

import { ownEndpoints, type Sign } from "./life.ts";
import { phase1Done } from "./outcome.ts";
import type { Scene } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";

/** When an SA without any quick mode is seen to have had one accepted that the capture lost (6.2); else infinity. */
export function lostQuickMode(sa: Sa, users: readonly Sa[], scene: Scene): number {
  // What came after a phase 1 that was not seen nobody knows.
  if (sa.begunBefore) return Number.POSITIVE_INFINITY;
  if (scene.quickModes.some((quickMode) => quickMode.sa === sa && quickMode.byClient))
    return Number.POSITIVE_INFINITY;
  const next = users.find(({ start }) => start > sa.start)?.start ?? Number.POSITIVE_INFINITY;
  const endpoints = ownEndpoints(sa);
  const there = scene.signs.filter(
    (sign) => sign.responder === sa.responder && endpoints.includes(sign.endpoint) && sign.at < next,
  );
  return newEspOf(sa, scene, there) ?? Number.POSITIVE_INFINITY;
}

/** When ESP began after its phase 1, in both directions, with SPIs that were not there before; null where it did not. */
export function newEspOf(sa: Sa, scene: Scene, own: readonly Sign[]): number | null {
  const done = phase1Done(sa);
  if (done === null) return null;
  const endpoints = ownEndpoints(sa);
  const before = new Set(
    scene.signs
      .filter(
        (sign) => sign.at <= sa.start && sign.responder === sa.responder && endpoints.includes(sign.endpoint),
      )
      .map(({ spi }) => spi),
  );
  const fresh = own.filter(
    (sign) => sign.kind === "esp" && sign.at > done && sign.spi !== null && !before.has(sign.spi),
  );
  const ways = new Set(fresh.map(({ fromClient }) => fromClient));
  return ways.size === 2 ? fresh[0].at : null;
}
