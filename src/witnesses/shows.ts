/** What a line of a log, an event or a decrypted message shows, in words. */

import type { ClientEvent, ClientFact } from "../events/reader.ts";
import type { GatewayFact } from "../syslog/messages.ts";
import type { GatewayEvent } from "../syslog/reader.ts";

const GATEWAY: Readonly<Record<GatewayFact, string>> = {
  "phase1-completed": "the gateway finished phase 1 with this client",
  accepted: "the gateway accepted the quick mode with this message ID",
  negotiated: "the gateway accepted a quick mode of this client",
  "sa-created": "the gateway set up an IPsec SA with this client",
  "sa-deleted": "the gateway still held an IPsec SA of this client, and deleted it",
  "l2tp-created": "L2TP began: this client had its tunnel",
  "l2tp-deleted": "the gateway ended the L2TP tunnel of this client",
  "session-ended": "the gateway ended the session of this client",
  duplicate: "the gateway took a quick mode of this client for a duplicate",
  refused: "the gateway's quick mode with this message ID ended in an error",
  "unknown-id": "the gateway has no quick mode of this client with this message ID",
  "other-cause": "the gateway names another cause",
  nat: "whether the gateway sees a NAT before this client",
  "quick-mode-began": "the gateway began to answer the quick mode with this message ID",
  "quick-mode-answered": "the gateway answered the quick mode with this message ID",
  received: "the gateway received a message with this message ID",
};

const CLIENT: Readonly<Record<ClientFact, string>> = {
  "main-mode-failed": "the client's phase 1 failed",
  "quick-mode-failed": "the client's quick mode with this message ID failed",
  "main-mode-established": "the client finished phase 1",
  "main-mode-ended": "the client's phase 1 ended",
  "quick-mode-established": "the client's quick mode was accepted",
  "quick-mode-ended": "an IPsec SA of the client ended",
  "dial-failed": "a dial of the client failed",
};

export function gatewayShows({ fact, reason }: GatewayEvent): string {
  return reason === null ? GATEWAY[fact] : `${GATEWAY[fact]}: ${reason.trim()}`;
}

export function clientShows({ fact, reason }: ClientEvent): string {
  return reason === null ? CLIENT[fact] : `${CLIENT[fact]}: ${reason}`;
}

/** How much a line says of a refusal or an acceptance; the greatest first. */
export function weightOf({ fact }: GatewayEvent): number {
  const order: readonly GatewayFact[] = [
    "other-cause",
    "accepted",
    "refused",
    "duplicate",
    "unknown-id",
    "session-ended",
    "l2tp-deleted",
    "sa-deleted",
    "quick-mode-answered",
    "received",
    "quick-mode-began",
    "phase1-completed",
    "l2tp-created",
    "negotiated",
    "sa-created",
    "nat",
  ];
  return order.length - order.indexOf(fact);
}
