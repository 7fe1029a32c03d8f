/**
 * Cuts the text that `wevtutil qe .. /f:xml` writes into events: `<Event ..>..</Event>` one after the other, with or
 * without a root around them. It is no XML parser: declarations of entities are not read and none is expanded but
 * the five of XML itself and numbers of characters.
 */

/** Longest event that is looked at, in characters. */
const MAX_EVENT = 65_536;
const BEGIN = /<Event[ >]/g;
/** Characters of a beginning. */
const BEGUN = 7;
const END = "</Event>";
const MAX_FIELDS = 64;
const MAX_VALUE = 4_096;

/** One event: its number, its time and its named values. */
export interface WindowsEvent {
  id: number;
  provider: string;
  /** Name of the machine that wrote it; "" where it states none. */
  computer: string;
  /** Microseconds since the epoch; NaN where it states none. */
  at: number;
  /** Values by name; those without one by their place from 0 on. */
  values: ReadonlyMap<string, string>;
  /** Number of the event in its file, from 1. */
  number: number;
  text: string;
}

/** Takes text in pieces of any size and gives the events in it. */
export class EventCutter {
  /** Events that are too long, hold no number or are cut off. */
  skipped = 0;
  /** Events that could be read so far, whatever they are of. */
  found = 0;
  #held = "";

  /** The text is over: an event that goes on is cut off. */
  end(): void {
    if (beginningIn(this.#held, 0) >= 0) this.skipped += 1;
  }

  *take(piece: string): Iterable<WindowsEvent> {
    const text = this.#held + piece;
    let at = 0;
    /** The first end behind `at`; infinite where it has not come. */
    let end = -1;
    for (;;) {
      const begin = beginningIn(text, at);
      if (begin < 0) break;
      if (end < begin) end = endIn(text, begin);
      const behind = Math.min(end + END.length, text.length);
      if (behind - begin > MAX_EVENT) {
        this.skipped += 1;
        at = begin + BEGUN;
        continue;
      }
      if (end > text.length) {
        this.#held = text.slice(begin);
        return;
      }
      const event = eventOf(text.slice(begin, behind), this.found + this.skipped + 1);
      at = behind;
      if (event === null) this.skipped += 1;
      else {
        this.found += 1;
        yield event;
      }
    }
    // An unfinished tag may go on in the next piece.
    this.#held = text.slice(Math.max(at, text.length - BEGUN));
  }
}

function beginningIn(text: string, from: number): number {
  BEGIN.lastIndex = from;
  return BEGIN.exec(text)?.index ?? -1;
}

function endIn(text: string, from: number): number {
  const at = text.indexOf(END, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** Names and values stand between quotes of either kind. */
const NUMBER = /<EventID(?: [^>]{0,100})?>(\d{1,5})<\/EventID>/;
const PROVIDER = /<Provider Name=(?:'([^'<>]{1,200})'|"([^"<>]{1,200})")/;
const COMPUTER = /<Computer>([^<]{1,255})<\/Computer>/;
const TIME = /<TimeCreated SystemTime=['"](\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z?['"]/;
const DATA = /<Data(?: Name=(?:'([^'<>]{1,100})'|"([^"<>]{1,100})"))?>([^<]*)<\/Data>/g;

function eventOf(text: string, number: number): WindowsEvent | null {
  const id = NUMBER.exec(text);
  if (id === null) return null;
  const provider = PROVIDER.exec(text);
  const time = TIME.exec(text);
  const values = new Map<string, string>();
  let place = 0;
  for (const [, single, double, value] of text.matchAll(DATA)) {
    if (place >= MAX_FIELDS) break;
    // The first value of a name stands: a later one of the same name is not the event's.
    const name = single ?? double ?? String(place);
    if (!values.has(name)) values.set(name, decoded(value.slice(0, MAX_VALUE)));
    place += 1;
  }
  return {
    id: Number(id[1]),
    provider: provider?.[1] ?? provider?.[2] ?? "",
    computer: COMPUTER.exec(text)?.[1] ?? "",
    at: time === null ? Number.NaN : timeOf(time[1], time[2]),
    values,
    number,
    text,
  };
}

function timeOf(seconds: string, fraction = ""): number {
  const at = Date.parse(`${seconds}Z`) * 1_000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
  // A date thousands of years from now is nobody's clock, and has no exact microseconds.
  return Number.isSafeInteger(at) ? at : Number.NaN;
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Once, and only what XML itself names: what comes out is not read again. */
function decoded(value: string): string {
  return value.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
