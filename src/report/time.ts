/** Times as text: ISO 8601, UTC, with as many digits as the capture's clock has. */

/** @param micros microseconds since the epoch; a fraction is cut off @param nanos 0..999 below the microsecond @param digits 6 or 9 */
export function isoTime(micros: number, nanos: number, digits: 6 | 9): string {
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(Math.floor(micros - seconds * 1e6)).padStart(6, "0");
  return `${wholeSeconds(seconds)}.${fraction}${digits === 9 ? String(nanos).padStart(3, "0") : ""}Z`;
}

const DAY = 86_400;
/** Dates end there, on either side; a damaged capture can hold such times. */
const LAST_DAY = 100_000_000;
/** The last day that was put into words: a report names many times of one day. */
let lastDay = Number.NaN;
let lastText = "";

function wholeSeconds(seconds: number): string {
  const day = Math.floor(seconds / DAY);
  const second = seconds - day * DAY;
  if (!((day >= -LAST_DAY && day < LAST_DAY) || seconds === LAST_DAY * DAY)) return "9999-12-31T23:59:59";
  if (day !== lastDay) {
    lastDay = day;
    lastText = new Date(day * DAY * 1000).toISOString().split("T", 1)[0];
  }
  return `${lastText}T${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}`;
}

function two(value: number): string {
  return value < 10 ? `0${Math.floor(value)}` : `${Math.floor(value)}`;
}
