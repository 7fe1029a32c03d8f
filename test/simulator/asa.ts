/**
 * The responders of simulated worlds. What is true of a world is what happened here: which quick mode was
 * refused, and for what reason. Nothing of the analysis is used.
 */

/** Why a gateway did not accept a quick mode, or that it did. */
export type Decision =
  | { accepted: true }
  | { accepted: false; reason: "held"; by: string[] }
  | { accepted: false; reason: "mismatch" };

export interface GatewayModel {
  /** KB 942429: it refuses a message ID that another peer's living IKE SA has used. */
  flawed: boolean;
  /** It sends an Informational when it refuses; else it stays silent. */
  speaks: boolean;
}

interface Entry {
  sa: string;
  peer: string;
  messageId: number;
}

export class Gateway {
  readonly address: string;
  readonly model: GatewayModel;
  /** Called for each IKE SA whose session it ends. */
  onEnd: (sa: string) => void = () => undefined;
  #used: Entry[] = [];

  constructor(address: string, model: GatewayModel) {
    this.address = address;
    this.model = model;
  }

  /** The first message of a quick mode arrived. `acceptable`: the proposal would be accepted. */
  decide(sa: string, peer: string, messageId: number, acceptable: boolean): Decision {
    const by = this.#used
      .filter((entry) => entry.messageId === messageId && entry.peer !== peer)
      .map((entry) => entry.peer);
    if (this.model.flawed && by.length > 0) return { accepted: false, reason: "held", by };
    if (!acceptable) return { accepted: false, reason: "mismatch" };
    this.#used.push({ sa, peer, messageId });
    return { accepted: true };
  }

  /** A new phase 1 of a peer that it knows: the older IKE SAs of that peer are dropped. */
  replace(peer: string, sa: string): void {
    this.#end((entry) => entry.peer === peer && entry.sa !== sa);
  }

  /** A Delete arrived, or the lifetime is over. */
  drop(sa: string): void {
    this.#end((entry) => entry.sa === sa);
  }

  #end(ends: (entry: Entry) => boolean): void {
    const gone = new Set(this.#used.filter(ends).map(({ sa }) => sa));
    this.#used = this.#used.filter((entry) => !ends(entry));
    for (const sa of gone) this.onEnd(sa);
  }
}
