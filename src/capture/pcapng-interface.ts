/** Interface description blocks of pcapng: link type, snap length, and the clock that the options tell. */

import { type TimeUnit, timeUnit } from "./timestamps.ts";

export interface Interface {
  linkType: number;
  /** Most bytes of a packet that are captured; 0 for all. */
  snaplen: number;
  unit: TimeUnit;
  /** Number over all sections. */
  number: number;
}

/** Bytes of the block before its options. */
export const INTERFACE_FIXED = 16;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;
/** What the draft says when the options are absent: microseconds, no offset. */
const DEFAULT_UNIT = timeUnit(6, 0n);

/** Reads the block of `length` bytes at `at`, at least `INTERFACE_FIXED` + 4, in the byte order of its section. */
export function readInterface(
  view: DataView,
  at: number,
  length: number,
  littleEndian: boolean,
  number: number,
): Interface {
  return {
    linkType: view.getUint16(at + 8, littleEndian),
    snaplen: view.getUint32(at + 12, littleEndian),
    unit: clockOf(view, at + INTERFACE_FIXED, at + length - 4, littleEndian),
    number,
  };
}

/** The clock, from the options between `at` and `end`. */
function clockOf(view: DataView, at: number, end: number, littleEndian: boolean): TimeUnit {
  let resolution = 6;
  let offset = 0n;
  for (let from = at; from + 4 <= end; ) {
    const code = view.getUint16(from, littleEndian);
    const length = view.getUint16(from + 2, littleEndian);
    if (code === 0 || from + 4 + length > end) break;
    if (code === OPTION_TSRESOL && length >= 1) resolution = view.getUint8(from + 4);
    if (code === OPTION_TSOFFSET && length >= 8) offset = view.getBigInt64(from + 4, littleEndian);
    from += 4 + ((length + 3) & ~3);
  }
  return resolution === 6 && offset === 0n ? DEFAULT_UNIT : timeUnit(resolution, offset);
}
