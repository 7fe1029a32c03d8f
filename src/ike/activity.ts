/**
 * When each host sent something, in the last minute: the first and the last packet of each second. That decides
 * exactly whether it sent in any span that ends now, at a few numbers a host. What it sent before a step of the clock
 * is forgotten with its next packet: nobody knows how long ago that was (6.13).
 */

import { MICROS, SECONDS } from "../core/bounds.ts";
import {
  FREE as FREE_BYTE,
  MOST_PLACES,
  PLACE_ROOM,
  PLACE_SECONDS,
  PLACE_SEGMENTS,
  PLACE_STATE,
  PLACES,
  PLACES_FREE,
  PLACES_LENGTH,
  SECOND_BYTES,
  SECOND_FIRST,
  SECOND_LAST,
  USED as USED_BYTE,
} from "../core/layout.ts";
import { type Memory, moved as movedTo } from "../linear/memory.ts";
import type { Border } from "../linear/walk.ts";

const FIRST_HOSTS = 256;
const FIRST_PLACES = 16;
/** Hosts that are followed; who comes later is not known to have sent steadily. */
const MAX_HOSTS = 4_096;
/** Rule 4, `unproven`: a host sends steadily when it sent in five of the six spans of 10 s before. */
const SPAN = 10 * MICROS;
const SPANS = 6;
const STEADY_SPANS = 5;
const NONE = -1;
/** Numbers of a second that a host is followed over: when its first packet came, and its last. */
const NUMBERS = SECOND_BYTES / 8;
const FIRST = SECOND_FIRST / 8;
const LAST = SECOND_LAST / 8;
const STATE_WORDS = 2;
const USED = USED_BYTE / 4;
const FREE = FREE_BYTE / 4;

export class ActivityTable {
  /** Place of each host + 1, or 0. */
  #places: Int32Array;
  /** Places that were ever used; and how many are free: those of hosts that are gone. */
  readonly #state: Int32Array;
  readonly #free: Int32Array;
  /** Of each place 64 seconds. */
  #seconds: Float64Array;
  /** Of each place the segment of the clock that its seconds are of. */
  #segments: Int32Array;
  readonly #memory: Memory;

  /** @param mostHosts how many are expected at most, followed or not */
  constructor(memory: Memory, mostHosts = 0) {
    this.#memory = memory;
    this.#places = memory.column(Int32Array, FIRST_HOSTS, mostHosts);
    this.#state = memory.column(Int32Array, STATE_WORDS);
    this.#free = memory.column(Int32Array, MAX_HOSTS);
    this.#segments = memory.column(Int32Array, FIRST_PLACES, MAX_HOSTS);
    this.#seconds = memory.column(Float64Array, indexOf(FIRST_PLACES, 0), indexOf(MAX_HOSTS, 0));
  }

  /** Where the walk finds the seconds of each host, and places for others. */
  lieAt(border: Border): void {
    border.column(PLACES, this.#places);
    border.value(PLACES_LENGTH, this.#places.length);
    border.column(PLACE_SECONDS, this.#seconds);
    border.column(PLACE_SEGMENTS, this.#segments);
    border.column(PLACE_STATE, this.#state);
    border.column(PLACES_FREE, this.#free);
    border.value(PLACE_ROOM, Math.min(MAX_HOSTS, this.#segments.length));
    border.value(MOST_PLACES, MAX_HOSTS);
  }

  sent(host: number, at: number, segment: number): void {
    let place = host < this.#places.length ? this.#places[host] - 1 : -1;
    if (place < 0) {
      if (this.#state[USED] >= MAX_HOSTS && this.#state[FREE] === 0) return;
      place = this.#add(host);
    }
    if (this.#segments[place] !== segment) this.#begin(place, segment);
    const seconds = this.#seconds;
    const second = Math.floor(at / MICROS);
    const i = indexOf(place, second);
    if (!isIn(seconds[i + FIRST], second)) seconds[i + FIRST] = at;
    seconds[i + LAST] = at;
  }

  /** Whether the host sent steadily before `at`, which is now, in a segment of the clock. */
  isSteady(host: number, at: number, segment: number): boolean {
    const place = host < this.#places.length ? this.#places[host] - 1 : -1;
    if (place < 0 || this.#segments[place] !== segment) return false;
    let spans = 0;
    for (let i = 0; i < SPANS; i += 1) {
      if (this.#sentIn(place, at - SPAN * (i + 1), at - SPAN * i)) spans += 1;
    }
    return spans >= STEADY_SPANS;
  }

  /** From `from` on and before `to`. */
  #sentIn(place: number, from: number, to: number): boolean {
    for (let second = Math.floor(from / MICROS); second * MICROS < to; second += 1) {
      const i = indexOf(place, second);
      const first = this.#seconds[i + FIRST];
      if (!isIn(first, second)) continue;
      const last = this.#seconds[i + LAST];
      if ((first >= from && first < to) || (last >= from && last < to)) return true;
    }
    return false;
  }

  #add(host: number): number {
    while (host >= this.#places.length) this.#places = this.#memory.wider(this.#places, Int32Array);
    const place = this.#newPlace();
    this.#segments[place] = NONE;
    this.#places[host] = place + 1;
    return place;
  }

  #newPlace(): number {
    const state = this.#state;
    if (state[FREE] > 0) {
      state[FREE] -= 1;
      return this.#free[state[FREE]];
    }
    if (state[USED] >= this.#segments.length) this.#widen();
    state[USED] += 1;
    return state[USED] - 1;
  }

  #begin(place: number, segment: number): void {
    for (let second = 0; second < SECONDS; second += 1) {
      this.#seconds[indexOf(place, second) + FIRST] = Number.NaN;
    }
    this.#segments[place] = segment;
  }

  #widen(): void {
    this.#seconds = this.#memory.wider(this.#seconds, Float64Array);
    this.#segments = this.#memory.wider(this.#segments, Int32Array);
  }

  /** Hosts were numbered anew; places of those that are gone are given to others. */
  renumber(moved: Int32Array): void {
    const old = this.#places;
    this.#places = this.#memory.column(Int32Array, old.length);
    for (let from = 0; from < Math.min(moved.length, old.length); from += 1) {
      if (old[from] === 0) continue;
      if (moved[from] >= 0) this.#places[moved[from]] = old[from];
      else {
        this.#free[this.#state[FREE]] = old[from] - 1;
        this.#state[FREE] += 1;
      }
    }
    this.#memory.free(old);
  }

  /** All that is known, to be kept in a state file. */
  save() {
    const used = this.#state[USED];
    return {
      places: this.#places,
      free: this.#free.slice(0, this.#state[FREE]),
      seconds: this.#seconds.slice(0, indexOf(used, 0)),
      segments: this.#segments.slice(0, used),
    };
  }

  restore({ places, free, seconds, segments }: ReturnType<ActivityTable["save"]>): void {
    this.#places = movedTo(this.#memory, places, Int32Array);
    this.#free.set(free);
    this.#state[FREE] = free.length;
    this.#state[USED] = segments.length;
    while (this.#seconds.length < seconds.length) this.#widen();
    this.#seconds.set(seconds);
    this.#segments.set(segments);
  }
}

/** The time is in that second, not in one of a minute before; NaN is in none. */
function isIn(at: number, second: number): boolean {
  return at >= second * MICROS && at < (second + 1) * MICROS;
}

/** Where the numbers of a place's second begin. */
function indexOf(place: number, second: number): number {
  return (place * SECONDS + (second & (SECONDS - 1))) * NUMBERS;
}
