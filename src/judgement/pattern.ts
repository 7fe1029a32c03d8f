/**
 * How a client chooses its quick-mode message IDs: does it count (KB 942429), or draw them at random
 * (RFC 2408 3.1)? Two models are compared by likelihood; vendor IDs shift the odds, no more.
 */

/** What a client that counts begins with. */
export const FIRST_ID = 1;

export type PatternKind = "sequential" | "random" | "undetermined";
export type ByteOrder = "big-endian" | "byte-swapped";

export interface Pattern {
  kind: PatternKind;
  /** Posterior probability of the likelier class, 0..1. */
  confidence: number;
  /** Reading of the IDs under which the sequential model fits best; null without IDs. */
  byteOrder: ByteOrder | null;
  /** The observed IDs speak clearly against what the vendor ID lets expect. */
  contradictsVendor: boolean;
}

/** ln(2^32 - 1): the random model gives every ID the same probability. */
const LOG_RANDOM = Math.log(0xffffffff);
/** Logarithm of the Riemann zeta of 1.5, the sum of n^-1.5 over all first IDs n. */
const LOG_ZETA_1_5 = Math.log(2.612375348685488);
/** Riemann zeta of 2, less its first term: sum of s^-2 over the gaps s >= 2. */
const ZETA_2_TAIL = Math.PI ** 2 / 6 - 1;
const STEP_OF_ONE = 0.95;
const LOG_STEP_OF_ONE = Math.log(STEP_OF_ONE);
const LOG_GAP = Math.log((1 - STEP_OF_ONE - 1e-9) / ZETA_2_TAIL);
/** A counter does not go back. Spread over all values, so that the model stays a probability. */
const LOG_DECREASE = Math.log(1e-9) - LOG_RANDOM;
/** Windows sends IDs in network byte order; swapped ones would need a faulty stack. */
const LOG_BYTE_ORDER = { "big-endian": Math.log(0.95), "byte-swapped": Math.log(0.05) };
const LOG_VENDOR_ODDS = Math.log(9);
const NAMED = 0.99;

/** Log-likelihood of one IKE SA's IDs under the sequential model, read in a byte order. */
function logSequential(ids: readonly number[], read: (id: number) => number): number {
  let sum = logFirst(read(ids[0]));
  for (let i = 1; i < ids.length; i += 1) {
    const step = read(ids[i]) - read(ids[i - 1]);
    if (step === 1) sum += LOG_STEP_OF_ONE;
    else if (step > 1) sum += LOG_GAP - 2 * Math.log(step);
    else sum += LOG_DECREASE;
  }
  return sum;
}

function logFirst(id: number): number {
  return -1.5 * Math.log(id) - LOG_ZETA_1_5;
}

function asItIs(id: number): number {
  return id;
}

/** The four bytes in the other order. */
export function byteSwapped(id: number): number {
  return (((id & 0xff) << 24) | ((id & 0xff00) << 8) | ((id >>> 8) & 0xff00) | (id >>> 24)) >>> 0;
}

/**
 * @param sas the IDs (1..2^32-1) of the quick modes that the client started, per IKE SA in order of first
 *   appearance, retransmissions removed
 * @param microsoftVersion number of the Microsoft vendor ID ("MS NT5 ISAKMPOAKLEY"), or null
 */
export function classifyPattern(
  sas: readonly (readonly number[])[],
  microsoftVersion: number | null,
): Pattern {
  let count = 0;
  let bigEndian = LOG_BYTE_ORDER["big-endian"];
  let swapped = LOG_BYTE_ORDER["byte-swapped"];
  for (const ids of sas) {
    if (ids.length === 0) continue;
    count += ids.length;
    bigEndian += logSequential(ids, asItIs);
    swapped += logSequential(ids, byteSwapped);
  }
  const isSwapped = swapped > bigEndian;
  const evidence = (isSwapped ? swapped : bigEndian) + LOG_RANDOM * count;
  const prior = priorOf(microsoftVersion);
  const sequential = probabilityOf(count === 0 ? prior : evidence + prior);
  const which = count === 0 ? 0 : bitsOf(sequential, evidence, prior);
  return {
    kind: KINDS[which & KIND_BITS],
    confidence: confidenceOf(sequential),
    byteOrder: count === 0 ? null : isSwapped ? "byte-swapped" : "big-endian",
    contradictsVendor: (which & CONTRADICTS) !== 0,
  };
}

/** Log-odds that the vendor ID gives a client that counts. */
function priorOf(microsoftVersion: number | null): number {
  if (microsoftVersion === null) return 0;
  return microsoftVersion >= 5 ? LOG_VENDOR_ODDS : -LOG_VENDOR_ODDS;
}

function probabilityOf(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

function confidenceOf(sequential: number): number {
  return Math.max(sequential, 1 - sequential);
}

/** Kind, and whether it contradicts the vendor ID, of a client with IDs. */
function bitsOf(sequential: number, evidence: number, prior: number): number {
  if (confidenceOf(sequential) <= NAMED) return UNDETERMINED;
  const kind = sequential > 0.5 ? SEQUENTIAL : RANDOM;
  return prior !== 0 && prior > 0 !== evidence > 0 ? kind | CONTRADICTS : kind;
}

const KINDS: readonly PatternKind[] = ["undetermined", "sequential", "random"];
const UNDETERMINED = 0;
const SEQUENTIAL = 1;
const RANDOM = 2;
const KIND_BITS = 3;
const BYTE_SWAPPED = 4;
const CONTRADICTS = 8;
const WHICH_SHIFT = 20;

/**
 * The pattern of a client with one ID as a word: millionths of its confidence, and from bit 20 on two bits of its kind, one of
 * the byte order, and one of what contradicts the vendor ID. There are tens of thousands of such clients.
 */
export function wordOfOne(id: number, microsoftVersion: number | null): number {
  const bigEndian = LOG_BYTE_ORDER["big-endian"] + logFirst(id);
  const swapped = LOG_BYTE_ORDER["byte-swapped"] + logFirst(byteSwapped(id));
  const isSwapped = swapped > bigEndian;
  const evidence = (isSwapped ? swapped : bigEndian) + LOG_RANDOM;
  const prior = priorOf(microsoftVersion);
  const sequential = probabilityOf(evidence + prior);
  const which = bitsOf(sequential, evidence, prior) | (isSwapped ? BYTE_SWAPPED : 0);
  return (which << WHICH_SHIFT) | Math.round(confidenceOf(sequential) * 1e6);
}

/** The client counts, by such a word. */
export function isSequential(word: number): boolean {
  return ((word >>> WHICH_SHIFT) & KIND_BITS) === SEQUENTIAL;
}

export function contradictsVendor(word: number): boolean {
  return ((word >>> WHICH_SHIFT) & CONTRADICTS) !== 0;
}
