/** What the core (src/core/sas.ts) has begun that has no objects yet. */

import { endpoint } from "../collections/endpoints.ts";
import {
  EXCHANGE_BEGUN,
  MAX_NOTES,
  NOTE_ADDRESS,
  NOTE_HOST,
  NOTE_KEY,
  NOTE_KIND,
  NOTE_KIND_MASK,
  NOTE_NAT_TRAVERSAL,
  NOTE_OTHER_KEY,
  NOTE_PORT_SHIFT,
  NOTE_WORDS,
  NOTED,
  NOTES,
  SA_BEGUN,
  TOLD_BEGUN,
} from "../core/message-layout.ts";
import type { Memory } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

/** Takes what was begun. Keys are rows of the table of cookies, addresses those of rows in linear memory. */
export interface Reader {
  sa(key: number, address: number): void;
  /** The IKE SA of a key that is known stands under another one as well. */
  name(key: number, known: number): void;
  /** @param to endpoint that its first message went to. @param overIp not on the NAT-T port */
  quickMode(key: number, address: number, to: number, overIp: boolean): void;
  /** An IKE SA has the first of its Informationals. */
  informationals(key: number, address: number): void;
}

export class CoreNotes {
  readonly #notes: Uint32Array;
  readonly #counts: Int32Array;

  /** @param counts the core counts its notes there */
  constructor(memory: Memory, counts: Int32Array) {
    this.#notes = memory.column(Uint32Array, memory.linear === null ? 0 : MAX_NOTES * NOTE_WORDS);
    this.#counts = counts;
  }

  lieAt(border: Border): void {
    border.column(NOTES, this.#notes);
  }

  get any(): boolean {
    return this.#counts[NOTED] > 0;
  }

  /** Hands on what was begun, in that order, and forgets it. */
  read(reader: Reader): void {
    const notes = this.#notes;
    const end = this.#counts[NOTED] * NOTE_WORDS;
    this.#counts[NOTED] = 0;
    for (let note = 0; note < end; note += NOTE_WORDS) {
      const first = notes[note + NOTE_KIND];
      const kind = first & NOTE_KIND_MASK;
      const key = notes[note + NOTE_KEY];
      const address = notes[note + NOTE_ADDRESS];
      if (kind === EXCHANGE_BEGUN) {
        const to = endpoint(notes[note + NOTE_HOST], first >>> NOTE_PORT_SHIFT);
        reader.quickMode(key, address, to, (first & NOTE_NAT_TRAVERSAL) === 0);
      } else if (kind === SA_BEGUN) reader.sa(key, address);
      else if (kind === TOLD_BEGUN) reader.informationals(key, address);
      else reader.name(key, notes[note + NOTE_OTHER_KEY]);
    }
  }
}
