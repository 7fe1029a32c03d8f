/**
 * Where hashes.ts has what it reads and leaves: it is a core of its own (linear/report-core.ts), with a memory of its own,
 * and these are addresses there. What the compiler puts there lies below, from 1024 on. Read by both compilers, so it has
 * numbers alone.
 */

/** A message to be hashed, and room for its padding; the hash. */
export const HASHED = 2048;
export const MOST_HASHED = 256;
export const HASH = 2432;
/** Words of all rounds of a hash. */
export const SCHEDULE = 2496;
/** Bytes of the memory that hashes need. */
export const HASHES_END = 2816;
