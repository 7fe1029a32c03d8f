/** Names beside addresses, in forms for people: `198.51.100.11 (alice)`. JSON has addresses alone. */

import type { Report } from "./model.ts";
import type { Timeline } from "./timeline.ts";

/** Names by address. */
export type HostNames = ReadonlyMap<string, string>;

/** Reads the hosts format (hosts(5)): an address, then names; # begins a comment. The first name counts. */
export function parseHosts(text: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [address, name] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (name === undefined || !/^[\d.]+$|:/.test(address)) continue;
    const key = asInReports(address);
    if (!names.has(key)) names.set(key, name);
  }
  return names;
}

/** An address of IPv6 may be written in many ways; reports have the shortest (RFC 5952), and so do URLs. */
function asInReports(address: string): string {
  const url = address.includes(":") ? `http://[${address}]` : "";
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address.toLowerCase();
}

/** Keys whose values are an address. */
const ADDRESSES: ReadonlySet<string> = new Set(["address", "responder", "aliases"]);
/** Keys whose values are sentences that may name one. */
const SENTENCES: ReadonlySet<string> = new Set(["summary", "message", "anomaly"]);

/** A report, or what is of its form, with a name beside each address that has one. */
export function withHostNames<T extends object = Report>(report: T, names: HostNames): T {
  return names.size === 0 ? report : (deep(report, names, "") as T);
}

/** The same for what is drawn. */
export function timelinesWithHostNames(timelines: readonly Timeline[], names: HostNames): Timeline[] {
  return timelines.map((timeline) => ({
    ...timeline,
    responder: named(timeline.responder, names),
    lanes: timeline.lanes.map((lane) => ({ ...lane, client: sentenceWithHostNames(lane.client, names) })),
  }));
}

function deep(value: unknown, names: HostNames, key: string): unknown {
  if (typeof value === "string") {
    if (ADDRESSES.has(key)) return named(value, names);
    return SENTENCES.has(key) ? sentenceWithHostNames(value, names) : value;
  }
  if (Array.isArray(value)) return value.map((each) => deep(each, names, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, deep(each, names, name)]));
}

function named(address: string, names: HostNames): string {
  const name = names.get(address);
  return name === undefined ? address : `${address} (${name})`;
}

/** Addresses in a sentence, with their ports: `192.0.2.1:500`, `[2001:db8::1]:500`, `2001:db8::1`. */
const ADDRESS =
  /\[([0-9a-f:.]+)\](?::\d+)?|\b\d+\.\d+\.\d+\.\d+(?::\d+)?(?!\.?\d)|(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])/g;

/** A sentence with a name behind each address in it that has one. */
export function sentenceWithHostNames(text: string, names: HostNames): string {
  if (names.size === 0) return text;
  return text.replace(ADDRESS, (found, bracketed: string | undefined) => {
    const address = bracketed ?? (found.includes(".") ? found.replace(/:\d+$/, "") : found);
    const name = names.get(address);
    return name === undefined ? found : `${found} (${name})`;
  });
}

/** The address without the name beside it: for commands and filters. */
export function bareAddress(address: string): string {
  return address.replace(/ \(.*$/, "");
}
