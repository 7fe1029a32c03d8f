/**
 * What the report says in words. No sentence claims what the capture does not show or what nobody knows of
 * the ASA: the fault is named by its description, KB 942429, never by a bug or a version.
 */

import type { HostTable } from "../ike/hosts.ts";
import type { Client } from "../judgement/client.ts";
import type { Finding, Unexplained } from "../judgement/finding.ts";

export function messageIdText(id: number): string {
  return `0x${id.toString(16).padStart(8, "0")}`;
}

/** Address, with the port where one address is shared or a NAT chose the port. */
export function clientText(client: Client, hosts: HostTable, withPort: boolean): string {
  const address = hosts.text(client.host);
  if (!withPort) return address;
  return address.includes(":") ? `[${address}]:${client.port}` : `${address}:${client.port}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function findingSentence(finding: Finding, hosts: HostTable): string {
  const { holder, contender, attempts, box } = finding;
  const shared = holder !== null && holder.host === contender.host;
  const responder = hosts.text(box.host);
  const who = clientText(contender, hosts, shared);
  const ids = [...new Set(attempts.map(({ exchange }) => messageIdText(exchange.messageId)))];
  const named = ids.length > 3 ? `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more` : ids.join(", ");
  const id = `quick-mode message ID ${named}`;
  if (holder === null) {
    const peers = plural(finding.candidates.length, "peer");
    return `${responder} did not accept ${who} on ${id}; no client in the capture holds it, but ${peers} connected before the capture began may.`;
  }
  const other = clientText(holder, hosts, shared);
  switch (finding.verdict) {
    case "rejected":
      return `${responder} did not accept ${who} on ${id} while ${other} held it; an ASA with the behaviour described in KB 942429 refuses this.`;
    case "predicted":
      return `${who} uses ${id} at ${responder} while ${other} holds it; the answer is not in the capture; an ASA with the behaviour described in KB 942429 refuses this.`;
    case "possible":
      return `${who} uses ${id} at ${responder}, which ${other} held or may have held; the capture does not prove a refusal for that reason.`;
    case "tolerated":
      return finding.attempts.some(({ acceptedInUse }) => acceptedInUse)
        ? `${responder} accepted ${who} on ${id} although ${other} had it in use.`
        : `${responder} accepted ${who} on ${id} while ${other} was connected.`;
  }
}

export function notesOf(finding: Finding): string[] {
  const notes: string[] = [];
  const after = finding.acceptedWhenFreeAfter;
  if (after !== null)
    notes.push("accepted-when-free", `accepted ${after.toFixed(1)} s after the holder's last sign`);
  if (finding.attempts.some(({ acceptedInUse }) => acceptedInUse)) notes.push("accepted-in-use");
  return notes;
}

export function unexplainedSentence({ box, contender, attempt }: Unexplained, hosts: HostTable): string {
  const id = messageIdText(attempt.exchange.messageId);
  return `Client ${clientText(contender, hosts, false)} was never answered on message ID ${id} by ${hosts.text(box.host)}; this capture cannot show who holds it: capture at the ASA from before the first connect.`;
}
