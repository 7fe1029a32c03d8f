/** What is known of a world, by which reports on it are judged. */

import type { Reason } from "./asa.ts";
import type { Theme } from "./themes.ts";
import type { Seen } from "./wire.ts";

/** A quick mode that a gateway refused. */
export interface Refusal {
  /** Initiator cookie of the IKE SA. */
  sa: string;
  messageId: number;
  at: number;
  reason: Reason;
  /** Address and gateway of the client. */
  client: string;
  gateway: string;
  /**
   * Addresses that held the ID in the gateway's table; and whether one of them was connected, no ghost, and held it
   * in the IKE SA that it had. By contract 6.6 a claim ends when a newer SA of its client replaces the one it was
   * made in: that an IPsec SA of before the renewal still holds its ID, the gateway alone knows.
   */
  by: string[];
  /** Initiator cookies of the IKE SAs that they held it in. */
  bySas: string[];
  holderConnected: boolean;
  /** The client would be refused with any ID. */
  acceptable: boolean;
}

/** What a gateway knows of its peers: what its log is made of. */
export interface Moment {
  at: number;
  what: "phase1" | "accepted" | "held" | "mismatch" | "full" | "ended";
  gateway: string;
  /** The peer's address, and the initiator cookie of the IKE SA. */
  peer: string;
  sa: string;
  /** 0 where no quick mode is spoken of. */
  messageId: number;
}

export interface World {
  seed: number;
  flawed: boolean;
  /** A gateway refuses by its last packet of the holder under the cookies of the contender. */
  answersUselessly: boolean;
  theme: Theme;
  /** Share of datagrams that the network loses between client and capture point. */
  loss: number;
  gateways: readonly string[];
  seen: Seen[];
  refusals: Refusal[];
  /** Initiator cookie and message ID of what was accepted: "cookie/id". */
  accepted: Set<string>;
  moments: Moment[];
}

/** How a gateway's log tells of a refusal: what it holds itself looks the same. */
export const LOGGED: Record<Reason, Moment["what"] | null> = {
  held: "held",
  "own-ghost": "held",
  mismatch: "mismatch",
  full: "full",
  "unknown-sa": null,
};
