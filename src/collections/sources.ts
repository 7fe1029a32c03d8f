/** Sources as the bits of one number. */

/** Bits of a mask; the last one stands for all further sources. */
const MAX_SOURCE = 30;

/** One bit for each source; from the 31st on they share one. */
export function sourceBit(source: number): number {
  return 1 << Math.min(source, MAX_SOURCE);
}
