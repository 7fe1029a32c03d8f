/**
 * The border: blocks of linear memory in which the host writes where everything lies, and which the walk reads; one for
 * the tables, and one for each batch. Each field is 4 bytes at this offset: the address of a column, unless it says
 * otherwise. Columns have one element for each row, host or slot; the types are those of the arrays in capture/, feed/
 * and ike/.
 *
 * This file is read by both compilers, so it has numbers alone.
 */

/** Of the batch: the first of its bytes (u8). */
export const BYTES = 0;
/** Of each frame (u32): offset into the bytes, and bytes captured; then the link type (u16). */
export const OFFSETS = 4;
export const CAPTURED = 8;
export const LINK_TYPES = 12;
/** Monotone time of each frame, microseconds (f64). */
export const CLOCK = 16;
/** Time of each frame as written: microseconds (f64), and nanoseconds below (u16). */
export const MICROS = 20;
export const NANOS = 24;
/** Number of the interface that each frame was seen on (u32). */
export const INTERFACES = 28;
/** Bytes of the block of a batch. */
export const BATCH_BYTES = 32;

/** Of what is walked: segment of the clock, and the bit of the source: values (i32). */
export const SEGMENT = 0;
export const SOURCE_BIT = 4;

/** Rule of each UDP port (u8), see wire/ports.ts; packets by code of `Kind` (f64). */
export const PORTS = 8;
export const KINDS = 12;

/** Flows that were seen: source, destination, ports, row + 1 (u32 each), see ike/known-flows.ts. */
export const KNOWN = 16;
/** Entries of it less one; two odd factors of its hash: values (u32). */
export const KNOWN_MASK = 20;
export const KNOWN_FACTOR = 24;
export const KNOWN_MIX = 28;

/** Lines of the flows (linear/lines.ts); then of each 1 where a quick mode waits (u8). */
export const FLOWS = 32;
export const FLOW_WATCHED = 36;

/** Of each host: 1 where a quick mode waits for it (u8). */
export const HOST_WATCHED = 40;
/** Of each host its place + 1 (i32), and how many hosts have one: a value. Of each place 64 seconds, see ike/activity.ts. */
export const PLACES = 44;
export const PLACES_LENGTH = 48;
export const PLACE_SECONDS = 52;

/** Of each flow its first slot + 1 (i32), and how many flows have one: a value. Lines of the slots. */
export const SPI_HEADS = 56;
export const SPI_HEADS_LENGTH = 60;
export const SPIS = 64;

/**
 * To begin flows, and SPIs of a flow. Tables of keys (message-layout.ts): hosts by address, flows by host numbers and ports,
 * and pairs of endpoints that quick modes may wait for ESP of, the smaller one first.
 */
export const HOST_KEYS = 68;
export const FLOW_KEYS = 92;
export const AWAITED = 116;
/** How many flows, hosts and SPIs there is room for: values. */
export const FLOW_ROOM = 140;
export const HOST_ROOM = 144;
export const SPI_ROOM = 148;
/** Of each host: 1 where it was seen sending, and which signs of life were seen (u8 each); of how many of these: a value. */
export const HOST_SENT = 152;
export const HOST_SIGNS = 156;
export const HOST_SIGNS_ROOM = 160;
/** Segment of each place (i32). Places and SPI slots that were ever used, and of those that are free (i32), see below. */
export const PLACE_SEGMENTS = 164;
export const PLACE_STATE = 168;
export const SPI_STATE = 172;
/** Places that are free (i32), how many there is room for, and how many there may be: values. */
export const PLACES_FREE = 176;
export const PLACE_ROOM = 180;
export const MOST_PLACES = 184;
/** Of each slot its first packet: time (f64), segment (i32) and sequence number (f64). */
export const SPI_FIRST_AT = 188;
export const SPI_FIRST_SEGMENT = 192;
export const SPI_FIRST_SEQUENCE = 196;

/** How many quick modes were begun whose ESP nobody looks for yet (i32). */
export const UNWATCHED = 200;
/** How many SPIs there may be: a value. */
export const MOST_SPIS = 204;

/**
 * Of each flow which it is of those that were seen in earlier segments of the clock, from 1 on (i32), and of how many flows
 * that is known: a value.
 */
export const EARLIER_PLACES = 208;
export const EARLIER_PLACES_LENGTH = 212;
/** Of each of those how many times are known; then time and segment of each (f64), the oldest first. */
export const EARLIER_TIMES = 216;

/** Bytes of the block of the tables. */
export const TABLES_BYTES = 220;

/** Signs of life of a host, a bit each, see ike/host-signs.ts: any, and ESP. */
export const SIGNS = 1;
export const ESP_SIGN = 2;

/** Of the state of places and of slots: how many were ever used; and how many places are free, or the first free slot + 1. */
export const USED = 0;
export const FREE = 4;
/** Of the state of slots: SPIs that were not kept. */
export const EVICTED = 8;

/** Of a lane of those that take turns: time of its next frame (f64), microseconds; */
export const LANE_HEAD = 0;
/** block of its batch; the next frame, and the end of those at hand (i32); index and bit of its source. */
export const LANE_BATCH = 8;
export const LANE_AT = 12;
export const LANE_END = 16;
export const LANE_SOURCE = 20;
export const LANE_SOURCE_BIT = 24;
/** Bytes of a lane. */
export const LANE_BYTES = 32;

/** Bytes of a line, as a power of two. */
export const LINE_SHIFT = 6;

/** Of the line of a flow, see ike/flow-columns.ts: f64, */
export const FLOW_LAST_AT = 0;
export const FLOW_FIRST_AT = 8;
export const FLOW_KEEPALIVE_AT = 16;
/** and i32. */
export const FLOW_SEGMENT = 24;
export const FLOW_REVERSE = 28;
export const FLOW_SOURCES = 32;
export const FLOW_ESP = 36;
export const FLOW_FROM = 40;
export const FLOW_TO = 44;
export const FLOW_FIRST_SEGMENT = 48;
export const FLOW_KEEPALIVES = 52;

/** Of the line of a slot, see ike/spi-columns.ts: f64, */
export const SPI_LAST_AT = 0;
export const SPI_LAST_SEQUENCE = 8;
export const SPI_UNHEARD_SINCE = 16;
export const SPI_UNHEARD_THIRD_AT = 24;
/** and u32. */
export const SPI = 32;
export const SPI_NEXT = 36;
export const SPI_LAST_SEGMENT = 40;
export const SPI_PACKETS = 44;
export const SPI_UNHEARD = 48;
export const SPI_EXPECTED = 52;
export const SPI_COUNTED = 56;
export const SPI_LATEST = 60;

/** Of each second of a place (f64 each): when the first and the last packet came. */
export const SECOND_BYTES = 16;
export const SECOND_FIRST = 0;
export const SECOND_LAST = 8;

/** Of the reader of a pcap or pcapng: the first of its bytes (u8); */
export const HOP_BYTES = 0;
/** of each record the offset of its frame into the bytes, bytes captured, and bytes on the wire (u32), */
export const HOP_OFFSETS = 4;
export const HOP_CAPTURED = 8;
export const HOP_ORIGINAL = 12;
/** and its time: microseconds (f64), and nanoseconds below (u16). */
export const HOP_MICROS = 16;
export const HOP_NANOS = 20;
/** Bytes of a record's header, and where the two lengths lie in it: values. */
export const HOP_RECORD_HEADER = 24;
export const HOP_CAPTURED_AT = 28;
export const HOP_ORIGINAL_AT = 32;
/** 1 for the other byte order than this machine's; 1 for nanoseconds: values. */
export const HOP_SWAPPED = 36;
export const HOP_WITH_NANOS = 40;
/** Of the reader of a pcapng: where the hop stopped, an offset into the bytes. */
export const HOP_STOPPED_AT = 44;
/** Bytes of the block of a reader. */
export const HOP_BLOCK_BYTES = 48;
