/**
 * What the report says in words. No sentence claims what the capture does not show or what nobody knows of
 * the ASA: the fault is named by its description, KB 942429, never by a bug or a version.
 */

import { type Hosts, NOTIFY_INVALID_MESSAGE_ID, numberedNotify } from "../ike/facts.ts";
import type { Client } from "../judgement/client.ts";
import type { Finding } from "../judgement/finding.ts";
import { counted, endpoint, listed } from "./phrases.ts";

/** IDs named in one sentence. */
export const SHOWN_IDS = 3;

const DIGITS = "0123456789abcdef";
/** Characters of the ID that is put into words: made at once, a text takes a third of the time. */
const idCharacters = Array.from("0x00000000", (character) => character.charCodeAt(0));

/** @param id 0..2^32-1 */
export function messageIdText(id: number): string {
  for (let i = 0; i < 8; i += 1) idCharacters[2 + i] = DIGITS.charCodeAt((id >>> (28 - 4 * i)) & 0xf);
  return String.fromCharCode.apply(null, idCharacters);
}

/** Address, with the port where one address is shared or a NAT chose the port. */
export function clientText(client: Pick<Client, "host" | "port">, hosts: Hosts, withPort: boolean): string {
  return endpoint(hosts.text(client.host), withPort ? client.port : null);
}

export function findingSentence(finding: Finding, hosts: Hosts): string {
  const { holder, contender, responder } = finding;
  const shared = holder !== null && holder.host === contender.host;
  const gateway = hosts.text(responder.host);
  const who = clientText(contender, hosts, shared);
  const id = `quick-mode message ID ${idsOf(finding)}`;
  if (holder === null) return unseenSentence(finding, `${gateway} did not accept ${who} on ${id}`, hosts);
  const other = clientText(holder, hosts, shared);
  switch (finding.verdict) {
    case "rejected":
      return `${gateway} did not accept ${who} on ${id} while ${other} held it; an ASA with the behaviour described in KB 942429 refuses this${anyway(finding)}.`;
    case "predicted":
      return `${who} uses ${id} at ${gateway} while ${other} holds it; the answer is not in the capture; an ASA with the behaviour described in KB 942429 refuses this.`;
    case "possible":
      if (finding.attempts.some(({ holderDropped }) => holderDropped)) {
        return `${gateway} accepted ${who} on ${id} and let go of ${other}, which held it, at once: the two throw each other out.`;
      }
      return `${who} uses ${id} at ${gateway}, which ${other} held or may have held; the capture does not prove a refusal for that reason${anyway(finding)}.`;
    case "tolerated":
      return finding.attempts.some(({ acceptedInUse }) => acceptedInUse)
        ? `${gateway} accepted ${who} on ${id} although ${other} had it in use.`
        : `${gateway} accepted ${who} on ${id} while ${other} was connected.`;
  }
}

/** Of the attempts that the verdict is of: on some IDs the contender may have been accepted. */
function idsOf({ attempts, verdict }: Finding): string {
  if (attempts.length === 1) return messageIdText(attempts[0].exchange.messageId);
  const own = attempts.filter((each) => verdict === "tolerated" || each.verdict !== "tolerated");
  const ids = [...new Set(own.map(({ exchange }) => messageIdText(exchange.messageId)))];
  return listed(ids, SHOWN_IDS);
}

/** That the contender got in nevertheless. */
function anyway({ inByAnotherId }: Finding): string {
  if (inByAnotherId.length === 0) return "";
  return `; it got in all the same, on ID ${inByAnotherId.map(messageIdText).join(", ")}`;
}

/** Nobody in the capture holds the ID: who may. */
function unseenSentence({ candidates, acceptedLater }: Finding, refused: string, hosts: Hosts): string {
  if (acceptedLater && candidates.length === 1) {
    const who = hosts.text(candidates[0].host);
    return `${refused} and accepted it once ${who} had gone, which connected before the capture began and may have held it.`;
  }
  const peers = counted(candidates.length, "peer");
  const gone = acceptedLater ? " and had gone when it was accepted" : "";
  return `${refused}; no client in the capture holds it, but ${peers} connected before the capture began${gone} may have.`;
}

export function notesOf(finding: Finding): string[] {
  const notes: string[] = [];
  const after = finding.acceptedWhenFreeAfter;
  if (after !== null)
    notes.push("accepted-when-free", `accepted ${after.toFixed(1)} s after the holder's last sign`);
  else if (finding.acceptedLater) notes.push("accepted-when-free");
  if (finding.inByAnotherId.length > 0) notes.push("in-by-another-id");
  if (finding.attempts.some(({ holderDropped }) => holderDropped)) notes.push("holder-dropped");
  for (const type of notifiesOf(finding)) {
    if (type === NOTIFY_INVALID_MESSAGE_ID) notes.push("invalid-message-id");
    else notes.push(`the responder's answer names another cause: ${numberedNotify(type)}`);
  }
  if (finding.attempts.some(({ acceptedInUse }) => acceptedInUse)) notes.push("accepted-in-use");
  return notes;
}

/** Error notifies that could be read, each once. */
function notifiesOf({ attempts }: Finding): Iterable<number> {
  // Most have none.
  if (attempts.every(({ exchange }) => exchange.otherNotify === 0)) return [];
  const notifies = new Set(attempts.map(({ exchange }) => exchange.otherNotify));
  notifies.delete(0);
  return notifies;
}
