/** Packets whose link type or encapsulation is known by name alone, counted by source, for the report's warnings. */

import { Encapsulation, encapsulationName } from "../wire/encapsulations.ts";
import { linkTypeName } from "../wire/link-types.ts";
import { Kind } from "../wire/locate.ts";

export interface Unread {
  /** Index of the source. */
  source: number;
  what: "link type" | "encapsulation";
  /** Name and number: "usbpcap (link type 249)". */
  name: string;
  /** A command that makes them readable, NAME being the capture; null where none is known. */
  command: string | null;
  packets: number;
}

/** USER0 to USER15: whoever made them knows what is in them, and as a rule it is Ethernet. */
const FIRST_USER = 147;
const LAST_USER = 162;

/** A number of 16 bits, or a code of encapsulations.ts. */
const NUMBER_BITS = 2 ** 18;
/** More kinds of all sources together are left to the count of skipped packets. */
const MAX_KINDS = 1000;

export class UnreadPackets {
  /** Packets by source, kind and number. */
  readonly #counts = new Map<number, number>();

  /**
   * Counts one packet.
   *
   * @param kind `unsupportedLinkType` or `unsupportedEncapsulation` of `Kind`
   * @param number the link type, or the code of the encapsulation
   */
  add(source: number, kind: number, number: number): void {
    const isEncapsulation = kind === Kind.unsupportedEncapsulation;
    const key = (source * 2 + (isEncapsulation ? 1 : 0)) * NUMBER_BITS + number;
    const count = this.#counts.get(key);
    if (count === undefined && this.#counts.size >= MAX_KINDS) return;
    this.#counts.set(key, (count ?? 0) + 1);
  }

  /** In the order of the sources, the most frequent first in each. */
  list(): Unread[] {
    const found = [...this.#counts].map(([key, packets]): Unread => {
      const number = key % NUMBER_BITS;
      const sourceAndKind = Math.floor(key / NUMBER_BITS);
      const isEncapsulation = sourceAndKind % 2 === 1;
      return {
        source: Math.floor(sourceAndKind / 2),
        what: isEncapsulation ? "encapsulation" : "link type",
        name: isEncapsulation ? encapsulationName(number) : `${linkTypeName(number)} (link type ${number})`,
        command: commandFor(isEncapsulation, number),
        packets,
      };
    });
    return found.sort((a, b) => a.source - b.source || b.packets - a.packets);
  }
}

function commandFor(isEncapsulation: boolean, number: number): string | null {
  if (isEncapsulation) {
    return number === Encapsulation.encryptedWlan ? "airdecap-ng -e SSID -p PASSPHRASE NAME" : null;
  }
  const isUser = number >= FIRST_USER && number <= LAST_USER;
  return isUser ? "editcap -T ether NAME ethernet.pcap (where the frames are Ethernet)" : null;
}
