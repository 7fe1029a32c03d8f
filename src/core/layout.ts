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
/** Bytes of the block of a batch. */
export const BATCH_BYTES = 20;

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

/** Of each flow, see ike/flow-columns.ts: f64, i32, i32, i32, u8, i32; then 1 where a quick mode waits (u8). */
export const FLOW_LAST_AT = 32;
export const FLOW_SEGMENT = 36;
export const FLOW_REVERSE = 40;
export const FLOW_SOURCES = 44;
export const FLOW_ESP = 48;
export const FLOW_FROM = 52;
export const FLOW_WATCHED = 56;

/** Of each host: 1 where a quick mode waits for it (u8). */
export const HOST_WATCHED = 60;
/** Of each host its place + 1 (i32), and how many hosts have one: a value. Of each place 64 seconds: i32, f64, f64. */
export const PLACES = 64;
export const PLACES_LENGTH = 68;
export const PLACE_SECOND = 72;
export const PLACE_FIRST = 76;
export const PLACE_LAST = 80;

/** Of each flow its first slot + 1 (i32), and how many flows have one: a value. Of each slot the next one + 1 (i32). */
export const SPI_HEADS = 84;
export const SPI_HEADS_LENGTH = 88;
export const SPI_NEXT = 92;
/** Of each slot, see ike/spis.ts: u32, f64, i32, f64, u32. */
export const SPI = 96;
export const SPI_LAST_AT = 100;
export const SPI_LAST_SEGMENT = 104;
export const SPI_LAST_SEQUENCE = 108;
export const SPI_PACKETS = 112;
/** u8, f64, f64. */
export const SPI_UNHEARD = 116;
export const SPI_UNHEARD_SINCE = 120;
export const SPI_UNHEARD_THIRD_AT = 124;
/** u32 each. */
export const SPI_EXPECTED = 128;
export const SPI_COUNTED = 132;
export const SPI_LATEST = 136;

/** Bytes of the block of the tables. */
export const TABLES_BYTES = 140;
