/** What hashes blocks that differ in one byte. */

/** The first two words of the last hash, as they stand in it: big-endian. */
export interface HashStart {
  first: number;
  second: number;
}

/** The word, of sixteen, in whose last byte the messages differ: NAT-D has an address there, behind two cookies. */
export const CHANGED_WORD = 4;

/** Hashes blocks that differ in one byte. */
export interface BlockHash {
  /** Takes one of them: sixteen words, padded by `paddedBlock`, which are copied. */
  begin(block: Int32Array): void;
  /** Writes the hash of the block with `change`, of eight bits, added to the byte by XOR. */
  of(change: number, out: HashStart): void;
}
