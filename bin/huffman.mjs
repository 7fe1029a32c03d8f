// Huffman codes of deflate, and the blocks that are written with them (RFC 1951).

const END = 256;
const LITERALS = 286;
const DISTANCES = 30;
const LONGEST_CODE = 15;
const LONGEST_CODE_OF_LENGTHS = 7;
/** In which order a block tells the lengths of the codes that tell lengths. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Of each length 3..258 and each distance 1..32768: its symbol, and how many bits follow. */
export const lengthSymbols = new Uint16Array(259);
export const distanceSymbols = new Uint8Array(32_769);
const lengthBases = [];
const lengthBits = [];
const distanceBases = [];
const distanceBits = [];
/** Bits behind the symbol of a length and of a distance. */
export const lengthExtra = (symbol) => lengthBits[symbol - END - 1];
export const distanceExtra = (symbol) => distanceBits[symbol];

for (let symbol = 0, base = 3; symbol < 28; symbol += 1) {
  const bits = symbol < 8 ? 0 : (symbol >> 2) - 1;
  lengthBases.push(base);
  lengthBits.push(bits);
  lengthSymbols.fill(END + 1 + symbol, base, base + (1 << bits));
  base += 1 << bits;
}
lengthBases.push(258);
lengthBits.push(0);
lengthSymbols[258] = END + 1 + 28;
for (let symbol = 0, base = 1; symbol < DISTANCES; symbol += 1) {
  const bits = symbol < 4 ? 0 : (symbol >> 1) - 1;
  distanceBases.push(base);
  distanceBits.push(bits);
  distanceSymbols.fill(symbol, base, base + (1 << bits));
  base += 1 << bits;
}

/** How often each symbol stands in a list of steps: literals, or `length << 16 | distance`. */
export function histogramOf(steps) {
  const literals = new Float64Array(LITERALS);
  const distances = new Float64Array(DISTANCES);
  for (const step of steps) {
    if (step < 65_536) literals[step] += 1;
    else {
      literals[lengthSymbols[step >> 16]] += 1;
      distances[distanceSymbols[step & 65_535]] += 1;
    }
  }
  literals[END] += 1;
  return { literals, distances };
}

/** Bits as deflate packs them: the lowest one first. */
export class BitWriter {
  bytes = [];
  #bits = 0;
  #count = 0;

  /** Writes the lowest `count` bits of a value, 16 at most. */
  write(value, count) {
    this.#bits |= value << this.#count;
    this.#count += count;
    for (; this.#count >= 8; this.#count -= 8) {
      this.bytes.push(this.#bits & 255);
      this.#bits >>>= 8;
    }
  }

  end() {
    if (this.#count > 0) this.bytes.push(this.#bits & 255);
  }
}

/** Writes a block with codes of its own. */
export function writeBlock(writer, steps, isLast) {
  const { literals, distances } = histogramOf(steps);
  const literalLengths = codeLengths(literals, LONGEST_CODE);
  const distanceLengths = codeLengths(distances, LONGEST_CODE);
  writer.write(isLast ? 1 : 0, 1);
  writer.write(2, 2);
  writeLengths(writer, literalLengths, distanceLengths);
  const literalCodes = codesOf(literalLengths);
  const distanceCodes = codesOf(distanceLengths);
  for (const step of steps) {
    if (step < 65_536) {
      writer.write(literalCodes[step], literalLengths[step]);
      continue;
    }
    const [length, distance] = [step >> 16, step & 65_535];
    const [of, back] = [lengthSymbols[length], distanceSymbols[distance]];
    writer.write(literalCodes[of], literalLengths[of]);
    writer.write(length - lengthBases[of - END - 1], lengthExtra(of));
    writer.write(distanceCodes[back], distanceLengths[back]);
    writer.write(distance - distanceBases[back], distanceExtra(back));
  }
  writer.write(literalCodes[END], literalLengths[END]);
}

/** The lengths of both codes, which are themselves written in a code, with repetitions. */
function writeLengths(writer, literalLengths, distanceLengths) {
  const literals = trimmed(literalLengths, 257);
  const distances = trimmed(distanceLengths, 1);
  const told = repeated([...literals, ...distances]);
  const counts = new Float64Array(ORDER.length);
  for (const { symbol } of told) counts[symbol] += 1;
  const lengths = codeLengths(counts, LONGEST_CODE_OF_LENGTHS);
  const codes = codesOf(lengths);
  const inOrder = trimmed(
    ORDER.map((symbol) => lengths[symbol]),
    4,
  );
  writer.write(literals.length - 257, 5);
  writer.write(distances.length - 1, 5);
  writer.write(inOrder.length - 4, 4);
  for (const length of inOrder) writer.write(length, 3);
  for (const { symbol, more, bits } of told) {
    writer.write(codes[symbol], lengths[symbol]);
    writer.write(more, bits);
  }
}

function trimmed(lengths, fewest) {
  let count = lengths.length;
  while (count > fewest && lengths[count - 1] === 0) count -= 1;
  return [...lengths.slice(0, count)];
}

function repeated(lengths) {
  const told = [];
  for (let i = 0; i < lengths.length; ) {
    const length = lengths[i];
    let run = 1;
    while (lengths[i + run] === length) run += 1;
    i += run;
    if (length !== 0) {
      told.push({ symbol: length, more: 0, bits: 0 });
      run -= 1;
    }
    for (; run >= 3; ) {
      const most = length !== 0 ? 6 : run >= 11 ? 138 : 10;
      const count = Math.min(run, most);
      if (length !== 0) told.push({ symbol: 16, more: count - 3, bits: 2 });
      else if (count >= 11) told.push({ symbol: 18, more: count - 11, bits: 7 });
      else told.push({ symbol: 17, more: count - 3, bits: 3 });
      run -= count;
    }
    for (; run > 0; run -= 1) told.push({ symbol: length, more: 0, bits: 0 });
  }
  return told;
}

/** Lengths of the best code of which none is longer than `longest`: packages of coins (Larmore and Hirschberg). */
function codeLengths(counts, longest) {
  const lengths = new Uint8Array(counts.length);
  const coins = [...counts.keys()].filter((symbol) => counts[symbol] > 0);
  // A code has two at least, so that it is complete.
  for (let symbol = 0; coins.length < 2; symbol += 1) if (!coins.includes(symbol)) coins.push(symbol);
  const single = coins.map((symbol) => ({ weight: counts[symbol], symbols: [symbol] }));
  single.sort((a, b) => a.weight - b.weight);
  let packages = [];
  for (let level = 0; level < longest; level += 1) {
    const pairs = [];
    for (let i = 0; i + 1 < packages.length; i += 2) {
      const [a, b] = [packages[i], packages[i + 1]];
      pairs.push({ weight: a.weight + b.weight, symbols: [...a.symbols, ...b.symbols] });
    }
    packages = [...single, ...pairs].sort((a, b) => a.weight - b.weight);
  }
  for (const { symbols } of packages.slice(0, 2 * single.length - 2)) {
    for (const symbol of symbols) lengths[symbol] += 1;
  }
  return lengths;
}

/** The codes of these lengths, reversed: deflate writes their first bit first. */
function codesOf(lengths) {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    code <<= 1;
    for (let symbol = 0; symbol < lengths.length; symbol += 1) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit += 1) if ((code >> bit) & 1) reversed |= 1 << (length - 1 - bit);
      codes[symbol] = reversed;
      code += 1;
    }
  }
  return codes;
}
