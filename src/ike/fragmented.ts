/** Messages that come in fragments: put together, and what the headers of fragments show until they are. */

import { Message } from "../wire/datagram.ts";
import { EXCHANGE_QUICK } from "../wire/isakmp.ts";
import { innerMessage } from "./inner-message.ts";
import { notePiece, outerHeader } from "./outer-headers.ts";
import type { Side } from "./paths.ts";
import { FragmentAssembler } from "./reassembly.ts";
import type { IkeSa } from "./sa.ts";
import type { KeptSas } from "./sa-table.ts";

/** Headers of unfinished fragment sets, of one IKE SA and of all: who sends fragments sends all of them, as a rule. */
const MAX_OUTERS = 16;
const MAX_ALL_OUTERS = 16_384;

export class FragmentedMessages {
  readonly #sets = new FragmentAssembler();
  readonly #inner = new Message();
  readonly #sas: KeptSas;
  /** Headers of all IKE SAs. */
  #outers = 0;
  /** Headers beyond the bound of all IKE SAs. */
  evictedOuters = 0;
  /** Quick modes that were put together, and whose fragments' own headers named another exchange. */
  quickModes = 0;

  constructor(sas: KeptSas) {
    this.#sas = sas;
  }

  /** Fragments that were dropped because there was no room. */
  get evicted(): number {
    return this.#sets.evicted;
  }

  /** Takes a fragment. @returns the message that it completes, valid until the next one; null where it completes none */
  take(sa: IkeSa, side: Side, message: Message): Message | null {
    const { bytes, offset, captured } = message;
    const set = `${sa.number}/${side}`;
    const whole = this.#sets.add(set, bytes, offset, captured);
    if (whole === null) {
      this.#noteOuter(sa, side, message, set);
      sa.noteActivity(message, side, false);
      return null;
    }
    if (sa.outers?.delete(outerName(set, message)) === true) {
      this.#sas.table.parts -= 1;
      this.#outers -= 1;
    }
    const inner = innerMessage(whole, message, this.#inner);
    if (inner === null) {
      sa.noteActivity(message, side, false);
      return null;
    }
    if (inner.exchange === EXCHANGE_QUICK && message.exchange !== EXCHANGE_QUICK) this.quickModes += 1;
    return inner;
  }

  #noteOuter(sa: IkeSa, side: Side, message: Message, set: string): void {
    const isQuickMode = message.exchange === EXCHANGE_QUICK && message.messageId !== 0;
    if (!isQuickMode || this.#sas.isLeftOut(sa)) return;
    const known = sa.outers?.get(outerName(set, message));
    if (known !== undefined) {
      notePiece(known, message);
      return;
    }
    if ((sa.outers?.size ?? 0) >= MAX_OUTERS) return;
    if (this.#outers >= MAX_ALL_OUTERS) {
      this.evictedOuters += 1;
      return;
    }
    this.#sas.table.parts += 1;
    this.#outers += 1;
    sa.outers ??= new Map();
    sa.outers.set(outerName(set, message), outerHeader(message, side));
  }

  /** Counts the headers of all IKE SAs anew: a judgement has made quick modes of some. */
  recount(): void {
    this.#outers = this.#sas.table.sas.reduce((sum, sa) => sum + (sa.outers?.size ?? 0), 0);
  }

  /** An IKE SA is given up. */
  release(sa: IkeSa): void {
    this.#outers -= sa.outers?.size ?? 0;
  }

  /** What of it lies outside of the IKE SAs, to be kept in a state file. */
  save() {
    const { evictedOuters, quickModes } = this;
    return { sets: this.#sets.save(), outers: this.#outers, evictedOuters, quickModes };
  }

  restore({ sets, outers, evictedOuters, quickModes }: ReturnType<FragmentedMessages["save"]>): void {
    this.#sets.restore(sets);
    this.#outers = outers;
    this.evictedOuters = evictedOuters;
    this.quickModes = quickModes;
  }
}

/** @param set the IKE SA and the side */
function outerName(set: string, { exchange, messageId }: Message): string {
  return `${set}/${exchange}/${messageId}`;
}
