/** What became of a refusal in a report, and whether a capture shows the refusal, and life of who held the ID. */

import type { Seen } from "./wire.ts";
import type { Refusal, World } from "./world.ts";

/** What of a report is scored. */
export interface Scored {
  findings: readonly {
    holder: { address: string | null; candidates?: readonly { address: string }[] | undefined };
    caveats: readonly string[];
    attempts: readonly { contenderSa: { initiatorCookie: string }; messageId: string; verdict: string }[];
  }[];
  warnings: readonly { code: string; message: string }[];
}

export type Fate = "rejected" | "predicted" | "possible" | "warning" | "silence";

/** The finding's attempt on this quick mode: its verdict, and who is named. */
export interface Judgement {
  fate: Fate;
  /** The holder, and the candidates; of a warning those of the true holders that it mentions. */
  named: string[];
}

export function fateOf(refusal: Refusal, report: Scored): Judgement {
  for (const { holder, attempts } of report.findings) {
    for (const { contenderSa, messageId, verdict } of attempts) {
      if (contenderSa.initiatorCookie !== refusal.sa || Number(messageId) !== refusal.messageId) continue;
      if (verdict === "tolerated") continue;
      const candidates = (holder.candidates ?? []).map(({ address }) => address);
      const named = holder.address === null ? candidates : [holder.address, ...candidates];
      return { fate: verdict as Fate, named };
    }
  }
  const warnings = report.warnings.filter(
    ({ code, message }) => code.startsWith("refused-") && mentions(subjectOf(message), refusal.client),
  );
  const named = refusal.by.filter((address) => warnings.some(({ message }) => mentions(message, address)));
  return { fate: warnings.length > 0 ? "warning" : "silence", named };
}

/** "1 try of CLIENT at ..": what follows may name others. */
function subjectOf(message: string): string {
  return message.split(" at ")[0];
}

/** The address, and not as a part of a longer one. */
export function mentions(text: string, address: string): boolean {
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1)) {
    if (!/[0-9]/.test(text[at + address.length] ?? "") && !/[0-9.]/.test(text[at - 1] ?? "")) return true;
  }
  return false;
}

const QUICK = 32;

/** What was seen of each IKE SA, made once for a list: it is asked for at every refusal. */
const indexes = new WeakMap<readonly Seen[], Map<string, Seen[]>>();

function ofSa(sa: string, list: readonly Seen[]): readonly Seen[] {
  let index = indexes.get(list);
  if (index === undefined) {
    index = new Map();
    for (const seen of list) {
      const own = index.get(seen.sa);
      if (own === undefined) index.set(seen.sa, [seen]);
      else own.push(seen);
    }
    indexes.set(list, index);
  }
  return index.get(sa) ?? [];
}

/** Its messages of IKE, in order. */
function messagesOf(sa: string, list: readonly Seen[]) {
  return ofSa(sa, list).flatMap(({ body, direction, at }) =>
    "isakmp" in body ? [{ message: body.isakmp, direction, at }] : [],
  );
}

/** Its IKE SA is in the capture from the first message on, with the quick mode and a copy of it. */
export function isCaptured(refusal: Refusal, kept: readonly Seen[], all: readonly Seen[]): boolean {
  return messagesOf(refusal.sa, kept).length === messagesOf(refusal.sa, all).length;
}

const MAIN = 2;
const isEncrypted = (message: Buffer) => (message[19] & 1) === 1;

/**
 * The contract asks to reject it: the capture shows the quick mode, and that phase 1 had finished, by the last message
 * of who answered it or, with phase 1 before the capture, by anything of the gateway (contract 4, `unproven`).
 */
export function isShown({ sa, messageId }: Refusal, kept: readonly Seen[]): boolean {
  const own = messagesOf(sa, kept);
  const tried = own.some(
    ({ message, direction }) =>
      direction === "up" && message[18] === QUICK && message.readUInt32BE(20) === messageId,
  );
  const main = own.filter(({ message }) => message[18] === MAIN);
  if (main.length === 0) return tried && own.some(({ direction }) => direction === "down");
  // A gateway that renews phase 1 sends its first message, which has no responder cookie.
  const renewed = main[0].direction === "down" && main[0].message.readBigUInt64BE(8) === 0n;
  const answering = renewed ? "up" : "down";
  return tried && main.some(({ message, direction }) => direction === answering && isEncrypted(message));
}

/** Seconds (contract 4, `unproven`): giving up so soon shows that an answer was missed; silence so long that it died. */
const GAVE_UP = 3;
const SPAN = 10;
const AFTER = 1;

/**
 * The capture shows that the client missed an answer, by a copy or by giving up at once, and that the gateway was
 * there: not one that sent steadily and fell silent to all from the first copy on, for ten seconds or more.
 */
export function isTelling({ sa, messageId, gateway }: Refusal, kept: readonly Seen[]): boolean {
  const own = messagesOf(sa, kept).filter(
    ({ message, direction }) => direction === "up" && message[18] !== MAIN,
  );
  const tries = own.filter(({ message }) => message.readUInt32BE(20) === messageId).map(({ at }) => at);
  if (tries.length === 0) return false;
  const [first, last] = [tries[0], tries[tries.length - 1]];
  if (tries.length === 1) return own.some(({ at }) => at > first && at <= first + GAVE_UP);
  const sent = kept
    .filter((each) => each.direction === "down" && each.gateway === gateway)
    .map(({ at }) => at);
  if (last - first < SPAN || sent.some((at) => at >= first && at <= last + AFTER)) return true;
  const spans = [1, 2, 3, 4, 5, 6].filter((i) =>
    sent.some((at) => at >= first - i * SPAN && at < first - (i - 1) * SPAN),
  );
  return spans.length < 5;
}

/** The client repeated itself: without that nothing shows that it missed an answer. */
export function wasRepeated(refusal: Refusal, kept: readonly Seen[]): boolean {
  const tries = messagesOf(refusal.sa, kept).filter(
    ({ message, direction }) =>
      direction === "up" && message[18] === QUICK && message.readUInt32BE(20) === refusal.messageId,
  );
  return tries.length >= 2;
}

/** Seconds that a holder may be silent (contract 6.9). */
const ALIVE = 300;

/**
 * A holder shows life: its IKE SA, or ESP and keepalives of it, not long before the refusal or later (contract 6.4, 6.9).
 * What else comes from its address, by neighbours behind its NAT or in its own later sessions, is not life of who holds
 * the ID.
 */
export function showsLife({ bySas, at }: Refusal, kept: readonly Seen[]): boolean {
  return bySas.some((sa) => ofSa(sa, kept).some((seen) => seen.at >= at - ALIVE));
}

/** An ID beyond it is drawn. */
const COUNTED = 0xffff;

/**
 * Somebody else who draws IDs came to the holder's endpoint. By contract 3.3 the same port is one client, and one that
 * draws is no candidate (6.9).
 */
export function isTakenForDrawing({ bySas, gateway }: Refusal, kept: readonly Seen[]): boolean {
  const endpoint = ({ place }: Seen) => `${place.address}:${place.port500}`;
  const own = new Set(bySas.flatMap((sa) => ofSa(sa, kept)).map(endpoint));
  return kept.some(
    (seen) =>
      !bySas.includes(seen.sa) &&
      seen.gateway === gateway &&
      seen.direction === "up" &&
      "isakmp" in seen.body &&
      seen.body.isakmp[18] === QUICK &&
      seen.body.isakmp.readUInt32BE(20) > COUNTED &&
      own.has(endpoint(seen)),
  );
}

/**
 * An earlier session of the client that was accepted on the ID had not ended: contract 6.9 asks for that one before it
 * asks who else may hold the ID.
 */
export function hasOwnGhost({ sa, messageId, client, gateway, at }: Refusal, { moments }: World): boolean {
  const own = moments.filter(
    (each) => each.peer === client && each.gateway === gateway && each.sa !== sa && each.at < at,
  );
  const ended = new Set(own.filter(({ what }) => what === "ended").map((each) => each.sa));
  return own.some((each) => each.what === "accepted" && each.messageId === messageId && !ended.has(each.sa));
}
