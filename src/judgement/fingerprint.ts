/**
 * Names for findings that stay the same tomorrow, in another capture and in any order of files: hashes of the
 * rule, the responder and the two clients. Times, frames, ports and cookies are not in them.
 */

import { sha256Of } from "../linear/hashes.ts";
import { hex } from "../wire/bytes.ts";

const RULE = "ike-qm-message-id-collision";

/** A client as a fingerprint names it. */
export interface NamedClient {
  address: string;
  /** Rank of its port among the responder's clients at that address, from 0. */
  rank: number;
}

/** @param parts what follows the rule, a line each */
function hash(parts: string): string {
  return hex(sha256Of(`v1\n${RULE}\n${parts}`), 0, 16);
}

/** A finding's: the responder and its two clients, in no order; the rank counts where they share an address. */
export function findingFingerprint(
  responder: string,
  holder: NamedClient | null,
  contender: NamedClient,
): string {
  const shared = holder !== null && holder.address === contender.address;
  const name = ({ address, rank }: NamedClient) => (shared ? `${address}#${rank}` : address);
  const [one, other] = [holder === null ? "unseen" : name(holder), name(contender)];
  return hash(one <= other ? `${responder}\n${one}\n${other}` : `${responder}\n${other}\n${one}`);
}

/** "This gateway, this fault": one key for all findings at a responder. */
export function responderFingerprint(responder: string): string {
  return hash(responder);
}
