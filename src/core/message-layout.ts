/**
 * What `arrive` (arrive.ts) reads and leaves: offsets as in layout.ts. Read by both compilers, so it has numbers alone.
 */

/**
 * Of a table of keys (collections/word-table.ts): keys (u32), slots (i32), factors (i32), hashes (i32) and the number of
 * rows (i32); slots less one: a value.
 */
export const KEYS = 0;
export const SLOTS = 4;
export const FACTORS = 8;
export const HASHES = 12;
export const COUNT = 16;
export const MASK = 20;

/** Block of the tables: that of hosts, as above. */
export const HOSTS = 0;
/** Datagrams of the last second: records, heads of lists (i32), factors (i32), the ring (i32), heads less one: a value. */
export const RECENT = 24;
export const RECENT_HEADS = 28;
export const RECENT_FACTORS = 32;
export const RECENT_RING = 36;
export const RECENT_MASK = 40;
/** Of each, which IKE SA it was counted for (u32): its running number + 1, or 0. */
export const RECENT_SAS = 44;
/** Their further places: records, and the list of those that are free (i32); how many there is room for: a value. */
export const FURTHER = 48;
export const FURTHER_STATE = 52;
export const FURTHER_ROOM = 56;
/** Seeds of the digest: values. */
export const SEED_A = 60;
export const SEED_B = 64;
/** What is found out of the message. */
export const ARRIVAL = 68;
/** Bytes of the block. */
export const MESSAGE_TABLES_BYTES = 72;

/** Numbers (f64) of a record of 64 bytes, see ike/seen-places.ts and ike/recent-datagrams.ts, as a power of two of bytes; */
export const RECORD_SHIFT = 6;
export const AT = 0;
export const FROM = 1;
export const TO = 2;
export const CAPTURE_POINT = 3;
export const FULL = 4;
export const PREFIX = 5;
/** and the words (i32) that take the places of the last two. */
export const NEXT = 12;
export const SEGMENT_OF = 13;
export const FURTHER_OF = 14;
export const REST = 15;
/** Bits of the last one. */
export const IDENTIFICATION = 0xffff;
export const CUT = 0x10000;
export const SIDE = 0x20000;

/** Of the ring (i32): row of the oldest, how many there are, and how many could not be remembered. */
export const OLDEST = 0;
export const SIZE = 1;
export const EVICTED = 2;
/** Of the further places (i32): rows that were ever used, and the first free row + 1. */
export const USED = 0;
export const FREE = 1;

/** What is found out: a record of the datagram, as above, and behind it (f64 each): offsets into the bytes of the batch */
/** of the sender's address, and of the message; */
export const ADDRESSES = 8;
export const MESSAGE = 9;
/** bytes captured of the message or of padding behind it, and the bytes that the datagram has of both; */
export const CAPTURED_OF_DATAGRAM = 10;
export const LENGTH_OF_DATAGRAM = 11;
/** 1 behind a non-ESP marker; row among the datagrams of the last second, or -1; 1 where the message is a copy of it. */
export const MARKER = 12;
export const ROW = 13;
export const IS_ECHO = 14;
export const ARRIVAL_NUMBERS = 16;

/** Bounds of the copy filter, see ike/copies.ts: microseconds, then counts. */
export const OTHER_POINT_WINDOW = 500_000;
export const SAME_POINT_WINDOW = 250_000;
export const SAME_IDENTIFICATION_WINDOW = 1_000_000;
export const MAX_REMEMBERED = 32_768;
export const MAX_ALIKE = 16;
export const MAX_POINTS = 16;
/** Bytes that the digest of a beginning is of, see wire/digest.ts. */
export const DIGEST_PREFIX = 44;
