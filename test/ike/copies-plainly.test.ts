/** The copy filter beside a plain reading of its rules: a list of all datagrams, searched from its beginning. */

import { describe, expect, it } from "vitest";
import { endpoint } from "../../src/collections/endpoints.ts";
import { CopyFilter } from "../../src/ike/copies.ts";
import { RecentDatagrams } from "../../src/ike/recent-datagrams.ts";
import { ordinaryMemory } from "../../src/linear/memory.ts";
import type { Message } from "../../src/wire/datagram.ts";
import { messageMade } from "../support/message-made.ts";
import { random32 } from "../support/random.ts";

const SECOND = 1_000_000;

interface Place {
  from: number;
  to: number;
  capturePoint: number;
  at: number;
}

interface Known {
  message: Message;
  places: Place[];
  /** Its running number, or -1. */
  sa: number;
}

class PlainFilter {
  known: Known[] = [];
  readonly #byPrefix = new Map<number, Known[]>();
  evicted = 0;
  /** The datagram of the last message; null where it could not be remembered. */
  seen: Known | null = null;

  see(message: Message): "new" | "echo" {
    while (this.known.length > 0) {
      const { at, segment } = this.known[0].message;
      if (segment === message.segment && message.at - at < SECOND) break;
      const { digest } = this.known.shift()!.message;
      this.#byPrefix.get(digest.prefix)!.shift();
    }
    const alike = this.#byPrefix.get(message.digest.prefix) ?? [];
    const original = alike.find((each) => isCopyOf(message, each)) ?? null;
    const place = placeOf(message);
    this.seen = original;
    if (original !== null) {
      const isNew = original.places.every((each) => !isSamePlace(each, place));
      if (isNew && original.places.length < 16) original.places.push(place);
      else if (isNew) this.evicted += 1;
      return "echo";
    }
    if (alike.length >= 16 || this.known.length >= 32_768) this.evicted += 1;
    else {
      this.seen = { message, places: [place], sa: -1 };
      this.known.push(this.seen);
      this.#byPrefix.set(message.digest.prefix, [...alike, this.seen]);
    }
    return "new";
  }
}

function placeOf({ from, to, capturePoint, at }: Message): Place {
  return { from, to, capturePoint, at };
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.from === b.from && a.to === b.to && a.capturePoint === b.capturePoint;
}

function isCopyOf(message: Message, { message: first, places }: Known): boolean {
  const isOther = !first.cut && !message.cut && first.digest.full !== message.digest.full;
  if (isOther || (places[0].from === message.to && places[0].to === message.from)) return false;
  const since = message.at - first.at;
  if (first.identification !== 0 && first.identification === message.identification) return since < SECOND;
  const here = places.find((each) => isSamePlace(each, placeOf(message)));
  if (here === undefined) return since < SECOND / 2;
  return message.at - here.at < SECOND / 4 && !message.logged;
}

interface Traffic {
  messages: number;
  /** Beginnings to choose from. */
  prefixes: (under: (limit: number) => number) => number;
  /** Microseconds to the next message, at most. */
  pause: number;
  points: number;
  /** The clock never steps back. */
  steady?: boolean;
}

/** Shows both the same messages; the filter is made anew of its own state now and then. */
function compare(seed: number, { messages, prefixes, pause, points, steady = false }: Traffic): PlainFilter {
  const next = random32(seed);
  const under = (limit: number) => next() % limit;
  const plain = new PlainFilter();
  let filter = new CopyFilter();
  let segment = 0;
  let at = 0;
  for (let i = 0; i < messages; i += 1) {
    at += under(pause);
    if (!steady && under(5_000) === 0) segment += 1;
    const [from, to] = under(8) === 0 ? [9, under(2)] : [under(2), 9];
    const message = messageMade({
      segment,
      from: endpoint(from + 70_000, 500),
      to: endpoint(to + 70_000, 4500),
      capturePoint: under(points) * 65_536,
      identification: [0, 7, 0xffff][under(3)],
      cut: under(6) === 0,
      logged: under(10) === 0,
    });
    message.at = at;
    message.digest.prefix = prefixes(under);
    message.digest.full = under(2);
    const said = filter.see(message);
    if (said !== plain.see(message)) expect.fail(`message ${i} of seed ${seed}: ${said}`);
    if (said === "echo") {
      const first = plain.seen!.places[0];
      if (filter.from !== first.from || filter.to !== first.to || filter.sa !== plain.seen!.sa) {
        expect.fail(`the original of message ${i} of seed ${seed}`);
      }
    } else if (under(2) === 0) {
      filter.countFor({ number: i }, 1);
      if (plain.seen !== null) plain.seen.sa = i;
    }
    if (under(1_000) === 0) {
      const made = new CopyFilter();
      made.restore(filter.save());
      filter = made;
    }
  }
  expect([filter.size, filter.evicted]).toEqual([plain.known.length, plain.evicted]);
  return plain;
}

describe("the copy filter", () => {
  it("says of every message what a plain reading says", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { known } = compare(seed, {
        messages: 4_000,
        prefixes: (under) => under([3, 50, 2_000][seed % 3]) * 7,
        pause: [1_000, 20_000, 300_000][seed % 3],
        points: 3,
      });
      expect(known.length).toBeGreaterThan(0);
    }
  });

  it("also beyond its bounds: of datagrams alike, of places, of all", () => {
    const alike = compare(30, { messages: 5_000, prefixes: () => 5, pause: 50, points: 60 });
    expect(alike.evicted).toBeGreaterThan(1_000);
    const places = compare(31, { messages: 3_000, prefixes: (under) => under(40), pause: 400, points: 50 });
    expect(places.evicted).toBeGreaterThan(100);
    let count = 0;
    const prefixes = () => {
      count += 1;
      return count;
    };
    const all = compare(32, { messages: 34_000, prefixes, pause: 2, points: 2, steady: true });
    expect(all.evicted).toBeGreaterThan(1_000);
  });

  it("also of beginnings that were chosen to differ in a few bits alone", () => {
    for (let bit = 0; bit < 53; bit += 4) {
      compare(100 + bit, {
        messages: 600,
        prefixes: (under) => under(30) * 2 ** Math.min(bit, 48),
        pause: 2_000,
        points: 2,
      });
    }
  });

  it("spreads beginnings that were chosen for one place over its chains", () => {
    // Multiples of 2^16, 2^32 and 2^37: what a remainder, or some of the bits, would put into one place.
    for (const step of [2 ** 16, 2 ** 32, 2 ** 37]) {
      const recent = new RecentDatagrams(ordinaryMemory);
      for (let i = 0; i < 30_000; i += 1) {
        const message = messageMade();
        message.digest.prefix = i * step;
        recent.add(message);
      }
      let met = 0;
      for (let row = 0; row < recent.size; row += 1) {
        for (let next = recent.next(row); next >= 0; next = recent.next(next)) met += 1;
      }
      // Of 450 million pairs; 14,000 are to be expected.
      expect(met).toBeLessThan(4_000_000);
    }
  });
});
