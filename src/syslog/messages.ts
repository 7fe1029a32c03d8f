/**
 * The messages of an ASA that tell of IKEv1 and L2TP, after Cisco's syslog guide. Fields are taken from their
 * places: a message is matched from its first character to its last, and where a name that a user chose makes it
 * readable in two ways it is not believed.
 */

import { formatAddress, parseAddress } from "../wire/address.ts";

export type GatewayFact =
  | "phase1-completed"
  | "accepted"
  | "negotiated"
  | "sa-created"
  | "sa-deleted"
  | "l2tp-created"
  | "l2tp-deleted"
  | "session-ended"
  | "duplicate"
  | "refused"
  | "unknown-id"
  | "other-cause"
  | "nat"
  | "quick-mode-began"
  | "quick-mode-answered"
  | "received";

export interface Said {
  fact: GatewayFact;
  /** Number of the message. */
  id: string;
  /** The client, as the gateway sees it. */
  peer: string | null;
  /** The gateway's own address. */
  local: string | null;
  /** Message ID of the quick mode; two where the text can be read in hexadecimal and in decimal. */
  messageIds: readonly number[];
  /** SPIs that are named, as 8 hexadecimal digits. */
  spis: readonly string[];
  /** Why, in the gateway's words. */
  reason: string | null;
}

interface Form {
  fact: GatewayFact;
  /** What stands behind `Group = .., Username = .., IP = .., `; or the whole text. */
  tail: RegExp;
  /** The text has that prefix, or a part of it. */
  prefixed: boolean;
}

const PEER = "(?<peer>[0-9A-Fa-f.:]+)";
const HEX_ID = "(?<hex>[0-9a-fA-F]{1,8})";
const NUMBER_ID = "(?<number>(?:0x)?[0-9a-fA-F]{1,10})";

function form(fact: GatewayFact, tail: string, prefixed = true): Form {
  return { fact, tail: new RegExp(`^${tail}$`), prefixed };
}

/** By number; two forms where versions differ. */
const FORMS: Readonly<Record<string, readonly Form[]>> = {
  "713119": [form("phase1-completed", "PHASE 1 COMPLETED")],
  "713120": [form("accepted", `PHASE 2 COMPLETED \\(msgid=${HEX_ID}\\)`)],
  "713049": [
    form(
      "negotiated",
      "Security negotiation complete for .*\\(.*\\) {1,2}(?:Initiator|Responder), Inbound SPI = 0x(?<spi>[0-9a-fA-F]{1,8}), Outbound SPI = 0x(?<spi2>[0-9a-fA-F]{1,8})",
    ),
  ],
  "602303": [form("sa-created", ipsecSa("created"), false)],
  "602304": [form("sa-deleted", ipsecSa("deleted"), false)],
  "603106": [
    form("l2tp-created", `L2TP Tunnel created, tunnel_id is \\d+, remote_peer_ip is ${PEER}, .*`, false),
  ],
  "603107": [form("l2tp-deleted", `L2TP Tunnel deleted, tunnel_id = \\d+, remote_peer_ip = ${PEER}`, false)],
  "713050": [
    form(
      "session-ended",
      "Connection terminated for peer .*\\. {1,2}Reason: (?<reason>[^,]+?)(?: {1,2}Remote Proxy .*)?",
    ),
  ],
  "713259": [form("session-ended", "Session is being torn down\\. Reason: (?<reason>.+)")],
  "113019": [
    form(
      "session-ended",
      "Session disconnected\\. Session Type: .*, Duration: .*, Bytes xmt: \\d+, Bytes rcv: \\d+, Reason: (?<reason>.+)",
    ),
  ],
  "713201": [
    form("duplicate", "(?<reason>Duplicate Phase 2 packet detected\\. {1,2}No last packet to transmit)\\.?"),
  ],
  "713902": [
    form(
      "refused",
      "(?<reason>QM FSM error) \\(P2 struct &0x[0-9a-fA-F]+, mess id 0x(?<hex>[0-9a-fA-F]{1,8})\\)!",
    ),
  ],
  "713006": [form("unknown-id", `Failed to obtain state for message Id ${NUMBER_ID}, Peer Address: ${PEER}`)],
  "713010": [form("unknown-id", `.*: failed to find centry for message Id ${NUMBER_ID}`)],
  "713262": [form("other-cause", alreadyInProgress())],
  "713227": [form("other-cause", alreadyInProgress())],
  "713061": [
    form(
      "other-cause",
      "(?<reason>Tunnel rejected: Crypto Map Policy not found for Src: ?\\S+, Dst: ?\\S+?) ?!",
    ),
  ],
  "713257": [
    form(
      "other-cause",
      "(?<reason>Phase \\S+ failure: {1,2}Mismatched attribute types for class .+: {1,2}Rcv'd: .+ {1,2}Cfg'd: .+)",
    ),
  ],
  "713068": [
    form("other-cause", "(?<reason>Received non-routine Notify message: .+ \\((?:0x)?[0-9a-fA-F]+\\))"),
  ],
  "713172": [form("nat", "(?<reason>Automatic NAT Detection Status: .+)")],
  "714003": [form("quick-mode-began", `IKE Responder starting QM: msg id = ${HEX_ID}`)],
  "714005": [form("quick-mode-answered", `IKE Responder sending 2nd QM pkt: msg id = ${HEX_ID}`)],
  "713236": [
    form(
      "received",
      `IKE_DECODE RECEIVED Message \\(msgid=${HEX_ID}\\) with payloads ?: .*total length ?: \\d+`,
    ),
  ],
  "113029": [
    form(
      "other-cause",
      // Behind the names, whatever stands in them, comes the address.
      `Group .* User .* IP ${PEER} (?<reason>Session could not be established: session limit of \\d+ reached)\\.?`,
      false,
    ),
  ],
  "113005": [
    form(
      "other-cause",
      `(?<reason>AAA user authentication Rejected ?: reason = [^:]+): server = +[^:]+: user = .*: user IP = ${PEER}`,
      false,
    ),
  ],
  "113015": [
    form(
      "other-cause",
      `(?<reason>AAA user authentication Rejected ?: reason = [^:]+): local database ?: user = .*: user IP = ${PEER}`,
      false,
    ),
  ],
};

function ipsecSa(what: "created" | "deleted"): string {
  return `IPSEC: An (?:inbound|outbound) .{1,40} SA \\(SPI= ?0x(?<spi>[0-9a-fA-F]{1,8})\\) between (?<local>[0-9A-Fa-f.:]+) and ${PEER} \\(.*\\) has been ${what}\\.`;
}

function alreadyInProgress(): string {
  return `(?<reason>Rejecting new IPSec SA negotiation for peer \\S+ ?\\. A negotiation was already in progress for local Proxy .+, remote Proxy .+)`;
}

/** The console writes no number: each form is tried. */
const ALL: readonly [string, Form][] = Object.entries(FORMS).flatMap(([id, forms]) =>
  forms.map((each): [string, Form] => [id, each]),
);
const PREFIX_FIELD = "IP = ";
const MAX_READINGS = 8;

export function isKnownId(id: string): boolean {
  return FORMS[id] !== undefined;
}

/** Reads the message; null for one that says nothing here, "ambiguous" where it can be read in two ways. */
export function readMessage(id: string, text: string): Said | "ambiguous" | null {
  const forms: readonly [string, Form][] =
    id === "" ? ALL : (FORMS[id] ?? []).map((each): [string, Form] => [id, each]);
  const readings = forms.flatMap(([number, each]) => readingsOf(number, each, text));
  if (readings.length === 0) return null;
  return readings.length === 1 ? readings[0] : "ambiguous";
}

/** Every way to read the text as this form: one for each place where its fields can begin. */
function readingsOf(id: string, { fact, tail, prefixed }: Form, text: string): Said[] {
  if (!prefixed) {
    const found = tail.exec(text);
    return found === null ? [] : [saidOf(id, fact, found, null)];
  }
  if (!/^(?:Group|Username|IP) = /.test(text)) {
    const whole = tail.exec(text);
    return whole === null ? [] : [saidOf(id, fact, whole, null)];
  }
  const readings: Said[] = [];
  let at = text.indexOf(PREFIX_FIELD);
  for (let i = 0; at >= 0; i += 1) {
    // No honest line has as many: none of the readings is believed.
    if (i === MAX_READINGS) return [];
    const reading = readingAt(id, fact, tail, text, at);
    if (reading !== null) readings.push(reading);
    at = text.indexOf(PREFIX_FIELD, at + 1);
  }
  return readings;
}

/** The text read with its `IP = ` at `at`. */
function readingAt(id: string, fact: GatewayFact, tail: RegExp, text: string, at: number): Said | null {
  const isFirst = at === 0;
  const isBehind = /^(?:Group|Username) = /.test(text) && text.slice(at - 2, at) === ", ";
  if (!isFirst && !isBehind) return null;
  const from = at + PREFIX_FIELD.length;
  const comma = text.indexOf(", ", from);
  if (comma < 0) return null;
  const found = tail.exec(text.slice(comma + 2));
  if (found === null) return null;
  const ip = text.slice(from, comma);
  return ip !== "" && addressOf(ip) === null ? null : saidOf(id, fact, found, ip);
}

function saidOf(id: string, fact: GatewayFact, { groups = {} }: RegExpExecArray, ip: string | null): Said {
  const { peer, local, hex, number, spi, spi2, reason } = groups;
  const address = ip === null || ip === "" ? peer : ip;
  return {
    fact,
    id,
    peer: address === undefined ? null : addressOf(address),
    local: local === undefined ? null : addressOf(local),
    messageIds: messageIds(hex, number),
    spis: [spi, spi2].filter((each) => each !== undefined).map((each) => each.toLowerCase().padStart(8, "0")),
    reason: reason ?? null,
  };
}

/** A number without a sign of its base is read both ways. */
function messageIds(hex: string | undefined, number: string | undefined): number[] {
  if (hex !== undefined) return [Number.parseInt(hex, 16)];
  if (number === undefined) return [];
  if (number.startsWith("0x")) return [Number.parseInt(number, 16)];
  const both = [Number.parseInt(number, 16)];
  if (/^\d+$/.test(number)) both.push(Number(number));
  return [...new Set(both)].filter((id) => id <= 0xffffffff);
}

/** The text form of RFC 5952, so that it can be compared. */
function addressOf(text: string): string | null {
  if (text.length > 45) return null;
  const bytes = parseAddress(text);
  return bytes === null ? null : formatAddress(bytes, 0, bytes.length === 4 ? 4 : 6);
}
