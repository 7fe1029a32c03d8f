/**
 * The border: one block of linear memory in which the host writes where everything lies, and which the walk reads.
 * Each field is 4 bytes at this offset: the address of a column, unless it says otherwise. Columns have one element for
 * each row, host or slot; the types are those of the arrays in capture/, feed/ and ike/.
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
/** Segment of the clock, and the bit of the source: values (i32). */
export const SEGMENT = 20;
export const SOURCE_BIT = 24;

/** Rule of each UDP port (u8), see wire/ports.ts; packets by code of `Kind` (f64). */
export const PORTS = 28;
export const KINDS = 32;

/** Flows that were seen: source, destination, ports, row + 1 (u32 each), see ike/known-flows.ts. */
export const KNOWN = 36;
/** Entries of it less one; two odd factors of its hash: values (u32). */
export const KNOWN_MASK = 40;
export const KNOWN_FACTOR = 44;
export const KNOWN_MIX = 48;

/** Of each flow, see ike/flow-columns.ts: f64, i32, i32, i32, u8, i32; then 1 where a quick mode waits (u8). */
export const FLOW_LAST_AT = 52;
export const FLOW_SEGMENT = 56;
export const FLOW_REVERSE = 60;
export const FLOW_SOURCES = 64;
export const FLOW_ESP = 68;
export const FLOW_FROM = 72;
export const FLOW_WATCHED = 76;

/** Of each host: 1 where a quick mode waits for it (u8). */
export const HOST_WATCHED = 80;
/** Of each host its place + 1 (i32), and how many hosts have one: a value. Of each place 64 seconds: i32, f64, f64. */
export const PLACES = 84;
export const PLACES_LENGTH = 88;
export const PLACE_SECOND = 92;
export const PLACE_FIRST = 96;
export const PLACE_LAST = 100;

/** Of each flow its first slot + 1 (i32), and how many flows have one: a value. Of each slot the next one + 1 (i32). */
export const SPI_HEADS = 104;
export const SPI_HEADS_LENGTH = 108;
export const SPI_NEXT = 112;
/** Of each slot, see ike/spis.ts: u32, f64, i32, f64, u32. */
export const SPI = 116;
export const SPI_LAST_AT = 120;
export const SPI_LAST_SEGMENT = 124;
export const SPI_LAST_SEQUENCE = 128;
export const SPI_PACKETS = 132;
/** u8, f64, f64. */
export const SPI_UNHEARD = 136;
export const SPI_UNHEARD_SINCE = 140;
export const SPI_UNHEARD_THIRD_AT = 144;
/** u32 each. */
export const SPI_EXPECTED = 148;
export const SPI_COUNTED = 152;
export const SPI_LATEST = 156;

/** Bytes of the block. */
export const BLOCK_BYTES = 160;
