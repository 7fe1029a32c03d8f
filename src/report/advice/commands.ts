/** Commands that the next steps name: where they are entered, and whether the makers of this program ever did. */

import { bareAddress } from "../host-names.ts";
import type { StepCommand } from "../model.ts";

/** After Cisco's command reference (ASA 8.4 and later); nobody here has an ASA to enter them on. */
const ON_ASA = "on the ASA";

function onAsa(command: string): StepCommand {
  return { command, where: ON_ASA, tried: false };
}

/** Lists the sessions with their numbers and public addresses. */
export const SHOW_SESSIONS = onAsa("show vpn-sessiondb detail ra-ikev1-ipsec");

/** Ends one of them; INDEX is its number in that list. */
export const END_SESSION = onAsa("vpn-sessiondb logoff index INDEX");

/** The IKE SAs with one peer. */
export function showIkeSa(address: string): StepCommand {
  return onAsa(`show crypto ikev1 sa detail | include ${bareAddress(address)}`);
}

/** What the gateway logged of the message IDs and of one peer. */
export function showLog(address: string): StepCommand {
  return onAsa(`show logging | include ${bareAddress(address)}`);
}

/** A capture that leaves nothing open: both directions, whole packets, ESP as well. */
export function captureAt(gateways: readonly string[]): StepCommand {
  // A gateway that only its log names may have a name that nobody resolves.
  const addresses = gateways.map(bareAddress).filter((text) => /^[\d.]+$|:/.test(text));
  const hosts = addresses.map((address) => `host ${address}`);
  const which =
    hosts.length === 0 ? "" : hosts.length === 1 ? `${hosts[0]} and ` : `(${hosts.join(" or ")}) and `;
  return {
    command: `tcpdump -i IFACE -w office.pcap '${which}(udp port 500 or 4500 or esp)'`,
    where: "at a mirror of the gateway's outside interface",
    tried: true,
  };
}

/** This program, watching. */
export const WATCH: StepCommand = {
  command: "ike-dupcheck -i IFACE",
  where: "at a mirror of the gateway's outside interface",
  tried: true,
};
