// Deflates a text better than zlib does (RFC 1951): of all ways to write it as literals and references it takes the one
// that costs the fewest bits, by what each symbol costs in the way before, as zopfli does; a block has codes of its own
// where that saves more than they take.
import {
  BitWriter,
  distanceExtra,
  distanceSymbols,
  histogramOf,
  lengthExtra,
  lengthSymbols,
  writeBlock,
} from "./huffman.mjs";

/** As far as a reference goes back, and as long as it is. */
const WINDOW = 32_768;
const SHORTEST = 3;
const LONGEST = 258;
/** Places with the same three bytes that are looked at. */
const MOST_PLACES = 1_024;
/** Bytes between two places where a block may end. */
const STEP = 4_096;
/** Bits that a block says of each of its symbols, about. */
const TOLD = 4;
const WAYS = 12;

/** One stream. */
export function deflated(text) {
  const bytes = Buffer.from(text);
  const matches = matchesOf(bytes);
  let costs = costsOf(null);
  let steps = [];
  for (let way = 0; way < 4; way += 1) {
    steps = shortest(bytes, matches, 0, bytes.length, costs);
    costs = costsOf(histogramOf(steps));
  }
  const writer = new BitWriter();
  const blocks = blocksOf(steps);
  for (const [i, { from, to, steps: first }] of blocks.entries()) {
    writeBlock(writer, bestOf(bytes, matches, from, to, first), i === blocks.length - 1);
  }
  writer.end();
  return Buffer.from(writer.bytes);
}

/** The way through a block that takes the fewest bits, of those that each follow from the one before. */
function bestOf(bytes, matches, from, to, first) {
  let best = first;
  let fewest = bitsOf(histogramOf(first));
  let steps = first;
  for (let way = 0; way < WAYS; way += 1) {
    steps = shortest(bytes, matches, from, to, costsOf(histogramOf(steps)));
    const bits = bitsOf(histogramOf(steps));
    if (bits >= fewest) continue;
    best = steps;
    fewest = bits;
  }
  return best;
}

/** Of each place what lies behind it once more: `length << 16 | distance`, longer and longer, farther and farther back. */
function matchesOf(bytes) {
  const { length } = bytes;
  const heads = new Int32Array(1 << 24).fill(-1);
  const before = new Int32Array(length);
  const matches = [];
  for (let at = 0; at < length; at += 1) {
    const found = [];
    if (at + SHORTEST <= length) {
      const key = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
      const most = Math.min(LONGEST, length - at);
      let longest = SHORTEST - 1;
      let place = heads[key];
      for (let i = 0; i < MOST_PLACES && place >= 0 && at - place <= WINDOW && longest < most; i += 1) {
        if (bytes[place + longest] === bytes[at + longest]) {
          let same = 0;
          while (same < most && bytes[place + same] === bytes[at + same]) same += 1;
          if (same > longest) {
            longest = same;
            found.push((same << 16) | (at - place));
          }
        }
        place = before[place];
      }
      before[at] = heads[key];
      heads[key] = at;
    }
    matches.push(found);
  }
  return matches;
}

/** The steps from one place to another one that cost the fewest bits. */
function shortest(bytes, matches, from, to, { literals, lengths, distances }) {
  const bits = new Float64Array(to - from + 1).fill(Number.POSITIVE_INFINITY);
  const taken = new Int32Array(to - from + 1);
  bits[0] = 0;
  for (let at = from; at < to; at += 1) {
    const here = bits[at - from];
    const byLiteral = here + literals[bytes[at]];
    if (byLiteral < bits[at - from + 1]) {
      bits[at - from + 1] = byLiteral;
      taken[at - from + 1] = bytes[at];
    }
    let length = SHORTEST;
    for (const match of matches[at]) {
      const distance = match & 65_535;
      const back = here + distances[distanceSymbols[distance]];
      const most = Math.min(match >> 16, to - at);
      for (; length <= most; length += 1) {
        const next = at - from + length;
        if (back + lengths[length] >= bits[next]) continue;
        bits[next] = back + lengths[length];
        taken[next] = (length << 16) | distance;
      }
    }
  }
  const steps = [];
  for (let at = to - from; at > 0; at -= taken[at] < 65_536 ? 1 : taken[at] >> 16) steps.push(taken[at]);
  return steps.reverse();
}

/** Bits of each literal, of each length and of each symbol of a distance. @param histogram null: nothing is known yet */
function costsOf(histogram) {
  const ofLiterals = histogram === null ? new Float64Array(286).fill(8) : bitsOfEach(histogram.literals);
  const ofDistances = histogram === null ? new Float64Array(30).fill(5) : bitsOfEach(histogram.distances);
  const lengths = Float64Array.from({ length: LONGEST + 1 }, (_, length) =>
    length < SHORTEST ? 0 : ofLiterals[lengthSymbols[length]] + lengthExtra(lengthSymbols[length]),
  );
  return {
    literals: ofLiterals,
    lengths,
    distances: ofDistances.map((bits, symbol) => bits + distanceExtra(symbol)),
  };
}

/** Bits of each symbol by how often it stands there; of one that does not, as of one that does once. */
function bitsOfEach(counts) {
  const all = Math.log2(counts.reduce((sum, count) => sum + count, 0) || 1);
  return counts.map((count) => all - Math.log2(count || 1));
}

/** Bits of a block, about. */
function bitsOf({ literals, distances }) {
  let bits = 0;
  for (const [counts, extra] of [
    [literals, (symbol) => (symbol > 256 ? lengthExtra(symbol) : 0)],
    [distances, distanceExtra],
  ]) {
    const each = bitsOfEach(counts);
    for (let i = 0; i < counts.length; i += 1)
      if (counts[i] > 0) bits += counts[i] * (each[i] + extra(i)) + TOLD;
  }
  return bits;
}

/** Parts of the steps that take the fewest bits as blocks, each with its own codes. */
function blocksOf(steps) {
  const places = [{ at: 0, step: 0 }];
  let at = 0;
  for (const [i, step] of steps.entries()) {
    if (at >= places.length * STEP) places.push({ at, step: i });
    at += step < 65_536 ? 1 : step >> 16;
  }
  places.push({ at, step: steps.length });
  const best = [{ bits: 0, from: 0 }];
  for (let to = 1; to < places.length; to += 1) {
    best.push({ bits: Number.POSITIVE_INFINITY, from: 0 });
    const histogram = { literals: new Float64Array(286), distances: new Float64Array(30) };
    histogram.literals[256] = 1;
    for (let from = to - 1; from >= 0; from -= 1) {
      add(histogram, histogramOf(steps.slice(places[from].step, places[from + 1].step)));
      const bits = best[from].bits + bitsOf(histogram);
      if (bits < best[to].bits) best[to] = { bits, from };
    }
  }
  const blocks = [];
  for (let to = places.length - 1; to > 0; to = best[to].from) {
    const [begin, end] = [places[best[to].from], places[to]];
    blocks.push({ from: begin.at, to: end.at, steps: steps.slice(begin.step, end.step) });
  }
  return blocks.reverse();
}

function add(sum, { literals, distances }) {
  literals.forEach((count, symbol) => {
    if (symbol !== 256) sum.literals[symbol] += count;
  });
  distances.forEach((count, symbol) => {
    sum.distances[symbol] += count;
  });
}
