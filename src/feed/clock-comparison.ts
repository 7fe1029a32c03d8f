/**
 * How far the clocks of several sources are apart, by the encrypted messages that two of them hold: the same bytes
 * between the same endpoints are one message, however the clocks of those who captured it were set.
 *
 *   const comparison = new ClockComparison();
 *   await drive(feed, new Decoder(ports, [..., comparison]));
 *   for (const { source, reference, micros } of comparison.offsets(names)) ...
 */

import { readU32 } from "../wire/bytes.ts";
import type { Datagram } from "../wire/decoded.ts";
import { Digest, publicDigest } from "../wire/digest.ts";
import { FLAG_ENCRYPTED, flags, HeaderClass, headerLength } from "../wire/isakmp.ts";
import type { Sink } from "./decoder.ts";
import type { ClockOffset } from "./feed.ts";

/** Offsets up to this are left alone: copies that late are known as copies. */
const SMALLEST_OFFSET = 250_000;
/** How far the offsets of single messages may lie from that of all. */
const AGREEMENT = 500_000;
const AGREEING_SHARE = 0.9;
const MIN_AGREEING = 5;
const MIN_OF_EACH_SIDE = 2;
/**
 * One IKE SA alone must be seen so long: somebody may have recorded and replayed it. A source whose messages are all in
 * the other one need not show so much: shifted, they are copies, and it has nothing of its own to come to a wrong time.
 */
const MIN_SPAN = 600_000_000;
const MIN_IKE_SAS = 2;
/** Messages kept of one source, and of all. */
const MAX_MESSAGES = 65_536;
const MAX_ALL_MESSAGES = 524_288;
/** Sources that are compared for one message: of a capture that is given a hundred times, a few are enough. */
const MAX_SOURCES_OF_ONE = 8;
/** Bytes that tell a message: the header and the first cipher block, which short snap lengths leave. */
const IDENTIFYING = 44;

/** A message's first copy in a source. */
interface Copy {
  /** Time as written, microseconds. */
  at: number;
  /** Digest of the cookies. */
  ikeSa: number;
  /** Digest of the two addresses, and who of them sent. */
  pair: number;
  forwards: boolean;
}

export class ClockComparison implements Sink {
  /** By source: first copies by digest. */
  readonly #sources: Map<number, Copy>[] = [];
  /** By source: messages seen, and the largest digest that is kept. */
  readonly #seen: number[] = [];
  readonly #largest: number[] = [];
  readonly #digest = new Digest();
  readonly #maxMessages: number;
  /** What was found last, until another message comes: judgement and report ask for the same. */
  #found: ClockOffset[] | null = null;

  constructor(maxMessages = MAX_MESSAGES) {
    this.#maxMessages = maxMessages;
  }

  readonly wantsLife = false;

  signOfLife(): void {}

  isakmp(datagram: Datagram): void {
    const { bytes, payload, captured, headerClass, provenance, input } = datagram;
    if (headerClass !== HeaderClass.ikev1 || provenance === "log" || captured < headerLength) return;
    if ((flags(bytes, payload) & FLAG_ENCRYPTED) === 0) return;
    while (this.#sources.length <= input) this.#addSource();
    this.#seen[input] += 1;
    this.#found = null;
    const key = this.#keyOf(datagram);
    const copies = this.#sources[input];
    if (key > this.#largest[input] || copies.has(key)) return;
    copies.set(key, copyOf(datagram));
    if (copies.size > this.#limit * 1.25) this.#thin(input);
  }

  taken(datagram: Datagram): void {
    this.isakmp(datagram);
  }

  /**
   * The sources whose clock differs from another one's, by 0.25 s or more.
   * @param names of the sources, by index: of two with as many messages the later name is the one that differs
   */
  offsets(names: readonly string[]): readonly ClockOffset[] {
    this.#found ??= this.#compare(names);
    return this.#found;
  }

  #compare(names: readonly string[]): ClockOffset[] {
    this.#sources.forEach((_, source) => {
      this.#thin(source);
    });
    const order = this.#sources
      .map((_, source) => source)
      .sort((a, b) => this.#seen[b] - this.#seen[a] || (names[a] < names[b] ? -1 : 1));
    const rank = new Map(order.map((source, i) => [source, i]));
    const pairs = this.#pairs(rank);
    const settled = new Map<number, number>();
    const found: ClockOffset[] = [];
    for (const source of order) {
      const offset = offsetOf(source, this.#sources[source].size, rank, pairs.get(source));
      settled.set(source, 0);
      if (offset === null) continue;
      const micros = offset.micros + (settled.get(offset.reference) ?? 0);
      if (Math.abs(micros) <= SMALLEST_OFFSET) continue;
      if (offset.isEstablished) settled.set(source, micros);
      found.push({ ...offset, micros });
    }
    return found;
  }

  get #limit(): number {
    return Math.min(this.#maxMessages, Math.ceil(MAX_ALL_MESSAGES / this.#sources.length));
  }

  #addSource(): void {
    this.#sources.push(new Map());
    this.#seen.push(0);
    this.#largest.push(Number.POSITIVE_INFINITY);
  }

  /** Two sources keep the same messages when both keep those of the smallest digests. */
  #thin(source: number): void {
    const copies = this.#sources[source];
    const limit = this.#limit;
    if (copies.size <= limit) return;
    const keys = Float64Array.from(copies.keys()).sort();
    this.#largest[source] = keys[limit - 1];
    for (const key of keys.subarray(limit)) copies.delete(key);
  }

  /** Of the message's bytes and its endpoints. */
  #keyOf(datagram: Datagram): number {
    const { bytes, payload, captured, length, digest, ipVersion, source, destination } = datagram;
    let key = digest?.prefix;
    if (key === undefined) {
      publicDigest(bytes, payload, Math.min(captured, length, IDENTIFYING), this.#digest);
      key = this.#digest.prefix;
    }
    const size = ipVersion === 4 ? 4 : 16;
    const ends = mixed(mixed(0, bytes, source, size), bytes, destination, size);
    return (
      Math.abs(key ^ ends ^ (datagram.sourcePort * 65536 + datagram.destinationPort)) * 0x200000 +
      (key % 0x200000)
    );
  }

  /** By later source and earlier source (indices, in the order of `rank`): the messages that both hold. */
  #pairs(rank: ReadonlyMap<number, number>): Map<number, Map<number, Match[]>> {
    const holders = new Map<number, number[]>();
    this.#sources.forEach((copies, source) => {
      for (const key of copies.keys()) {
        const known = holders.get(key);
        if (known === undefined) holders.set(key, [source]);
        else if (known.length < MAX_SOURCES_OF_ONE) known.push(source);
      }
    });
    const pairs = new Map<number, Map<number, Match[]>>();
    for (const [key, sources] of holders) {
      for (const later of sources) {
        for (const earlier of sources) {
          if (rank.get(later)! <= rank.get(earlier)!) continue;
          const copy = this.#sources[later].get(key)!;
          const match = { ...copy, offset: this.#sources[earlier].get(key)!.at - copy.at };
          const of = pairs.get(later) ?? new Map<number, Match[]>();
          pairs.set(later, of);
          const matches = of.get(earlier);
          if (matches === undefined) of.set(earlier, [match]);
          else matches.push(match);
        }
      }
    }
    return pairs;
  }
}

/** What the source is off, by the first of the others that tells. @param messages that the source has */
function offsetOf(
  source: number,
  messages: number,
  rank: ReadonlyMap<number, number>,
  others: ReadonlyMap<number, readonly Match[]> = new Map(),
): ClockOffset | null {
  let weaker: ClockOffset | null = null;
  for (const reference of [...others.keys()].sort((a, b) => rank.get(a)! - rank.get(b)!)) {
    const agreed = agreement(others.get(reference)!, messages);
    if (agreed === null) continue;
    const offset = { source, reference, ...agreed };
    if (agreed.isEstablished) return offset;
    weaker ??= offset;
  }
  return weaker;
}

interface Match extends Copy {
  /** What the other source's time is ahead, microseconds. */
  offset: number;
}

/**
 * The one offset that nearly all messages have; null where they do not agree, or are too few.
 * @param all messages of the source, matched or not
 */
function agreement(matches: readonly Match[], all: number): Omit<ClockOffset, "source" | "reference"> | null {
  const offsets = Float64Array.from(matches, ({ offset }) => offset).sort();
  const micros = offsets[offsets.length >> 1];
  const agreeing = matches.filter(({ offset }) => Math.abs(offset - micros) <= AGREEMENT);
  if (agreeing.length < MIN_AGREEING || agreeing.length < matches.length * AGREEING_SHARE) return null;
  if (ofEachSide(agreeing) < MIN_OF_EACH_SIDE) return null;
  const ikeSas = new Set(agreeing.map(({ ikeSa }) => ikeSa)).size;
  const times = agreeing.map(({ at }) => at);
  const span = times.reduce((a, b) => Math.max(a, b)) - times.reduce((a, b) => Math.min(a, b));
  return {
    micros,
    agreeing: agreeing.length,
    messages: matches.length,
    isEstablished: ikeSas >= MIN_IKE_SAS || span >= MIN_SPAN || agreeing.length === all,
  };
}

/** Messages of that side which sent fewer, over all pairs of addresses. */
function ofEachSide(matches: readonly Match[]): number {
  const sides = new Map<number, [number, number]>();
  for (const { pair, forwards } of matches) {
    const counts = sides.get(pair) ?? [0, 0];
    sides.set(pair, counts);
    counts[forwards ? 0 : 1] += 1;
  }
  return [...sides.values()].reduce((sum, [there, back]) => sum + Math.min(there, back), 0);
}

function copyOf({ bytes, payload, source, destination, ipVersion, micros, nanos }: Datagram): Copy {
  const size = ipVersion === 4 ? 4 : 16;
  const from = mixed(0, bytes, source, size);
  const to = mixed(0, bytes, destination, size);
  return {
    at: micros + nanos / 1000,
    ikeSa: mixed(0, bytes, payload, 16),
    pair: Math.min(from, to) * 0x200000 + (Math.max(from, to) % 0x200000),
    forwards: from < to,
  };
}

/** Mixes `length` bytes, a whole number of words, into a 32-bit number. */
function mixed(seed: number, bytes: Uint8Array, offset: number, length: number): number {
  let value = seed ^ 0x811c9dc5;
  for (let at = offset; at < offset + length; at += 4) {
    value = Math.imul(value ^ readU32(bytes, at), 0x85ebca6b);
    value ^= value >>> 13;
  }
  return value >>> 0;
}
