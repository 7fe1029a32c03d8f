/** Events as `wevtutil qe .. /f:xml` writes them, after the provider's templates; nothing was tried on a Windows. */

import type { ClientEvent } from "../../src/events/reader.ts";

export const SECURITY = "Microsoft-Windows-Security-Auditing";
export const RAS_CLIENT = "RasClient";

export interface EventOptions {
  /** Milliseconds since the epoch, by the client's clock. */
  at?: number;
  computer?: string;
}

/** @param values names and values; without a name where the template has none */
export function windowsEvent(
  id: number,
  values: readonly (readonly [string, string])[],
  { at = Date.UTC(2026, 2, 2, 8, 0, 10, 123), computer = "pc12.example" }: EventOptions = {},
): string {
  const provider = id === 20_227 ? RAS_CLIENT : SECURITY;
  const data = values.map(([name, value]) =>
    name === "" ? `<Data>${value}</Data>` : `<Data Name='${name}'>${value}</Data>`,
  );
  const time = new Date(at).toISOString().replace("Z", "4567Z");
  return (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>" +
    `<Provider Name='${provider}'/><EventID>${id}</EventID><TimeCreated SystemTime='${time}'/>` +
    `<Computer>${computer}</Computer></System><EventData>${data.join("")}</EventData></Event>\n`
  );
}

/** An event of a client as it is read, of which little is known. */
export function clientEventMade(fields: Partial<ClientEvent> = {}): ClientEvent {
  return {
    fact: "quick-mode-failed",
    id: "4654",
    at: 0,
    local: null,
    remote: null,
    messageId: 0,
    initiatorCookie: "",
    responderCookie: "",
    reason: null,
    error: 0,
    source: "client.xml",
    computer: "",
    line: 1,
    text: "",
    ...fields,
  };
}

export interface ClientLog {
  /** Addresses as the client knows them. */
  local: string;
  remote: string;
  /** Seconds that its clock is ahead. */
  ahead?: number;
  computer?: string;
}

/** What a client writes of a session, at seconds since 2026-03-02 08:00 UTC. */
export class ClientEvents {
  readonly #log: Required<ClientLog>;
  readonly #events: { at: number; text: string }[] = [];

  constructor(log: ClientLog) {
    this.#log = { ahead: 0, computer: "pc12.example", ...log };
  }

  add(seconds: number, id: number, values: readonly (readonly [string, string])[]): this {
    const { ahead, computer } = this.#log;
    const at = Date.UTC(2026, 2, 2, 8) + Math.round((seconds + ahead) * 1000);
    this.#events.push({ at, text: windowsEvent(id, values, { at, computer }) });
    return this;
  }

  get #ends(): [string, string][] {
    return [
      ["LocalAddress", this.#log.local],
      ["RemoteAddress", this.#log.remote],
    ];
  }

  mainMode(at: number): this {
    return this.add(at, 4650, [...this.#ends, ["Role", "Initiator"], ["MMSAID", "7"]]);
  }

  quickMode(at: number): this {
    return this.add(at, 5451, [...this.#ends, ["Role", "Initiator"], ["InboundSpi", "3735928559"]]);
  }

  quickModeFailed(at: number, messageId: number): this {
    return this.add(at, 4654, [
      ...this.#ends,
      ["FailurePoint", "Local computer"],
      ["FailureReason", "Negotiation timed out"],
      ["State", "Sent first (SA) payload"],
      ["Role", "Initiator"],
      ["MessageID", String(messageId)],
    ]);
  }

  mainModeFailed(at: number, initiatorCookie: string): this {
    return this.add(at, 4653, [
      ...this.#ends,
      ["FailureReason", "Negotiation timed out"],
      ["InitiatorCookie", initiatorCookie],
      ["ResponderCookie", "0000000000000000"],
    ]);
  }

  mainModeEnded(at: number): this {
    return this.add(at, 4655, [...this.#ends, ["MMSAID", "7"]]);
  }

  dialFailed(at: number, error: number): this {
    return this.add(at, 20_227, [
      ["", "{B4000371-A67F-452F-AA4C-3125AA9CFC78}"],
      ["", "EXAMPLE\\alice"],
      ["", "Office"],
      ["", String(error)],
    ]);
  }

  get xml(): string {
    return [...this.#events]
      .sort((a, b) => a.at - b.at)
      .map(({ text }) => text)
      .join("");
  }
}
