/** The interfaces of this machine, without any capturing library: Linux lists them, others as far as Node does. */

import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

/** Follows the network namespace of the process, which /sys does only where it was mounted in it. */
const NAMES = "/proc/self/net/dev";
const ATTRIBUTES = "/sys/class/net";
/** Hardware types of the kernel (if_arp.h) whose frames begin with an Ethernet header in a capture. */
const ETHERNET_LIKE = new Set(["1", "772"]);

export interface Device {
  name: string;
  /** "up" or "down"; null where the system does not say. */
  state: "up" | "down" | null;
  addresses: string[];
}

/** All interfaces, in the order of their names. */
export function listDevices(): Device[] {
  const known = networkInterfaces();
  const names = new Set([...(deviceNames() ?? []), ...Object.keys(known)]);
  return [...names].sort().map((name) => ({
    name,
    state: stateOf(name),
    addresses: (known[name] ?? []).map(({ address }) => address),
  }));
}

/** True where libpcap can look for VLAN tags: on Ethernet, and where nothing is known of the interface. */
export function hasVlanTags(name: string): boolean {
  if (name === "any") return false;
  const type = attribute(name, "type");
  return type === null || ETHERNET_LIKE.has(type);
}

/** Names of all interfaces of this network namespace; null where the system does not list them. */
export function deviceNames(): string[] | null {
  try {
    const lines = readFileSync(NAMES, "utf8").split("\n").slice(2);
    return lines.flatMap((line) => /^\s*(\S+?):/.exec(line)?.[1] ?? []);
  } catch {
    return null;
  }
}

const IFF_UP = 1;

function stateOf(name: string): Device["state"] {
  const flags = attribute(name, "flags");
  if (flags === null) return null;
  return (Number(flags) & IFF_UP) === 0 ? "down" : "up";
}

/** What /sys tells of an interface; null where it shows those of another namespace, or nothing. */
function attribute(name: string, attributeName: string): string | null {
  try {
    const shown = readdirSync(ATTRIBUTES, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
    const names = deviceNames() ?? [];
    if (shown.length !== names.length || !shown.every((entry) => names.includes(entry.name))) return null;
    return readFileSync(`${ATTRIBUTES}/${name}/${attributeName}`, "utf8").trim();
  } catch {
    return null;
  }
}
