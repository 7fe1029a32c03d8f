/**
 * Where hashes.ts, text.ts, community-ids.ts and plain-rows.ts have what they read and leave: they are a core of their own
 * (linear/report-core.ts), and these are addresses in its memory, where nothing else lies below `TEXT_END`. What the
 * compiler puts there lies below, from 1024 on. Read by both compilers, so it has numbers alone.
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
/** What rows of plain clients are written with, and where their text ended: words, see below. */
export const ROWS = 2880;
/** Parts of such a row: a piece each (its address, its length), and the kind of value behind it. */
export const ROW_PARTS = 2912;
export const PART_BYTES = 12;
/** Pieces of text that are written again and again. */
export const PIECES = 3328;
export const PIECES_END = 12288;
/** What rows say by the list of vendor IDs, and by the pattern; see below. */
export const VENDORS = 12288;
export const PATTERNS = 15360;
export const PATTERNS_END = 18432;
/** Rows that are to be written: the address of an IKE SA, that of its responder, a word of IPv4, and its pattern (u32 each). */
export const WANTED = 18432;
export const WANTED_BYTES = 12;
export const WANTED_END = 30720;
/** Of Community IDs that are made side by side: words of all rounds, hashes, and where each is to stand. */
export const LANE_SCHEDULE = 30720;
export const LANE_HASHES = 32000;
export const LANE_PLACES = 32080;
/** What is to be written: words, of each a kind and what belongs to it. */
export const STEPS = 32256;
export const STEPS_END = 96256;
/** The text, in bytes. */
export const TEXT = 96256;
export const TEXT_END = 327680;

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
export const FLOW_BYTES = 32;
/** A cookie of ISAKMP, in quotes: two words, sixteen hexadecimal digits. */
export const COOKIE = 8;

/** Of the words at `ROWS`: where the text ends; from where on the text is full; */
export const END_OF_TEXT = 0;
export const FULL_AT = 4;
/** addresses of all hosts, four words each (ike/hosts.ts); how many parts a row has; and the piece between two Community IDs. */
export const HOST_WORDS = 8;
export const PART_COUNT = 12;
export const BETWEEN_FLOWS = 16;

/** Kinds of values: none, address and port of the client, the responder, */
export const NOTHING = 0;
export const CLIENT_ADDRESS = 1;
export const CLIENT_PORT = 2;
export const RESPONDER_ADDRESS = 3;
/** what its vendor IDs say, and what its pattern says, */
export const PLATFORM = 4;
export const KIND = 5;
export const CONFIDENCE = 6;
export const BYTE_ORDER = 7;
export const ANOMALY = 8;
/** its one message ID, its Community IDs, and times. */
export const ONE_ID = 9;
export const FLOWS = 10;
export const FIRST_SEEN = 11;
export const LAST_SEEN = 12;
export const CONNECTED = 13;

/** Of each list of vendor IDs, by its number: piece of the platform, and the group of lists with one version, from 1 on. */
export const MOST_VENDORS = 256;
export const VENDOR_BYTES = 12;
/** Of a pattern: millionths of its confidence, and behind so many bits which kind it is (judgement/pattern.ts `wordOfOne`). */
export const CONFIDENCE_BITS = 20;
/** Of each kind of pattern in each group: pieces of its name, of the byte order, and of what contradicts the vendor IDs. */
export const MOST_GROUPS = 8;
export const MOST_KINDS = 16;
export const PATTERN_BYTES = 24;
