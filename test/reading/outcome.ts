/** Section 4 of the contract: the outcome of a quick mode that the client started. The first rule that matches wins. */

import { isAcrossStep } from "./clocks.ts";
import {
  AFTER_LAST_TRY,
  espBegins,
  mayBeOfEarlier,
  mayBeOfLater,
  responderTimes,
  sendsEsp,
} from "./esp-begins.ts";
import { countSent, type Sign } from "./life.ts";
import { AGGRESSIVE, INFORMATIONAL, MAIN, QUICK } from "./messages.ts";
import { gaveUp, isOn, type QuickMode, type Scene } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";

export type Outcome =
  | "completed"
  | "answered"
  | "answer-unusable"
  | "unobserved"
  | "unproven"
  | "pending"
  | "refused"
  | "unanswered";

export function isAccepted(outcome: Outcome): boolean {
  return outcome === "completed" || outcome === "answered";
}

/** By IKE first, then by ESP in order of the first message. */
export function outcomesOf(scene: Scene): Map<QuickMode, Outcome> {
  const outcomes = new Map<QuickMode, Outcome>();
  const own = scene.quickModes.filter(({ byClient }) => byClient);
  const answered = new Set(
    scene.quickModes.filter(
      ({ byClient, messages }) => !byClient && messages.some(({ fromClient }) => fromClient),
    ),
  );
  for (const quickMode of own) {
    const outcome = byIke(quickMode, scene);
    if (outcome === null) continue;
    outcomes.set(quickMode, outcome);
    if (isAccepted(outcome)) answered.add(quickMode);
  }
  for (const quickMode of own) {
    if (outcomes.has(quickMode)) continue;
    const began = espBegins(quickMode, scene, answered);
    if (began !== null) {
      const early = mayBeOfEarlier(quickMode, scene) || mayBeOfLater(quickMode, scene);
      outcomes.set(quickMode, early ? "unproven" : "answered");
      if (early) continue;
      answered.add(quickMode);
      quickMode.espBeganAt = began;
    } else outcomes.set(quickMode, notAnswered(quickMode, scene));
  }
  return outcomes;
}

function byIke(quickMode: QuickMode, scene: Scene): Outcome | null {
  if (isCompleted(quickMode)) return "completed";
  if (quickMode.answeredAt !== null) return isUnusable(quickMode, scene) ? "answer-unusable" : "answered";
  return quickMode.third === null ? null : "answered";
}

/** Client, responder, client: three distinct messages in turn. */
function isCompleted({ headless, answeredAt, third }: QuickMode): boolean {
  return !headless && answeredAt !== null && third !== null && third.at >= answeredAt;
}

const SETTLED = 0.5;

function isUnusable(quickMode: QuickMode, scene: Scene): boolean {
  const { answeredAt, copies, third } = quickMode;
  // Another quick mode that was answered explains the ESP as well.
  const others = scene.quickModes.filter((each) => each.answeredAt !== null || each.third !== null);
  if (third !== null || espBegins(quickMode, scene, new Set(others)) !== null) return false;
  const left = gaveUp(quickMode, scene);
  // One copy is enough where the client left without a tunnel.
  const enough = left !== null && !scene.blind(quickMode.sa) && !sendsEsp(quickMode, left, scene) ? 1 : 2;
  if (copies.filter(({ at }) => at > answeredAt! + SETTLED).length >= enough) return true;
  if (left === null || answeredAt! <= left) return false;
  // ESP that begins with the late answer shows that the client had not.
  return espBegins(quickMode, scene, new Set(others), answeredAt! + AFTER_LAST_TRY) === null;
}

function notAnswered(quickMode: QuickMode, scene: Scene): Outcome {
  const times = responderTimes(quickMode.sa, scene);
  if (times.length === 0) return "unobserved";
  if (isUnproven(quickMode, times, scene)) return "unproven";
  if (scene.end - quickMode.at <= PENDING) return "pending";
  return isRefused(quickMode, scene) ? "refused" : "unanswered";
}

const PENDING = 5;
const DEMONSTRABLE = 60;

function isUnproven(quickMode: QuickMode, times: readonly number[], scene: Scene): boolean {
  const { sa, at, lastTry } = quickMode;
  const done = phase1Done(sa);
  if (done === null) return true;
  const isLongAgo = at - done > DEMONSTRABLE || isAcrossStep(done, at, scene.steps);
  if (isLongAgo && !times.some((time) => time >= at && time <= lastTry + DEMONSTRABLE)) return true;
  return isDead(quickMode, times, scene) || hasForgotten(quickMode, scene) || nothingMissed(quickMode, scene);
}

/** When phase 1 is known to have finished; null where it is not. */
export function phase1Done(sa: Sa): number | null {
  const main = sa.messages.filter(({ exchange }) => exchange === MAIN);
  const aggressive = sa.messages.filter(({ exchange }) => exchange === AGGRESSIVE);
  if (main.length + aggressive.length === 0)
    return sa.messages.find((message) => !message.fromClient && isSigned(message))?.at ?? null;
  // A responder that renews phase 1 began it; then the client's last message ends it (3.1).
  const last = (fromClient: boolean) =>
    main.find((message) => message.fromClient === fromClient && message.encrypted);
  const finished =
    main.length > 0 ? last(sa.renewed) : aggressive.find(({ fromClient }) => fromClient === sa.renewed);
  return finished?.at ?? shownLater(sa, last(!sa.renewed)?.at ?? null);
}

/** Anybody can send an Informational in the clear: it lifts no verdict (4). */
function isSigned({ encrypted, exchange }: Sa["messages"][number]): boolean {
  return encrypted || exchange !== INFORMATIONAL;
}

/** Its last message was lost; later ones under its keys show that it had finished, as in a capture that begins late. */
function shownLater({ messages, renewed }: Sa, before: number | null): number | null {
  const after = messages.filter(({ exchange }) => exchange !== MAIN && exchange !== AGGRESSIVE);
  const shows = after.some(
    ({ fromClient, encrypted, exchange }) => fromClient === renewed && (encrypted || exchange === QUICK),
  );
  return shows ? (before ?? after[0].at) : null;
}

const SPAN = 10;
const SPANS = 6;
const STEADY = 5;

/** It was sending steadily, and sent none while the client repeated itself: it died, or its path did. */
function isDead({ copies }: QuickMode, times: readonly number[], { steps }: Scene): boolean {
  if (copies.length === 0) return false;
  const first = copies[0].at;
  const last = copies[copies.length - 1].at;
  if (last - first < SPAN) return false;
  // How long before a step of the clock it sent anything nobody knows (6.13).
  const known = times.filter((time) => !isAcrossStep(time, first, steps));
  let filled = 0;
  for (let i = 1; i <= SPANS; i += 1) {
    if (known.some((time) => time >= first - i * SPAN && time < first - (i - 1) * SPAN)) filled += 1;
  }
  return filled >= STEADY && !times.some((time) => time >= first && time <= last + 1);
}

const SENDS_ON = 3;
const SENDS_FOR = 20;

/**
 * Its ESP to this client had stopped before the first message while the client went on, by then or over it: it no
 * longer knows the SA.
 */
function hasForgotten(quickMode: QuickMode, scene: Scene): boolean {
  const { sa, at } = quickMode;
  const endpoints = scene.endpoints(sa);
  const there = scene.signs.filter((sign) => isOn(sign, sa, endpoints));
  const before = there.filter((sign) => sign.kind === "esp" && sign.at < at);
  if (sendsIntoTheVoid(before, lastAnswer(sa.messages.filter((message) => message.at < at)))) return true;
  // What begins on its endpoints once the client gave up is a later session's.
  const left = gaveUp(quickMode, scene) ?? Number.POSITIVE_INFINITY;
  const begun = new Map<string, number>();
  const nameOf = ({ spi, fromClient }: Sign) => `${fromClient} ${spi}`;
  for (const sign of there) if (!begun.has(nameOf(sign))) begun.set(nameOf(sign), sign.at);
  const esp = there.filter((sign) => sign.kind === "esp" && begun.get(nameOf(sign))! <= left);
  // What it sent on the SA or its endpoints after the first message shows that it knows the SA.
  const knows = [...sa.messages, ...esp].some((sign) => !sign.fromClient && sign.at >= at);
  return !knows && sendsIntoTheVoid(esp, lastAnswer(sa.messages));
}

/** When the responder last sent on the SA, which it knew then. */
function lastAnswer(messages: Sa["messages"]): number {
  return messages.findLast(({ fromClient }) => !fromClient)?.at ?? Number.NEGATIVE_INFINITY;
}

/** Three packets or more of the client over 20 s or more, after the responder's last and after `since`. */
export function sendsIntoTheVoid(
  esp: readonly Pick<Sign, "at" | "fromClient" | "spi" | "sequence">[],
  since = Number.NEGATIVE_INFINITY,
): boolean {
  const last = esp.findLast(({ fromClient }) => !fromClient);
  if (last === undefined) return false;
  const alone = esp.filter((sign) => sign.fromClient && sign.at > Math.max(last.at, since));
  return countSent(alone) >= SENDS_ON && alone[alone.length - 1].at - alone[0].at >= SENDS_FOR;
}

/** No copy: nothing shows that the client missed an answer. */
function nothingMissed(quickMode: QuickMode, scene: Scene): boolean {
  const { sa, at, copies } = quickMode;
  if (copies.length > 0 || scene.end - at <= PENDING) return false;
  const left = gaveUp(quickMode, scene);
  if (left !== null && left - at <= 3) return false;
  const infos = sa.messages.filter(
    (message) => !message.fromClient && message.exchange === INFORMATIONAL && message.at > at,
  );
  if (deletedBy(quickMode)) return false;
  const goesOn = sendsEsp(quickMode, left ?? Number.POSITIVE_INFINITY, scene);
  return !(infos.some((info) => info.at - at <= 1) && !scene.blind(sa) && !goesOn);
}

/** The responder itself deleted the SA: two Informationals within 5 s, then it sends nothing more on it. */
function deletedBy({ sa, at }: QuickMode): boolean {
  const own = sa.messages.filter((message) => !message.fromClient && message.at > at);
  if (own.length < 2 || own.some(({ exchange }) => exchange !== INFORMATIONAL)) return false;
  return own[own.length - 1].at - own[0].at <= 5;
}

function isRefused(quickMode: QuickMode, scene: Scene): boolean {
  const left = gaveUp(quickMode, scene) ?? Number.POSITIVE_INFINITY;
  const { sa, at } = quickMode;
  const infos = sa.messages.filter(
    (message) => !message.fromClient && message.exchange === INFORMATIONAL && message.at > at,
  );
  return infos.some((info) => info.at < left) || (infos.length > 0 && deletedBy(quickMode));
}

export const INVALID_MESSAGE_ID = 9;

/** Error notifies of the responder that can be read, after the first message and before the client gave up. */
export function notifiesOf(quickMode: QuickMode, scene: Scene): number[] {
  const left = gaveUp(quickMode, scene) ?? Number.POSITIVE_INFINITY;
  const { sa, at } = quickMode;
  return sa.messages
    .filter(
      (message) =>
        !message.fromClient && message.exchange === INFORMATIONAL && message.at > at && message.at < left,
    )
    .flatMap(({ clear }) => clear?.notifies ?? []);
}
