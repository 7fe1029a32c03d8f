/**
 * Times of pcapng interfaces: a 64-bit count of units of 10^-n or 2^-n seconds, and an offset in seconds
 * (options if_tsresol and if_tsoffset). Exact: whole microseconds as an integer, and nanoseconds below.
 */

export interface TimeUnit {
  /** Units per second, for the two resolutions that are read without big integers; 0 for all others. */
  perSecond: 0 | 1_000_000 | 1_000_000_000;
  bigPerSecond: bigint;
  /** if_tsoffset in microseconds. */
  offsetMicros: number;
  digits: 6 | 9;
}

/** @param resolution the option byte: high bit clear 10^-n, set 2^-n @param offset seconds, signed */
export function timeUnit(resolution: number, offset: bigint): TimeUnit {
  const exponent = BigInt(resolution & 0x7f);
  const bigPerSecond = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
  const perSecond = resolution === 6 ? 1_000_000 : resolution === 9 ? 1_000_000_000 : 0;
  return {
    perSecond,
    bigPerSecond,
    offsetMicros: Number(BigInt.asIntN(64, offset)) * 1_000_000,
    digits: bigPerSecond > 1_000_000n ? 9 : 6,
  };
}

/** The last time read by `readTime`. */
export const time = { micros: 0, nanos: 0 };

/** Reads a time of two 32-bit words into `time`. What is finer than a nanosecond is cut off. */
export function readTime(unit: TimeUnit, high: number, low: number): void {
  if (unit.perSecond === 1_000_000 && high < 0x200000) {
    time.micros = high * 0x100000000 + low + unit.offsetMicros;
    time.nanos = 0;
    return;
  }
  if (unit.perSecond === 1_000_000_000) {
    // high * 2^32 + low nanoseconds, divided by 1000 in two steps that stay exact integers.
    const carry = (high % 1000) * 0x100000000 + low;
    time.micros = Math.floor(high / 1000) * 0x100000000 + Math.floor(carry / 1000) + unit.offsetMicros;
    time.nanos = carry % 1000;
    return;
  }
  const count = (BigInt(high) << 32n) | BigInt(low);
  const nanos = (count * 1_000_000_000n) / unit.bigPerSecond;
  time.micros = Number(nanos / 1000n) + unit.offsetMicros;
  time.nanos = Number(nanos % 1000n);
}
