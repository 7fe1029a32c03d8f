/**
 * Where hashes.ts and text.ts have what they read and leave: they are a core of their own (linear/report-core.ts), with a
 * memory of their own, and these are addresses there. What the compiler puts there lies below, from 1024 on. Read by both
 * compilers, so it has numbers alone.
 */

/** A message to be hashed, and room for its padding; the hash. */
export const HASHED = 2048;
export const MOST_HASHED = 256;
export const HASH = 2432;
/** Words of all rounds of a hash. */
export const SCHEDULE = 2496;
/** Bytes of the memory that hashes need. */
export const HASHES_END = 2816;

/** The second that was put into words last, as "2026-03-02T08:06:00." */
export const SECOND_TEXT = 2816;
/** Pieces of text that are written again and again. */
export const PIECES = 3072;
export const PIECES_END = 8192;
/** What is to be written: words, of each a kind and what belongs to it. */
export const STEPS = 8192;
export const STEPS_END = 73728;
/** The text, in bytes. */
export const TEXT = 73728;
export const TEXT_END = 262144;

/** Kinds, and the words behind each. */
/** A piece: its address and its length. */
export const PIECE = 0;
/** Bytes that follow: how many, then these, filled up to whole words. */
export const BYTES = 1;
/** A whole number. */
export const WHOLE = 2;
/** A fraction: millionths, 0 to 1,000,000. */
export const MILLIONTHS = 3;
/** An ID of eight hexadecimal digits, in quotes: "0x0000002a". */
export const HEX = 4;
/** A time, in quotes: seconds since the epoch, microseconds. */
export const TIME = 5;
/** An address of IPv4, in quotes. */
export const ADDRESS = 6;
/** The Community ID of a flow of UDP over IPv4, in quotes: both addresses, then both ports as one word. */
export const FLOW = 7;
