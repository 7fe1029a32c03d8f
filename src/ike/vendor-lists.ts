/**
 * Lists of vendor IDs, each kept once: thousands of clients of one kind send the same ten or so, and what they
 * say is read once as well.
 */

import { readVendorIds, type VendorKnowledge } from "../wire/vendor-ids.ts";

/** Lists that are kept to be shared; whoever sends others pays for them with memory of its own IKE SA alone. */
const MAX_LISTS = 4096;
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
  readonly #lists = new Map<string, readonly string[]>();

  /** `list` with `more` behind it, at most 64 in all: lists are shared and never change. */
  extended(list: readonly string[], more: readonly string[]): readonly string[] {
    if (more.length === 0 || list.length >= MAX_IDS) return list;
    const whole = [...list, ...more].slice(0, MAX_IDS);
    const key = whole.join();
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    if (this.#lists.size < MAX_LISTS) this.#lists.set(key, whole);
    return whole;
  }
}
