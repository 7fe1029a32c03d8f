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
  /** Each list once, by its number; 0 is that of those that have none. */
  all: (readonly string[])[] = [NO_VENDOR_IDS];
  readonly #numbers = new Map<string, number>();
  #characters = 0;
  /** Messages whose vendor IDs were passed over, because there was no room for a list that nobody sent before. */
  evicted = 0;

  /** The number of a list with `more` behind it, at most 64 in all: the same IDs have the same number. */
  extended(number: number, more: readonly string[]): number {
    const list = this.all[number];
    if (more.length === 0 || list.length >= MAX_IDS) return number;
    const whole = [...list, ...more].slice(0, MAX_IDS);
    const key = whole.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#characters + key.length > MAX_CHARACTERS) {
      this.evicted += 1;
      return number;
    }
    this.#characters += key.length;
    this.#numbers.set(key, this.all.length);
    return this.all.push(whole) - 1;
  }

  /** The lists, to be kept in a state file. */
  save() {
    return { all: this.all, characters: this.#characters, evicted: this.evicted };
  }

  restore({ all, characters, evicted }: ReturnType<VendorLists["save"]>): void {
    this.all = all;
    this.#numbers.clear();
    for (let number = 1; number < all.length; number += 1) this.#numbers.set(all[number].join(), number);
    this.#characters = characters;
    this.evicted = evicted;
  }
}
