/** The quick modes of an SA, who started each, and when its client gave one up (section 4, before the table). */

import type { Sign } from "./life.ts";
import { INFORMATIONAL, QUICK, samePayload } from "./messages.ts";
import { clientEnd, type Sa, type Said } from "./roles.ts";

export interface QuickMode {
  sa: Sa;
  id: number;
  byClient: boolean;
  /** Its messages, first to last. */
  messages: Said[];
  at: number;
  /** The capture lost its first message. */
  headless: boolean;
  /** The client's first message again, and when. */
  copies: Said[];
  /** The client's message that only an answer allows. */
  third: Said | null;
  /** When the responder first sent a message with this ID. */
  answeredAt: number | null;
  /** When its ESP began, where that alone shows that it was answered. */
  espBeganAt: number | null;
  /** First message, or its last copy. */
  lastTry: number;
}

export function quickModesOf(sa: Sa): QuickMode[] {
  const byId = new Map<number, Said[]>();
  for (const message of sa.messages) {
    if (message.exchange !== QUICK || message.id === 0) continue;
    byId.set(message.id, [...(byId.get(message.id) ?? []), message]);
  }
  return [...byId].map(([id, messages]) => quickMode(sa, id, messages)).sort((a, b) => a.at - b.at);
}

function quickMode(sa: Sa, id: number, messages: Said[]): QuickMode {
  const [first] = messages;
  const headless = !first.fromClient && lostItsFirst(messages);
  const byClient = first.fromClient || headless;
  const own = messages.filter(({ fromClient }) => fromClient);
  const copies =
    byClient && !headless
      ? own.slice(1).filter((message) => message.fragment || samePayload(message, first))
      : [];
  const third = headless
    ? own[0]
    : (own
        .slice(1)
        .find(
          (message) => !message.fragment && !samePayload(message, first) && message.length < first.length,
        ) ?? null);
  return {
    sa,
    id,
    byClient,
    messages,
    at: first.at,
    headless,
    copies,
    third: byClient ? third : null,
    answeredAt: messages.find(({ fromClient }) => !fromClient)?.at ?? null,
    espBeganAt: null,
    lastTry: copies.at(-1)?.at ?? first.at,
  };
}

/** The first one seen is the responder's, the client's next at most half as long, and nothing else comes. */
function lostItsFirst(messages: readonly Said[]): boolean {
  const [first, ...rest] = messages;
  const others = rest.filter((message) => !message.fromClient && !samePayload(message, first));
  const next = rest.find(({ fromClient }) => fromClient);
  return next !== undefined && others.length === 0 && next.length * 2 <= first.length;
}

/** Rule: so soon an Informational need not mean that the client has given up. */
const TOO_SOON = 3;
const GOES_ON = 60;

/** What is known of all SAs when outcomes are judged. */
export interface Scene {
  sas: readonly Sa[];
  quickModes: readonly QuickMode[];
  signs: readonly Sign[];
  end: number;
  /** Where the clock stepped back. */
  steps: readonly number[];
  endpoints: (sa: Sa) => readonly string[];
  blind: (sa: Sa) => boolean;
}

/** The moment at which its client gave the quick mode up; null where it did not. */
export function gaveUp(quickMode: QuickMode, scene: Scene): number | null {
  const { sa, at } = quickMode;
  const again = scene.sas.find(
    (other) =>
      other !== sa && !other.begunBefore && !other.renewed && other.start > at && sameDialler(sa, other),
  );
  // With its next phase 1 the client begins anew: what follows that is not this quick mode's.
  const until = again?.start ?? Number.POSITIVE_INFINITY;
  const info = sa.messages.find(
    (message) =>
      message.fromClient &&
      message.exchange === INFORMATIONAL &&
      message.at > at &&
      !isEarlyDelete(quickMode, message, until, scene),
  );
  const moments = [info?.at, again?.start].filter((moment) => moment !== undefined);
  return moments.length > 0 ? Math.min(...moments) : null;
}

function isEarlyDelete({ sa, at, copies, id }: QuickMode, info: Said, until: number, scene: Scene): boolean {
  if (info.at - at > TOO_SOON || copies.some((copy) => copy.at < info.at)) return false;
  const resumable = (moment: number) => moment > info.at && moment <= Math.min(info.at + GOES_ON, until);
  const endpoints = scene.endpoints(sa);
  return (
    copies.some((copy) => resumable(copy.at)) ||
    scene.quickModes.some(
      // The second of a pair came before its Delete.
      (other) =>
        other.sa === sa &&
        other.id !== id &&
        other.byClient &&
        other.at > at &&
        (other.at <= info.at || resumable(other.at)),
    ) ||
    scene.signs.some(
      (sign) => sign.kind === "esp" && sign.fromClient && resumable(sign.at) && isOn(sign, sa, endpoints),
    )
  );
}

export function isOn(sign: Sign, sa: Sa, endpoints: readonly string[]): boolean {
  return sign.responder === sa.responder && endpoints.includes(sign.endpoint);
}

/** The same endpoint began phase 1 once more: by its port on the 500 side or else the other, where both are known. */
function sameDialler(sa: Sa, other: Sa): boolean {
  if (sa.client !== other.client || sa.responder !== other.responder) return false;
  for (const floated of [false, true]) {
    const [a, b] = [portsOf(sa, floated), portsOf(other, floated)];
    if (a.length > 0 && b.length > 0) return a.some((port) => b.includes(port));
  }
  return true;
}

/** Addresses and ports of its client on one side, before and behind its NAT. */
function portsOf({ messages }: Sa, floated: boolean): string[] {
  return messages.flatMap(({ copies, fromClient }) =>
    copies
      .filter((copy) => copy.floated === floated)
      .map((copy) => clientEnd(copy, fromClient))
      .map(({ address, port }) => `${address}:${port}`),
  );
}

/**
 * The client's ports in order, on the 4500 side or the other. What goes to another address tells none, nor what goes to
 * a port that it does not send from, where it is seen sending there.
 */
export function clientPortsOf(sa: Sa, floated: boolean): number[] {
  const portsIn = (messages: Sa["messages"]) =>
    messages
      .flatMap(({ copies, fromClient }) =>
        copies.filter((copy) => copy.floated === floated).map((copy) => clientEnd(copy, fromClient)),
      )
      .filter(({ address }) => address === sa.client)
      .map(({ port }) => port);
  const sent = portsIn(sa.messages.filter(({ fromClient }) => fromClient));
  const all = portsIn(sa.messages);
  return sent.length === 0 ? all : all.filter((port) => sent.includes(port));
}
