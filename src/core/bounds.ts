/**
 * Bounds that the core must have as `capture/`, `feed/` and `ike/` have them. Read by both compilers, so it has numbers alone; the walk
 * names the type where it uses one.
 */

/** So many packets without a sign of the other side are a sender that is not heard any more. */
export const UNHEARD = 3;
/** Over so many microseconds it went on for long. */
export const UNHEARD_SPAN = 20_000_000;
/** A greater step of the sequence number, or a pause of more microseconds, is not a gap: a new count begins there. */
export const MAX_STEP = 1_000;
export const MAX_PAUSE = 60_000_000;
/** Packets overtake each other by some tens. */
export const WINDOW = 32;

/** Seconds kept of each host; a power of two, more than the minute that rules look back on. */
export const SECONDS = 64;
export const MICROS = 1_000_000;

/** SPIs kept of one flow: the one that was silent longest goes first. One that redials all day has so many. */
export const SPIS_PER_FLOW = 32;

/** Entries of the known flows behind its own in which a flow may stand. */
export const PROBES = 8;

/** No capture program writes records larger than this (libpcap's MAXIMUM_SNAPLEN). */
export const MAX_RECORD = 262_144;
/** Blocks of a pcapng that must be at hand in full: a packet with generous options, or an interface description. */
export const MAX_BLOCK = 16_777_216;

/** A clock that steps back by more microseconds begins a new segment. */
export const TOLERATED_STEP = 1_000_000;
/** Times of earlier segments that are kept of one flow. */
export const EARLIER_PER_FLOW = 8;
/** What keeps records of one timestamp in their order: small beside every time that matters, exact until 2112. */
export const NEXT = 0.5;
