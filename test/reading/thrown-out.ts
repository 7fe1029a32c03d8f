/** Rule 6.7, `holder-dropped`: the responder accepted somebody and let the holder go at once. */

import { droppedAt, type Known } from "./claims.ts";
import { countSent, deletesOlder, lastHeard } from "./life.ts";
import type { QuickMode } from "./quick-modes.ts";

const THROWN_OUT = 10;
const BURST = 2;
const AFTERMATH = 5;
const SENT_SINCE = 3;
const SENT_FOR = 20;

/**
 * Within 10 s the responder deleted the holder, or dropped it, which had sent hardly anything since its last sign. Not
 * where it had deleted it before the last try that it answered: that found the ID free.
 */
export function isThrownOut({ at, lastTry }: QuickMode, answerAt: number, holder: Known): boolean {
  const { farewell, life, replacedAt, quickModes } = holder;
  const freed = farewell !== null && !farewell.byClient && farewell.at >= at && farewell.at < lastTry;
  if (freed && lastTry <= answerAt) return false;
  const deletes = life.filter(({ fromClient, what }) => fromClient && what === "informational");
  // A client that deletes its SA is answered so, and of one that renewed phase 1 the older SA goes.
  const byItself = (deleted: number) =>
    replacedAt <= deleted ||
    deletes.some(
      ({ at: own }, i) =>
        own >= at && own <= deleted && (deletes[i + 1]?.at <= own + BURST || !deletesOlder(quickModes, own)),
    );
  // Its own Informationals, whatever ESP of a later session the endpoint shows.
  const others = ["esp", "keepalive", "notify"];
  const own = life.filter(({ fromClient, what }) => !fromClient && !others.includes(what));
  const burst = own.some(
    (sign, i) =>
      sign.what === "informational" &&
      sign.at >= at &&
      sign.at <= answerAt + THROWN_OUT &&
      !byItself(sign.at) &&
      own[i + 1]?.what === "informational" &&
      own[i + 1].at <= sign.at + BURST &&
      own[own.length - 1].at <= sign.at + AFTERMATH,
  );
  const deleted =
    burst ||
    (farewell !== null &&
      !farewell.byClient &&
      farewell.at >= at &&
      farewell.at <= answerAt + THROWN_OUT &&
      !byItself(farewell.at));
  const dropped = droppedAt(holder) <= answerAt + THROWN_OUT;
  if (!deleted && !dropped) return false;
  const lastSign = lastHeard(life, false, at);
  // The packets of 6.6, ESP: nothing else asks for an answer, and a keepalive comes from a timer. A few that came at
  // once may be such whose answers the capture lost.
  const unheard = life.filter(
    ({ at: sent, fromClient, what }) => fromClient && what === "esp" && sent > lastSign,
  );
  const span = (unheard.at(-1)?.at ?? 0) - (unheard[0]?.at ?? 0);
  return countSent(unheard.filter(({ at: sent }) => sent < at)) < SENT_SINCE || span < SENT_FOR;
}
