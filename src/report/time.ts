/** Times as text: ISO 8601, UTC, with as many digits as the capture's clock has. */

/** @param micros microseconds since the epoch; a fraction is cut off @param nanos 0..999 below the microsecond @param digits 6 or 9 */
export function isoTime(micros: number, nanos: number, digits: 6 | 9): string {
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(Math.floor(micros - seconds * 1e6)).padStart(6, "0");
  return `${wholeSeconds(seconds)}.${fraction}${digits === 9 ? String(nanos).padStart(3, "0") : ""}Z`;
}

/** The last second that was put into words: a report names many times of one second. */
let lastSecond = Number.NaN;
let lastText = "";

function wholeSeconds(seconds: number): string {
  if (seconds === lastSecond) return lastText;
  const date = new Date(seconds * 1000);
  lastSecond = seconds;
  // Dates end there; a damaged capture can hold such times.
  lastText = Number.isNaN(date.getTime()) ? "9999-12-31T23:59:59" : date.toISOString().slice(0, -5);
  return lastText;
}
