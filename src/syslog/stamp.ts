/**
 * Times as devices and collectors write them before a message: `Jun 27 2018 12:17:46`, `Jun 27 12:17:46`,
 * `2018-06-27T12:17:46.123+02:00`.
 */

export interface Stamp {
  /** Microseconds since the epoch, the text read as UTC unless it states a zone. NaN where it has no year. */
  micros: number;
  /** What the text stands for: that long from `micros` on, in microseconds. */
  resolution: number;
  /** Month (0 to 11), day, and microseconds of the day: for a year that is told by other lines. */
  month: number;
  day: number;
  ofDay: number;
  /** First character behind the text. */
  end: number;
}

const SECOND = 1_000_000;
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
/** The longest of them, and some room. */
const MAX_TEXT = 40;
/** Month, day, year (which may be missing), time of day. */
const BSD =
  /([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?: (?:[A-Z]{2,5}|[A-Z]{3}\/[A-Z]{3}))?(?=[\s:>]|$)/y;
const ISO = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?(?=[\s:|]|$)/y;

/** The time that begins at `start`; null where none does. */
export function stampAt(text: string, start: number): Stamp | null {
  const first = text.charCodeAt(start);
  const isDigit = first >= 0x30 && first <= 0x39;
  const pattern = isDigit ? ISO : BSD;
  pattern.lastIndex = start;
  const found = pattern.exec(text.length > start + MAX_TEXT ? text.slice(0, start + MAX_TEXT) : text);
  if (found === null) return null;
  return isDigit ? isoStamp(found, start) : bsdStamp(found, start);
}

function bsdStamp(found: RegExpExecArray, start: number): Stamp | null {
  const [whole, name, day, year, hours, minutes, seconds, fraction] = found;
  const at = MONTHS.indexOf(name);
  if (at % 3 !== 0) return null;
  const month = at / 3;
  const date = year === undefined ? null : Date.UTC(Number(year), month, Number(day));
  return stamp(date, { month, day: Number(day), hours, minutes, seconds, fraction }, 0, start + whole.length);
}

function isoStamp(found: RegExpExecArray, start: number): Stamp | null {
  const [whole, year, monthText, day, hours, minutes, seconds, fraction, zone] = found;
  const month = Number(monthText) - 1;
  const date = Date.UTC(Number(year), month, Number(day));
  const parts = { month, day: Number(day), hours, minutes, seconds, fraction };
  return stamp(date, parts, zoneOffset(zone), start + whole.length);
}

/** Microseconds that the zone is ahead of UTC. */
function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60 * SECOND;
}

interface Parts {
  month: number;
  day: number;
  hours: string;
  minutes: string;
  seconds: string;
  fraction: string | undefined;
}

function stamp(
  date: number | null,
  { month, day, hours, minutes, seconds, fraction }: Parts,
  ahead: number,
  end: number,
): Stamp | null {
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60 || day < 1 || day > 31) return null;
  const digits = Math.min(fraction?.length ?? 0, 6);
  const below = digits === 0 ? 0 : Number(fraction!.slice(0, 6).padEnd(6, "0"));
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const ofDay = whole * SECOND + below - ahead;
  const micros = date === null ? Number.NaN : date * 1_000 + ofDay;
  // A date thousands of years from now is nobody's clock, and has no exact microseconds.
  if (date !== null && !Number.isSafeInteger(micros)) return null;
  return { micros, resolution: SECOND / 10 ** digits, month, day, ofDay, end };
}
