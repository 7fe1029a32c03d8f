/**
 * Lists of vendor IDs, each kept once: thousands of clients of one kind send the same ten or so, and what they
 * say is read once as well.
 */

import { readVendorIds, type VendorKnowledge } from "../wire/vendor-ids.ts";

/** Characters that all lists together may hold: some ten thousand lists of honest length. */
const MAX_CHARACTERS = 8_000_000;
const MAX_IDS = 64;

/** Shared by all that have none. */
export const NO_VENDOR_IDS: readonly string[] = [];

const knowledge = new WeakMap<readonly string[], VendorKnowledge>();

/** What a list says; the same object for the same list. */
export function vendorKnowledge(list: readonly string[]): VendorKnowledge {
  let known = knowledge.get(list);
  if (known === undefined) {
    known = readVendorIds(list);
    knowledge.set(list, known);
  }
  return known;
}

export class VendorLists {
  #lists = new Map<string, readonly string[]>();
  #characters = 0;
  /** Messages whose vendor IDs were passed over, because there was no room for a list that nobody sent before. */
  evicted = 0;

  /** `list` with `more` behind it, at most 64 in all: the same IDs give the same list, which never changes. */
  extended(list: readonly string[], more: readonly string[]): readonly string[] {
    if (more.length === 0 || list.length >= MAX_IDS) return list;
    const whole = [...list, ...more].slice(0, MAX_IDS);
    const key = whole.join();
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    if (this.#characters + key.length > MAX_CHARACTERS) {
      this.evicted += 1;
      return list;
    }
    this.#characters += key.length;
    this.#lists.set(key, whole);
    return whole;
  }

  /** The lists, to be kept in a state file. */
  save() {
    return { lists: this.#lists, characters: this.#characters, evicted: this.evicted };
  }

  restore({ lists, characters, evicted }: ReturnType<VendorLists["save"]>): void {
    this.#lists = lists;
    this.#characters = characters;
    this.evicted = evicted;
  }
}
