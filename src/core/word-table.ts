/** Keys of four words: `find` of `WordTable` (collections/word-table.ts), without what it remembers of the last keys. */

const KEY_SHIFT: u32 = 4;

/**
 * Row of the key, or -1.
 *
 * @param keys column of the keys
 * @param slots column of the slots
 * @param mask slots less one
 * @param factors column of the factors of the hash
 */
export function rowOf(
  keys: usize,
  slots: usize,
  mask: u32,
  factors: usize,
  first: u32,
  second: u32,
  third: u32,
  fourth: u32,
): i32 {
  const hash = hashOf(factors, first, second, third, fourth);
  let slot = hash & mask;
  let row = rowAt(slots, slot);
  while (row >= 0) {
    const key = keys + ((<usize>row) << KEY_SHIFT);
    const isIt =
      load<u32>(key, 12) === fourth &&
      load<u32>(key, 8) === third &&
      load<u32>(key, 4) === second &&
      load<u32>(key) === first;
    if (isIt) break;
    slot = (slot + 1) & mask;
    row = rowAt(slots, slot);
  }
  return row;
}

function rowAt(slots: usize, slot: u32): i32 {
  return load<i32>(slots + ((<usize>slot) << 2)) - 1;
}

function hashOf(factors: usize, first: u32, second: u32, third: u32, fourth: u32): u32 {
  const a =
    load<u32>(factors, 64) +
    half(factors, 0, first) +
    half(factors, 16, second) +
    half(factors, 32, third) +
    half(factors, 48, fourth);
  const b =
    load<u32>(factors, 68) +
    half(factors, 8, first) +
    half(factors, 24, second) +
    half(factors, 40, third) +
    half(factors, 56, fourth);
  let hash = (a & 0xffff0000) | (b >> 16);
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash ^= hash >> 13;
  return hash ^ (hash >> 16);
}

/** Both halves of a word by the factors at an offset, which is one of one sum, or of the other. */
function half(factors: usize, offset: usize, word: u32): u32 {
  return load<u32>(factors + offset) * (word & 0xffff) + load<u32>(factors + offset + 4) * (word >> 16);
}
