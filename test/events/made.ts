/** Events as `wevtutil qe .. /f:xml` writes them, after the provider's templates; nothing was tried on a Windows. */

import { type ClientEvent, EventReader } from "../../src/events/reader.ts";

export function read(text: string, size = text.length): { events: ClientEvent[]; reader: EventReader } {
  const reader = new EventReader("client.xml");
  const events: ClientEvent[] = [];
  for (let at = 0; at < text.length; at += size) events.push(...reader.take(text.slice(at, at + size)));
  return { events, reader };
}

export function event(id: number, provider: string, values: readonly [string, string][]): string {
  const data = values.map(([name, value]) =>
    name === "" ? `<Data>${value}</Data>` : `<Data Name='${name}'>${value}</Data>`,
  );
  return (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>" +
    `<Provider Name='${provider}' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>${id}</EventID>` +
    "<TimeCreated SystemTime='2026-03-02T08:00:10.123456700Z'/></System>" +
    `<EventData>${data.join("")}</EventData></Event>`
  );
}

export const SECURITY = "Microsoft-Windows-Security-Auditing";
const ADDRESSES: [string, string][] = [
  ["LocalAddress", "198.51.100.12"],
  ["RemoteAddress", "192.0.2.1"],
];
export const QUICK = event(4654, SECURITY, [
  ...ADDRESSES,
  ["FailurePoint", "%%8199"],
  ["FailureReason", "Negotiation timed out"],
  ["State", "Sent first (SA) payload"],
  ["Role", "Initiator"],
  ["MessageID", "1"],
]);
export const MAIN = event(4653, SECURITY, [
  ...ADDRESSES,
  ["FailureReason", "Negotiation timed out"],
  ["InitiatorCookie", "0123456789abcdef"],
  ["ResponderCookie", "0000000000000000"],
]);
export const DIAL = event(20_227, "RasClient", [
  ["", "{B4000371-A67F-452F-AA4C-3125AA9CFC78}"],
  ["", "EXAMPLE\\alice"],
  ["", "Office"],
  ["", "789"],
]);
