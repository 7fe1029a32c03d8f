/** Times as text: ISO 8601, UTC, with as many digits as the capture's clock has. */

const DAY = 86_400;
/** Dates end there, on either side; a damaged capture can hold such times. */
const LAST_DAY = 100_000_000;
/** The second that was put into words last, since many times of a report lie in one, and its day. */
let lastSecond = Number.NaN;
let lastDay = Number.NaN;
/** How long the text of that day is. */
let dayLength = 0;
/** Characters of a time of that second. Made at once: a text put together of ten pieces takes ten times the room. */
let micro: number[] = [];
let nano: number[] = [];
const ZERO = "0".charCodeAt(0);

/** @param micros microseconds since the epoch; a fraction is cut off @param nanos 0..999 below the microsecond @param digits 6 or 9 */
export function isoTime(micros: number, nanos: number, digits: 6 | 9): string {
  const seconds = Math.floor(micros / 1e6);
  if (seconds !== lastSecond) writeSecond(seconds);
  const characters = digits === 9 ? nano : micro;
  put(characters, dayLength + 10, Math.floor(micros - seconds * 1e6), 6);
  if (digits === 9) put(characters, dayLength + 16, nanos, 3);
  return String.fromCharCode.apply(null, characters);
}

function writeSecond(seconds: number): void {
  const day = Math.floor(seconds / DAY);
  const isDate = (day >= -LAST_DAY && day < LAST_DAY) || seconds === LAST_DAY * DAY;
  const second = isDate ? seconds - day * DAY : DAY - 1;
  if (day !== lastDay) writeDay(day, isDate);
  for (const characters of [micro, nano]) {
    put(characters, dayLength + 1, Math.floor(second / 3600), 2);
    put(characters, dayLength + 4, Math.floor(second / 60) % 60, 2);
    put(characters, dayLength + 7, second % 60, 2);
  }
  lastSecond = seconds;
}

function writeDay(day: number, isDate: boolean): void {
  const text = isDate ? dateText(new Date(day * DAY * 1000)) : "9999-12-31";
  const codes = (time: string) => Array.from(text + time, (character) => character.charCodeAt(0));
  // Of a day that is none the next one may be one.
  lastDay = isDate ? day : Number.NaN;
  dayLength = text.length;
  micro = codes("T00:00:00.000000Z");
  nano = codes("T00:00:00.000000000Z");
}

/** The date as `toISOString` writes it, which takes a millisecond of a start when it is first called. */
function dateText(date: Date): string {
  const year = date.getUTCFullYear();
  const sign = year < 0 ? "-" : "+";
  const years = year >= 0 && year <= 9999 ? padded(year, 4) : sign + padded(Math.abs(year), 6);
  return `${years}-${padded(date.getUTCMonth() + 1, 2)}-${padded(date.getUTCDate(), 2)}`;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}

/** Writes a number in so many digits. */
function put(characters: number[], at: number, number: number, digits: number): void {
  let left = number;
  for (let i = at + digits - 1; i >= at; i -= 1) {
    characters[i] = ZERO + (left % 10);
    left = Math.floor(left / 10);
  }
}
