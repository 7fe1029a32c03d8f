/**
 * What Windows writes of its own IKE and of a dial that failed: Security 4650 to 4655, 5451, 5452, and RasClient
 * 20227. Names of values after the templates of the provider; nothing here was tried on a Windows.
 */

import { formatAddress, parseAddress } from "../wire/address.ts";
import { EventCutter, type WindowsEvent } from "./xml.ts";

export type ClientFact =
  | "main-mode-failed"
  | "quick-mode-failed"
  | "main-mode-established"
  | "main-mode-ended"
  | "quick-mode-established"
  | "quick-mode-ended"
  | "dial-failed";

export interface ClientEvent {
  fact: ClientFact;
  /** Number of the event, as text. */
  id: string;
  /** Microseconds since the epoch by the client's clock; NaN where none is stated. */
  at: number;
  local: string | null;
  remote: string | null;
  /** Message ID of a quick mode that failed; 0 where none is named. */
  messageId: number;
  /** 16 hexadecimal digits each; "" where none is named. */
  initiatorCookie: string;
  responderCookie: string;
  reason: string | null;
  /** Error of a dial, 0 where it is none. */
  error: number;
  source: string;
  /** Name of the machine that wrote it; "" where it states none. A file may hold the events of several. */
  computer: string;
  /** Number of the event in its file. */
  line: number;
  text: string;
}

const FACTS: Readonly<Record<number, ClientFact>> = {
  4650: "main-mode-established",
  4651: "main-mode-established",
  4652: "main-mode-failed",
  4653: "main-mode-failed",
  4654: "quick-mode-failed",
  4655: "main-mode-ended",
  5451: "quick-mode-established",
  5452: "quick-mode-ended",
};
/** Numbers of events are each provider's own. */
const SECURITY = "Microsoft-Windows-Security-Auditing";
const RAS_CLIENT = "RasClient";
const DIAL_FAILED = 20_227;
/** Who dialed what, and the error, in words or as the last of the values. */
const FAILED_DIAL = /The error code returned on failure is (\d{1,5})\./;

/**
 * Errors that do not come from a gateway that is silent or refuses a quick mode: who dialed was not let in behind it
 * (691), or never got as far (certificates, authentication, parameters).
 */
export const OTHER_CAUSES: ReadonlySet<number> = new Set([691, 766, 781, 786, 787, 788, 835]);

/** What the errors of a dial mean (ras error codes). */
const MEANINGS: Readonly<Record<number, string>> = {
  619: "a connection could not be completed",
  628: "the connection was terminated by the other side",
  678: "the other side did not answer",
  691: "user name or password was not accepted",
  718: "the other side did not answer in time (PPP)",
  721: "the other side did not answer",
  734: "the PPP link was terminated",
  766: "no machine certificate was found",
  768: "encrypting the data failed",
  781: "no valid certificate was found",
  784: "the connection was cancelled by the user",
  786: "no valid machine certificate was found for L2TP",
  787: "the other side could not be authenticated (L2TP)",
  788: "the other side's security parameters did not fit (L2TP)",
  789: "the security layer met an error in its first negotiation with the gateway (L2TP)",
  792: "the security negotiation timed out (L2TP)",
  800: "the tunnel could not be established",
  809: "the gateway did not respond: UDP 500 or 4500 may be blocked on the way",
  835: "the gateway could not be authenticated (L2TP)",
};

export class EventReader {
  readonly cutter = new EventCutter();
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  *take(piece: string): Iterable<ClientEvent> {
    for (const event of this.cutter.take(piece)) {
      const read = this.#read(event);
      if (read !== null) yield read;
    }
  }

  #read(event: WindowsEvent): ClientEvent | null {
    const { values } = event;
    const fact = factOf(event);
    if (fact === undefined) return null;
    const isDial = fact === "dial-failed";
    const error = isDial ? errorOf(values) : 0;
    return {
      fact,
      id: String(event.id),
      at: event.at,
      local: addressOf(values.get("LocalAddress")),
      remote: addressOf(values.get("RemoteAddress")),
      messageId: numberOf(values.get("MessageID")),
      initiatorCookie: cookieOf(values.get("InitiatorCookie")),
      responderCookie: cookieOf(values.get("ResponderCookie")),
      reason: isDial ? dialReason(error) : reasonOf(values),
      error,
      source: this.#source,
      computer: event.computer,
      line: event.number,
      text: event.text.slice(0, MAX_TEXT),
    };
  }
}

const MAX_TEXT = 2_048;
const MAX_REASON = 300;

function factOf({ id, provider }: WindowsEvent): ClientFact | undefined {
  if (provider === SECURITY) return FACTS[id];
  return provider === RAS_CLIENT && id === DIAL_FAILED ? "dial-failed" : undefined;
}

function errorOf(values: ReadonlyMap<string, string>): number {
  for (const value of values.values()) {
    const found = FAILED_DIAL.exec(value);
    if (found !== null) return Number(found[1]);
  }
  // CoId, user, connection, error: the event's own values, in their places.
  const last = values.get("3") ?? "";
  return /^\d{1,5}$/.test(last) ? Number(last) : 0;
}

function dialReason(error: number): string {
  const meaning = MEANINGS[error];
  return meaning === undefined ? `error ${error}` : `error ${error}: ${meaning}`;
}

const NO_WORDS = /^(?:-?|%%\d+)$/;

/** Where and why, without the references to message tables that the raw event has (%%8220). */
function reasonOf(values: ReadonlyMap<string, string>): string | null {
  const parts = [values.get("FailureReason"), values.get("FailurePoint"), values.get("State")];
  const words = parts.map((part = "") => part.trim()).filter((part) => !NO_WORDS.test(part));
  return words.length === 0 ? null : words.join("; ").slice(0, MAX_REASON);
}

function numberOf(text = ""): number {
  const value = /^(?:0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text) ? Number(text) : 0;
  return value <= 0xffffffff ? value : 0;
}

/** Cookies are written as hexadecimal digits, with or without 0x. */
function cookieOf(text = ""): string {
  const found = /^(?:0x)?([0-9a-fA-F]{1,16})$/.exec(text);
  return found === null ? "" : found[1].toLowerCase().padStart(16, "0");
}

/** Characters of the longest address: IPv6 that ends in a dotted quad. */
const MAX_ADDRESS = 45;

function addressOf(text = ""): string | null {
  const bytes = text.length > MAX_ADDRESS ? null : parseAddress(text);
  return bytes === null ? null : formatAddress(bytes, 0, bytes.length === 4 ? 4 : 6);
}
