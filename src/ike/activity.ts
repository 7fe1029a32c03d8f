/**
 * When each host sent something, in the last minute: the first and the last packet of each second. That decides
 * exactly whether it sent in any span that ends now, at a few numbers a host.
 */

import { wider } from "./spis.ts";

/** Seconds kept; a power of two, more than the minute that rules look back on. */
const SECONDS = 64;
const MICROS = 1_000_000;
/** Hosts that are followed; who comes later is not known to have sent steadily. */
const MAX_HOSTS = 4_096;
/** Rule 4, `unproven`: a host sends steadily when it sent in five of the six spans of 10 s before. */
const SPAN = 10 * MICROS;
const SPANS = 6;
const STEADY_SPANS = 5;

export class ActivityTable {
  /** Place of each host + 1, or 0. */
  #places = new Int32Array(256);
  #used = 0;
  #second = new Int32Array(16 * SECONDS);
  #first = new Float64Array(16 * SECONDS);
  #last = new Float64Array(16 * SECONDS);

  sent(host: number, at: number): void {
    let place = host < this.#places.length ? this.#places[host] - 1 : -1;
    if (place < 0) {
      if (this.#used >= MAX_HOSTS) return;
      place = this.#add(host);
    }
    const second = Math.floor(at / MICROS) | 0;
    const i = place * SECONDS + (second & (SECONDS - 1));
    if (this.#second[i] !== second) {
      this.#second[i] = second;
      this.#first[i] = at;
    }
    this.#last[i] = at;
  }

  /** Whether the host sent steadily before `at`, which is now. */
  isSteady(host: number, at: number): boolean {
    const place = host < this.#places.length ? this.#places[host] - 1 : -1;
    if (place < 0) return false;
    let spans = 0;
    for (let i = 0; i < SPANS; i += 1) {
      if (this.#sentIn(place, at - SPAN * (i + 1), at - SPAN * i)) spans += 1;
    }
    return spans >= STEADY_SPANS;
  }

  /** From `from` on and before `to`. */
  #sentIn(place: number, from: number, to: number): boolean {
    for (let second = Math.floor(from / MICROS); second * MICROS < to; second += 1) {
      const i = place * SECONDS + (second & (SECONDS - 1));
      if (this.#second[i] !== (second | 0)) continue;
      const first = this.#first[i];
      const last = this.#last[i];
      if ((first >= from && first < to) || (last >= from && last < to)) return true;
    }
    return false;
  }

  #add(host: number): number {
    while (host >= this.#places.length) this.#places = wider(this.#places, Int32Array);
    if ((this.#used + 1) * SECONDS > this.#second.length) {
      this.#second = wider(this.#second, Int32Array);
      this.#first = wider(this.#first, Float64Array);
      this.#last = wider(this.#last, Float64Array);
    }
    const place = this.#used;
    this.#used += 1;
    this.#places[host] = place + 1;
    return place;
  }

  /** Hosts were numbered anew; places of those that are gone are given to others. */
  renumber(moved: Int32Array): void {
    const old = this.save();
    this.#places = new Int32Array(256);
    this.#used = 0;
    moved.forEach((to, from) => {
      const place = from < old.places.length ? old.places[from] - 1 : -1;
      if (to < 0 || place < 0) return;
      const begin = place * SECONDS;
      const into = this.#add(to) * SECONDS;
      // Places are handed out in the order of hosts, which may not be that of before.
      this.#second.set(old.second.subarray(begin, begin + SECONDS), into);
      this.#first.set(old.first.subarray(begin, begin + SECONDS), into);
      this.#last.set(old.last.subarray(begin, begin + SECONDS), into);
    });
  }

  /** All that is known, to be kept in a state file. */
  save() {
    return {
      places: this.#places.slice(),
      used: this.#used,
      second: this.#second.slice(),
      first: this.#first.slice(),
      last: this.#last.slice(),
    };
  }

  restore({ places, used, second, first, last }: ReturnType<ActivityTable["save"]>): void {
    this.#places = places;
    this.#used = used;
    this.#second = second;
    this.#first = first;
    this.#last = last;
  }
}
