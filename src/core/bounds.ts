/**
 * Bounds that the walk and the tables of `ike/` must have alike. Read by both compilers, so it has numbers alone; the walk
 * names the type where it uses one.
 */

/** So many packets without a sign of the other side are a sender that is not heard any more. */
export const UNHEARD = 3;
/** A greater step of the sequence number, or a pause of more microseconds, is not a gap: a new count begins there. */
export const MAX_STEP = 1_000;
export const MAX_PAUSE = 60_000_000;
/** Packets overtake each other by some tens. */
export const WINDOW = 32;

/** Seconds kept of each host; a power of two, more than the minute that rules look back on. */
export const SECONDS = 64;
export const MICROS = 1_000_000;

/** Entries of the known flows behind its own in which a flow may stand. */
export const PROBES = 8;
