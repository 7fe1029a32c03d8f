/**
 * How a client chooses its quick-mode message IDs: does it count (KB 942429), or draw them at random
 * (RFC 2408 3.1)? Two models are compared by likelihood; vendor IDs shift the odds, no more.
 */

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
  let sum = -1.5 * Math.log(read(ids[0])) - LOG_ZETA_1_5;
  for (let i = 1; i < ids.length; i += 1) {
    const step = read(ids[i]) - read(ids[i - 1]);
    if (step === 1) sum += LOG_STEP_OF_ONE;
    else if (step > 1) sum += LOG_GAP - 2 * Math.log(step);
    else sum += LOG_DECREASE;
  }
  return sum;
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
  const evidence = Math.max(bigEndian, swapped) + LOG_RANDOM * count;
  const prior = microsoftVersion === null ? 0 : microsoftVersion >= 5 ? LOG_VENDOR_ODDS : -LOG_VENDOR_ODDS;
  const sequential = 1 / (1 + Math.exp(-(count === 0 ? prior : evidence + prior)));
  const confidence = Math.max(sequential, 1 - sequential);
  const named = count > 0 && confidence > NAMED;
  return {
    kind: !named ? "undetermined" : sequential > 0.5 ? "sequential" : "random",
    confidence,
    byteOrder: count === 0 ? null : bigEndian >= swapped ? "big-endian" : "byte-swapped",
    contradictsVendor: named && prior !== 0 && prior > 0 !== evidence > 0,
  };
}

const KINDS: readonly PatternKind[] = ["undetermined", "sequential", "random"];

/**
 * A pattern as a word: millionths of its confidence, and from bit 20 on two bits of its kind, one of the byte order, and one of
 * what contradicts the vendor ID.
 */
export function asWord({ kind, confidence, byteOrder, contradictsVendor }: Pattern): number {
  const which = KINDS.indexOf(kind) | (byteOrder === "byte-swapped" ? 4 : 0) | (contradictsVendor ? 8 : 0);
  return (which << 20) | Math.round(confidence * 1e6);
}
