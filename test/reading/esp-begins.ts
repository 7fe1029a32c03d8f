/** Section 4, "ESP begins": a quick mode was accepted though its answer was not captured. */

import type { Sign } from "./life.ts";
import { gaveUp, isOn, type QuickMode, type Scene } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";

/** The client sent ESP within a minute of the first message and before it left. */
export function sendsEsp({ sa, at }: QuickMode, left: number, scene: Scene): boolean {
  const endpoints = scene.endpoints(sa);
  return scene.signs.some(
    (sign) =>
      sign.kind === "esp" &&
      sign.fromClient &&
      sign.at > at &&
      sign.at <= Math.min(left, at + AFTER_LAST_TRY) &&
      isOn(sign, sa, endpoints),
  );
}

export const AFTER_LAST_TRY = 60;
const BEFORE_FIRST = 5;
const OLD_SILENCE = 300;
const SWAPPED = 1;
const SETTLED = 0.5;

/** When ESP begins on its endpoints: in both directions, or from the client alone where the responder is never seen. */
export function espBegins(
  quickMode: QuickMode,
  scene: Scene,
  answered: ReadonlySet<QuickMode>,
  until = usableUntil(quickMode, scene),
): number | null {
  const { sa, at } = quickMode;
  const endpoints = scene.endpoints(sa);
  const esp = scene.signs.filter((sign) => sign.kind === "esp" && isOn(sign, sa, endpoints));
  // An earlier quick mode whose own SPI has not come yet explains the ESP as well.
  const begun = new Map<number, number>();
  for (const { spi, fromClient, at: time } of esp)
    if (fromClient && spi !== null && time < at && !begun.has(spi)) begun.set(spi, time);
  const rivalsFrom = Math.min(at - BEFORE_FIRST, Math.max(at - AFTER_LAST_TRY, ...begun.values()));
  const before = esp.filter((sign) => sign.at <= at);
  const during = esp.filter((sign) => sign.at > at && sign.at <= until);
  const known = new Set(before.map(({ spi }) => spi));
  // A NAT moves a session to another endpoint, and the SPI that the responder chose goes on there.
  for (const sign of scene.signs)
    if (sign.fromClient && sign.responder === sa.responder && sign.at <= at && sign.spi !== null)
      known.add(sign.spi);
  const quiet = !before.some((sign) => sign.at > at - OLD_SILENCE);
  const begins = during.filter(({ spi }) => (spi === null ? quiet : !known.has(spi)));
  // With an answer the client repeats itself no more: what it sent before its last copy it has from another one.
  const since = Math.max(at, quickMode.lastTry - SETTLED);
  const others = new Set(esp.filter((sign) => sign.fromClient && sign.at <= since).map(({ spi }) => spi));
  const isOwn = ({ fromClient, spi }: Sign) => fromClient && (spi === null || !others.has(spi));
  const up = begins.find(isOwn)?.at;
  const down = begins.find(({ fromClient }) => !fromClient)?.at;
  if (up === undefined) return null;
  if (down === undefined && responderTimes(sa, scene).length > 0) return null;
  const began = Math.max(up, down ?? up);
  // What was answered once the ESP had begun does not explain it.
  const rivalsTo = Math.min(until, began + SWAPPED);
  const rival = [...answered].some(
    (other) =>
      other !== quickMode &&
      other.sa.responder === sa.responder &&
      scene.endpoints(other.sa).some((endpoint) => endpoints.includes(endpoint)) &&
      answerTime(other) >= rivalsFrom &&
      answerTime(other) <= rivalsTo,
  );
  return rival ? null : began;
}

/** Before the client gave up, and at most 60 s after its last copy. */
function usableUntil(quickMode: QuickMode, scene: Scene): number {
  const left = gaveUp(quickMode, scene) ?? Number.POSITIVE_INFINITY;
  return Math.min(left, quickMode.lastTry + AFTER_LAST_TRY);
}

/** Phase 1 lies before the capture, and so may the quick mode whose ESP begins: nothing was seen for long before. */
export function mayBeOfEarlier({ sa, at }: QuickMode, scene: Scene): boolean {
  if (!sa.begunBefore || at - sa.start > AFTER_LAST_TRY || responderTimes(sa, scene).length === 0)
    return false;
  const endpoints = scene.endpoints(sa);
  return !scene.signs.some((sign) => sign.at < at && isOn(sign, sa, endpoints));
}

/** An IKE SA came to its endpoints later, whose phase 1 the capture lost: the ESP that begins may be of that one. */
export function mayBeOfLater({ sa, at }: QuickMode, scene: Scene): boolean {
  if (responderTimes(sa, scene).length === 0) return false;
  const own = scene.endpoints(sa);
  const begun = scene.signs.filter((sign) => isBegun(sign, sa, at, scene));
  const moved = scene.signs.filter(
    ({ fromClient, responder, spi }) =>
      fromClient && responder === sa.responder && begun.some((sign) => sign.spi === spi),
  );
  const endpoints = [...own, ...moved.map(({ endpoint }) => endpoint)];
  return scene.sas.some(
    (other) =>
      other.begunBefore &&
      other.start > at &&
      other.responder === sa.responder &&
      scene.endpoints(other).some((endpoint) => endpoints.includes(endpoint)),
  );
}

/** ESP of the client on its own endpoints under an SPI that was not there by then. */
function isBegun(sign: Sign, sa: Sa, at: number, scene: Scene): boolean {
  const endpoints = scene.endpoints(sa);
  const isEsp = (each: Sign) => each.fromClient && each.spi !== null && isOn(each, sa, endpoints);
  return (
    isEsp(sign) &&
    sign.at > at &&
    !scene.signs.some((each) => isEsp(each) && each.spi === sign.spi && each.at <= at)
  );
}

function answerTime({ answeredAt, at }: QuickMode): number {
  return answeredAt ?? at;
}

/** When the responder sent anything to anyone. */
export function responderTimes(sa: Sa, scene: Scene): number[] {
  const times = scene.signs
    .filter((sign) => !sign.fromClient && sign.responder === sa.responder)
    .map(({ at }) => at);
  for (const other of scene.sas) {
    if (other.responder !== sa.responder) continue;
    for (const { at, fromClient } of other.messages) if (!fromClient) times.push(at);
  }
  return times.sort((a, b) => a - b);
}
