/**
 * What survey.ts leaves of each IKE SA, by its index: columns, in a block as those of layout.ts. Read by both compilers, so it
 * has numbers alone.
 */

/** Where the row of each IKE SA lies, or 0: words. What follows is left of those alone whose row lies here. */
export const SA_ROWS = 0;
/** Bits, see below (bytes). */
export const BITS = 4;
/** Of both sides on the first path: hosts (u32 each), and ports, the second one in the upper half (u32). */
export const FIRST_HOSTS = 8;
export const SECOND_HOSTS = 12;
export const BOTH_PORTS = 16;
/** Bits of the first one. */
export const PORT_BITS = 16;
/** When it began, and in which segment of the clock (f64, u32). */
export const BEGAN_ATS = 20;
export const BEGAN_SEGMENTS = 24;
/** Numbers of the lists of vendor IDs of each side (u32). */
export const FIRST_VENDOR_LISTS = 28;
export const SECOND_VENDOR_LISTS = 32;
/** Message ID of its only quick mode (u32), when that began, and the last sign of life of the IKE SA (f64). */
export const MESSAGE_IDS = 36;
export const QUICK_MODES_AT = 40;
export const LAST_ATS = 44;
/** Bytes of the block. */
export const SURVEY_BYTES = 48;

/** Phase 1 was seen; the responder answered; a side has several addresses, on whatever paths. */
export const HAS_PHASE_1 = 1;
export const IS_ANSWERED = 2;
export const IS_MOVED = 4;
/**
 * Phase 1 was finished by the side that answered it; the other one began one quick mode, which was completed, and there was
 * none beside it; all of that in the latest segment of the clock, and its own numbers show nothing unusual.
 */
export const IS_PLAIN = 8;
/** Its quick mode has something that most have not, which its object tells. */
export const HAS_RARE_QUICK_MODE = 16;
/** It has more paths than lie in its row: whether it is moved is left open. */
export const HAS_MORE_PATHS = 32;
