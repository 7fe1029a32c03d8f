/** One sentence for each client that was refused without a visible holder (contract 6.9). */

import { grouped } from "../collections/grouping.ts";
import { type Hosts, numberedNotify } from "../ike/facts.ts";
import type { FormerHolder } from "../judgement/former-holder.ts";
import { SECOND } from "../judgement/moment.ts";
import type { Refusals } from "../judgement/refused-without-holder.ts";
import type { Warning } from "./model.ts";
import { listed } from "./phrases.ts";
import { clientText, messageIdText, SHOWN_IDS } from "./sentences.ts";
import { isoTime } from "./time.ts";

/** Clients named that had the ID before. */
const SHOWN_HOLDERS = 3;

/** At most `limit` of each kind, and a line for the rest. */
export function refusalWarnings(refusals: readonly Refusals[], hosts: Hosts, limit: number): Warning[] {
  // Of a flood few are put into words.
  return [...grouped(refusals, codeOf)].flatMap(([code, ofCode]) => {
    const shown = ofCode.slice(0, limit).map((each) => refusalWarning(each, hosts));
    const more = ofCode.length - shown.length;
    return more === 0
      ? shown
      : [...shown, { code, message: `... and ${more} more clients were refused so.` }];
  });
}

/** Names the client and why it was refused, whatever the counts are: for saying it once. */
export function refusalKey({ responder, contender, reason }: Refusals, hosts: Hosts): string {
  return `${reason} ${hosts.text(responder.host)} ${clientText(contender, hosts, true)}`;
}

export function refusalWarning(refusals: Refusals, hosts: Hosts): Warning {
  const former = refusals.reason === "no-holder" ? formerHolders(refusals, hosts) : [];
  const explained = refusals.attempts.every(({ formerHolder }) => formerHolder !== null);
  const why = former.length > 0 && explained ? [] : [whyOf(refusals)];
  const parts = [triesOf(refusals, hosts), ...former, ...why];
  return { code: codeOf(refusals), message: parts.join(" ") };
}

function codeOf({ reason }: Refusals): "refused-by-own-session" | "refused-without-holder" {
  return reason === "own-session" ? "refused-by-own-session" : "refused-without-holder";
}

/** "3 tries of 192.0.2.20 at 203.0.113.1 on message ID 0x00000001 from .. to .. were refused (..), .." */
function triesOf(
  { responder, contender, attempts, acceptedBefore, acceptedAfter }: Refusals,
  hosts: Hosts,
): string {
  const ids = [...new Set(attempts.map(({ exchange }) => messageIdText(exchange.messageId)))];
  const who = clientText(contender, hosts, false);
  const first = time(attempts[0].exchange.firstAt);
  const last = time(attempts[attempts.length - 1].exchange.firstAt);
  const when = attempts.length === 1 ? `at ${first}` : `from ${first} to ${last}`;
  const tries = attempts.length === 1 ? "1 try" : `${attempts.length} tries`;
  const were = attempts.length === 1 ? "was" : "were";
  const accepted = [acceptedBefore ? "before" : "", acceptedAfter ? "afterwards" : ""].filter(
    (each) => each !== "",
  );
  const also = accepted.length === 0 ? "" : `; it was accepted ${accepted.join(" and ")}`;
  return `${tries} of ${who} at ${hosts.text(responder.host)} on message ID ${listed(ids, SHOWN_IDS)}, ${when}, ${were} refused (${howOf(attempts)})${also}.`;
}

/** Silence, or what was sent instead of an answer. */
function howOf(attempts: Refusals["attempts"]): string {
  const told = attempts.filter(({ outcome }) => outcome === "refused").length;
  const useless = attempts.filter(({ outcome }) => outcome === "answer-unusable").length;
  const silent = attempts.length - told - useless;
  const notifies = new Set(attempts.map(({ exchange }) => exchange.otherNotify));
  notifies.delete(0);
  const named = notifies.size === 0 ? "" : `: ${[...notifies].map(numberedNotify).join(", ")}`;
  const parts = [
    ...(silent > 0 ? [told + useless > 0 ? `${silent} by silence` : "by silence"] : []),
    ...(told > 0 ? [`${silent + useless > 0 ? `${told} ` : ""}by an Informational${named}`] : []),
    ...(useless > 0 ? [`${silent + told > 0 ? `${useless} ` : ""}by an answer that it could not use`] : []),
  ];
  return parts.join(", ");
}

/** Who had the ID before, which the responder may not have freed: a sentence for each. */
function formerHolders({ attempts }: Refusals, hosts: Hosts): string[] {
  const sentences = new Map<FormerHolder["client"], string>();
  for (const { formerHolder } of attempts) {
    if (formerHolder === null || sentences.size >= SHOWN_HOLDERS) continue;
    const { client } = formerHolder;
    if (!sentences.has(client)) sentences.set(client, formerText(formerHolder, hosts));
  }
  return [...sentences.values()];
}

function formerText({ client, before, how }: FormerHolder, hosts: Hosts): string {
  const who = clientText(client, hosts, false);
  switch (how) {
    case "just-ended":
      return `${who} held it until ${secondsText(before)} before: the responder may have freed it late.`;
    case "left-behind":
      return `An earlier session of ${who} had it and never said goodbye: the responder may still hold that.`;
    default:
      return `${who} dialled at the same moment and got it: the responder may have heard that one first.`;
  }
}

/** @param micros microseconds */
function secondsText(micros: number): string {
  return `${(micros / SECOND).toFixed(1)} s`;
}

function whyOf({ reason, ghost, othersMayHold }: Refusals): string {
  if (reason === "own-session") {
    const last = ghost === null ? "" : `, last seen ${time(ghost.lifespan.life.lastAt)},`;
    return `No other client holds it: its own earlier session${last} never said goodbye, and the responder may still hold that.`;
  }
  if (reason === "not-counting") {
    return "The client draws its IDs and no other client holds them: no shared message ID explains it, so compare proposals and policy.";
  }
  return othersMayHold
    ? "No client in the capture holds it, but peers outside the capture may: capture at the ASA, from before the first client connects."
    : "The phase 1 of every peer is in the capture and none of them holds it: another cause, so compare proposals and policy.";
}

function time(at: number): string {
  return isoTime(at, 0, 6)
    .replace("T", " ")
    .replace(/\.\d+Z/, " UTC");
}
