/**
 * Rows of IKE SAs, of their paths and of quick modes (linear/rows.ts): offset of each field in bytes, as `rowOf` lays them
 * out by their names in ike/; test/core/layout.test.ts holds them equal. Read by both compilers, so it has numbers alone.
 */

/** Of an IKE SA, see ike/sa-numbers.ts: numbers (f64), of which those of each side stand side by side; */
export const SA_BYTES = 392;
export const SA_NUMBERS = 15;
export const FIRST_AT = 0;
export const HASH_NUMBER = 8;
export const LAST_LIFE_AT = 16;
export const LAST_FRESH_AT = 24;
export const INFORMATIONAL_AT = 32;
export const PHASE1_FINISHED_AT = 40;
export const LIFETIMES = 56;
export const FIRST_FROM_AT = 72;
export const LAST_FROM_AT = 88;
export const LAST_MESSAGE_AT = 104;
/** words (u32); */
export const PATH_ROOM = 120;
export const COOKIES = 184;
export const PHASE1_MESSAGES = 200;
export const SOURCES = 208;
export const LAST_FROM_SEGMENT = 216;
export const LAST_KIND = 224;
export const LAST_ID = 232;
export const VENDOR_LIST = 240;
export const NAT_HASH_COUNT = 248;
export const NAT_HASH_WORDS = 256;
export const RECENT_PREFIX = 288;
export const RECENT_FULL = 320;
export const NUMBER = 352;
export const FIRST_SEGMENT = 356;
export const LIFE_SEGMENT = 360;
export const ANSWERED_INFORMATIONALS = 364;
export const INFORMATIONAL_LENGTH = 368;
export const DISTINCT = 372;
export const LATEST_ADDRESS = 376;
export const TOLD_ADDRESS = 380;
/** bytes, */
export const MODE = 384;
export const INFORMATIONAL_SIDE = 385;
export const RECENT_SIDES = 386;
export const RECENT_CUT = 387;
export const PATH_COUNT = 388;
/** and bits of one of them. */
export const SA_FLAGS = 389;
export const PHASE1_SEEN = 1;
export const NAT_DISCOVERY = 2;
export const CUT_OR_LOGGED = 12;
/** Of any row: it has something that most of its kind have not, in its object. */
export const RARE = 128;

/** Stands for the address of a row that does not lie in linear memory. */
export const ELSEWHERE = 0xffff_ffff;

/** Distinct messages that are remembered, paths in the row, and words of NAT-D hashes of a side. */
export const RECENT_MESSAGES = 8;
export const PATHS_INSIDE = 2;
export const NAT_HASHES = 4;

/** Of a path, see ike/paths.ts: numbers (f64), a word, bytes, and a bit of one. */
export const PATH_BYTES = 32;
export const PATH_LAST_AT = 0;
export const ENDS = 8;
export const PATH_LAST_SEGMENT = 24;
export const HEARD = 28;
export const SECURED = 29;
export const PATH_FLAGS = 30;
export const NAT_TRAVERSAL = 1;

/** Of a quick mode, see ike/exchange.ts: numbers (f64); */
export const EXCHANGE_BYTES = 144;
export const EXCHANGE_NUMBERS = 13;
export const STARTED_FROM = 0;
export const BEGAN_AT = 8;
export const FIRST_MICROS = 16;
export const FIRST_FRAME_NUMBER = 24;
export const FIRST_DIGEST = 32;
export const FIRST_PREFIX = 40;
export const REPLY_AT = 48;
export const REPLY_LENGTH = 56;
export const FOLLOWED_AT = 64;
export const FOLLOWED_LENGTH = 72;
export const OTHER_SENT_AT = 80;
/** words (u32); */
export const MESSAGE_ID = 104;
export const BEGAN_IN_SEGMENT = 108;
export const FIRST_NANOS = 112;
export const FIRST_SOURCE = 116;
export const FIRST_LENGTH = 120;
export const RETRANSMISSIONS = 124;
export const OLDER_ADDRESS = 128;
export const ANNEX_ADDRESS = 132;
export const WAITING_ADDRESS = 136;
/** bits of a byte. */
export const EXCHANGE_FLAGS = 140;
export const STARTED_BY_SIDE_1 = 1;
export const FIRST_CUT = 2;
export const FOLLOWED_REPLY = 4;
export const FOLLOWED_SHORTER = 8;
export const UNHEARD_BEFORE = 16;

/** Of the annex of one: numbers (f64), and words (u32). */
export const ANNEX_BYTES = 80;
export const ANNEX_NUMBERS = 8;
export const OTHER_INFORMATIONAL_AT = 0;
export const OTHER_MICROS = 8;
export const OTHER_FRAME = 16;
export const STARTER_INFORMATIONAL_AT = 24;
export const STARTER_LEFT_AT = 32;
export const LIFE_BEFORE_AT = 40;
export const SENT_BEFORE_AT = 48;
export const ESP_BEFORE_AT = 56;
export const OTHER_NANOS = 64;
export const OTHER_SOURCE = 68;

/** Of the Informationals of an IKE SA, see ike/informationals.ts: times (f64), so many of each side; counts (u32). */
export const TOLD_BYTES = 264;
export const TOLD_NUMBERS = 32;
export const TIMES_OF_SIDE = 16;
export const TOLD_COUNTS = 256;
