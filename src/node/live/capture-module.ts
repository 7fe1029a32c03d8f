/** What the capturing process needs of a package over libpcap, whichever it is. */

import type { PacketQueue } from "./packet-queue.ts";

export interface CaptureSettings {
  device: string;
  filter: string;
  /** Bytes of libpcap's ring. */
  ring: number;
}

/** An interface that a package has opened. */
export interface OpenedCapture {
  /** Number of the link layer, as files name it (tcpdump.org/linktypes.html). */
  readonly linkType: number;
  /** Hands every packet to the queue from now on. @param onGone is called once when the interface went away */
  start(queue: PacketQueue, onGone: (sentence: string) => void): void;
  /** Packets that the kernel dropped so far; null where the package does not say. */
  kernelDropped(): number | null;
  /** Ends it; what is in the ring still goes to the queue where the package allows that. */
  stop(): void;
}

/** A package that could be loaded: opens an interface, or throws a plain Error with libpcap's words. */
export type OpenCapture = (settings: CaptureSettings) => OpenedCapture;

/** No packet is longer: the longest of IPv4. */
export const SNAP_LENGTH = 65_535;

/** Both packages name the link layer, with or without this in front. */
const LINK_TYPES: Record<string, number> = {
  NULL: 0,
  ETHERNET: 1,
  RAW: 101,
  LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
};

/** Number of a link layer that a package names; NaN for a name that is not known. */
export function linkTypeOf(name: string): number {
  const known = LINK_TYPES[name.replace(/^LINKTYPE_/, "")];
  return known ?? Number(/^Unknown linktype (\d+)$/.exec(name)?.[1]);
}
