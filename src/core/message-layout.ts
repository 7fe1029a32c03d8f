/**
 * What `arrive` (arrive.ts) reads and leaves beside the tables of layout.ts: offsets as there. Read by both compilers, so it has numbers alone.
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

/**
 * Of a pool of rows (linear/rows.ts): the chunk in which rows may be made, and its length in units of eight bytes: values;
 * where the first row begins there that was never taken, in the same units, and how many were given back (i32 each); and where
 * these are (u32).
 */
export const CHUNK = 0;
export const LENGTH = 4;
export const END = 8;
export const FREE_ROWS = 12;
/** Behind the first of the two. */
export const FREE_COUNT = 4;

/** Block of the tables: that of IKE SAs by their cookies, as above; pools of IKE SAs, of quick modes and of Informationals. */
export const SAS = 0;
export const SA_POOL = 24;
export const EXCHANGE_POOL = 40;
export const TOLD_POOL = 56;
/** Of each key of an IKE SA where its row lies, 0 where it does elsewhere (u32). */
export const SA_ADDRESSES = 72;
/** Counts (i32), and notes (u32 each), see below; IKE SAs and parts of them that are held at most: values. */
export const COUNTS = 76;
export const NOTES = 80;
export const MAX_HELD = 84;
export const MAX_PARTS = 88;
/** 1 where half-open IKE SAs share an initiator cookie: a value. */
export const SIBLINGS = 92;
/** Of each host: 1 where it sent or was sent ISAKMP (u8); the first quick mode that waits for it and was begun here (u32). */
export const ISAKMP = 96;
export const WAITING = 100;
/** What messages in the clear say, see clear-payloads.ts. */
export const KNOWN_CLEAR = 104;
/** Number of the source: a value. */
export const SOURCE = 108;
/** Datagrams of the last second: records, heads of lists (i32), factors (i32), the ring (i32), heads less one: a value. */
export const RECENT = 112;
export const RECENT_HEADS = 116;
export const RECENT_FACTORS = 120;
export const RECENT_RING = 124;
export const RECENT_MASK = 128;
/** Of each, which IKE SA it was counted for (u32): its running number + 1, or 0. */
export const RECENT_SAS = 132;
/** Their further places: records, and the list of those that are free (i32); how many there is room for: a value. */
export const FURTHER = 136;
export const FURTHER_STATE = 140;
export const FURTHER_ROOM = 144;
/** Seeds of the digest: values. */
export const SEED_A = 148;
export const SEED_B = 152;
/** What is found out of the message. */
export const ARRIVAL = 156;
/** 1 where messages may be taken to their IKE SAs: a value. */
export const TAKES = 160;
/** 1 where somebody wants to see each message that was taken: a value. */
export const SHOWN = 164;
/** What became of the frame at which `pass` stopped (i32, see below), and messages that it took since these were last read: */
/** all, and those of quick mode (u32). */
export const BECAME = 168;
export const TAKEN_MESSAGES = 172;
export const TAKEN_QUICK_MODES = 176;
/** Pool of the annexes of quick modes. */
export const ANNEX_POOL = 180;
/** Bytes of the block. */
export const MESSAGE_TABLES_BYTES = 196;

/** Of the counts: IKE SAs ever, IKE SAs held, parts of them (see ike/sa-table.ts), and notes that nobody read yet. */
export const CREATED = 0;
export const HELD = 1;
export const PARTS = 2;
export const NOTED = 3;
export const SA_COUNTS = 4;

/** What a note is of: an IKE SA that was begun, one that has another key, a quick mode or Informationals of one. */
export const SA_BEGUN = 0;
export const SA_NAMED = 1;
export const EXCHANGE_BEGUN = 2;
export const TOLD_BEGUN = 3;
/** Words of a note: which of these, row of the key; and, of all but the second, the address of the new row, */
export const NOTE_WORDS = 4;
export const NOTE_KIND = 0;
/** where that of a quick mode also says whether its first message came on the NAT-T port, and to which port it went; */
export const NOTE_KIND_MASK = 0xff;
export const NOTE_NAT_TRAVERSAL = 0x100;
export const NOTE_PORT_SHIFT = 16;
export const NOTE_KEY = 1;
export const NOTE_ADDRESS = 2;
/** of the second, the row of the key that it had before; of a quick mode, the host that it went to. */
export const NOTE_OTHER_KEY = 2;
export const NOTE_HOST = 3;
/** Notes that there is room for. */
export const MAX_NOTES = 16_384;

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
/** Number of the first frame of the batch, which the host writes. */
export const FIRST_FRAME = 15;
/** 1 where what the message says in the clear is not known yet, and is to be told (see clear-payloads.ts). */
export const ASKS = 16;
/** Of a message that may be taken to its IKE SA: its frame and time as written, its length, its side, row of the SA's key. */
export const FRAME = 17;
export const WRITTEN_MICROS = 18;
export const WRITTEN_NANOS = 19;
export const STATED_LENGTH = 20;
export const SENT_BY = 21;
export const KEY = 22;
export const ARRIVAL_NUMBERS = 24;

/** What `arrive` answers: the host has to look at the frame; it goes on with the message; it was taken to its IKE SA, */
/** as a message of phase 1, or of quick mode. */
export const LEFT = 0;
export const ARRIVED = 1;
export const TAKEN = 2;
export const TAKEN_QUICK_MODE = 3;

/** What is known of messages in the clear, a power of two, and bytes of each; see clear-payloads.ts. */
export const CLEAR_ENTRIES = 128;
export const CLEAR_BYTES = 2_048;

/** Bounds of the copy filter, see ike/copies.ts: microseconds, then counts. */
export const OTHER_POINT_WINDOW = 500_000;
export const SAME_POINT_WINDOW = 250_000;
export const SAME_IDENTIFICATION_WINDOW = 1_000_000;
export const MAX_REMEMBERED = 32_768;
export const MAX_ALIKE = 16;
export const MAX_POINTS = 16;
/** Interfaces that a source may have, as in wire/decoded.ts. */
export const POINTS_OF_SOURCE = 65_536;
/** Bytes that the digest of a beginning is of, see wire/digest.ts. */
export const DIGEST_PREFIX = 44;
