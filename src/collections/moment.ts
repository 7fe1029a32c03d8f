/**
 * Moments are (clock, segment): clocks of different segments (the capture's clock stepped back in between) cannot be
 * compared, only ordered.
 */
export interface Moment {
  /** Microseconds. */
  at: number;
  segment: number;
}

export function isBefore(moment: Moment, other: Moment): boolean {
  return moment.segment < other.segment || (moment.segment === other.segment && moment.at < other.at);
}

/** The later of two times of one segment; one that was not seen (NaN) is earlier than any. */
export function later(a: number, b: number): number {
  return a >= b || Number.isNaN(b) ? a : b;
}
