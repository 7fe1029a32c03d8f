/**
 * Reads an ASA's log line by line. Lines of other devices and other messages are passed over and counted.
 *
 *   const reader = new LogReader("asa.log", now);
 *   for (const line of lines) { const event = reader.take(line); if (event !== null) .. }
 */

import { idAt, readHead, tagIn } from "./header.ts";
import { isKnownId, readMessage, type Said } from "./messages.ts";
import type { Stamp } from "./stamp.ts";

export interface GatewayEvent extends Said {
  /** Microseconds on the log's clock; NaN for a line without a time. */
  at: number;
  /** The line's time stands for `at` to `at + resolution`. */
  resolution: number;
  level: number;
  host: string | null;
  /** Name of the log, and the line's number in it. */
  source: string;
  line: number;
  text: string;
}

export interface LogCounts {
  lines: number;
  /** Lines of an ASA. */
  ofGateway: number;
  /** Lines that say something here. */
  used: number;
  /** Lines that can be read in two ways: a name in them was chosen so. */
  ambiguous: number;
}

const DAY = 86_400_000_000;
/** A log without years that goes back by more has passed the end of one. */
const YEAR_STEP = 300 * DAY;
/** `%ASA-`, `%PIX-`, `%FTD-`. */
const PRODUCT_LETTERS = 5;
/** Longer lines are cut: no message that is read is as long. */
const MAX_LINE = 1_024;
const VERSION = /^Cisco (?:Adaptive Security Appliance|PIX Security Appliance) Software Version (\S{1,40})/;

export class LogReader {
  readonly counts: LogCounts = { lines: 0, ofGateway: 0, used: 0, ambiguous: 0 };
  /** The most verbose level of the lines, 0 to 7; -1 before any. */
  level = -1;
  /** Software version, where the text of `show version` is in the log. */
  version: string | null = null;
  readonly #source: string;
  readonly #now: number;
  #year: number;
  #lastOfYear = Number.NaN;

  /**
   * @param source name of the log, as the report shows it
   * @param now microseconds since the epoch: lines without a year are not later
   */
  constructor(source: string, now: number) {
    this.#source = source;
    this.#now = now;
    this.#year = new Date(now / 1_000).getUTCFullYear();
  }

  /** A line that somebody else saw to be of no gateway. */
  pass(): void {
    this.counts.lines += 1;
  }

  /** The next line; null for one that says nothing here. */
  take(whole: string): GatewayEvent | null {
    const { counts } = this;
    counts.lines += 1;
    const tag = tagIn(whole);
    if (tag < 0) {
      if (this.version === null && whole.startsWith("Cisco "))
        this.version = VERSION.exec(whole)?.[1] ?? null;
      return null;
    }
    counts.ofGateway += 1;
    const id = idAt(whole, tag);
    if (id !== "" && !isKnownId(id)) {
      this.#noteLevel(whole, tag);
      return null;
    }
    return this.#read(copyOf(whole.length > MAX_LINE ? whole.slice(0, MAX_LINE) : whole), tag);
  }

  #noteLevel(line: string, tag: number): void {
    // Behind the product's three letters, and behind the class where there is one.
    const plain = line.charCodeAt(tag + PRODUCT_LETTERS) - 0x30;
    const level =
      plain >= 0 && plain <= 7
        ? plain
        : line.charCodeAt(line.lastIndexOf("-", line.indexOf(":", tag)) - 1) - 0x30;
    if (level > this.level && level <= 7) this.level = level;
  }

  #read(line: string, tag: number): GatewayEvent | null {
    const head = readHead(line, tag);
    if (head === null) return null;
    if (head.level > this.level) this.level = head.level;
    const text = line.slice(head.text).trimEnd();
    const said = head.isCut ? readCut(head.id, text) : readMessage(head.id, undoubled(text));
    if (said === null) return null;
    if (said === "ambiguous") {
      this.counts.ambiguous += 1;
      return null;
    }
    this.counts.used += 1;
    return {
      ...said,
      at: head.stamp === null ? Number.NaN : this.#timeOf(head.stamp),
      resolution: head.stamp?.resolution ?? 0,
      level: head.level,
      host: head.host,
      source: this.#source,
      line: this.counts.lines,
      text: line.trimEnd(),
    };
  }

  /** A line without a year is of the one that makes it the latest before now, and goes on where the last one was. */
  #timeOf({ micros, month, day, ofDay }: Stamp): number {
    if (!Number.isNaN(micros)) return micros;
    const inYear = (year: number) => Date.UTC(year, month, day) * 1_000 + ofDay;
    if (Number.isNaN(this.#lastOfYear)) {
      while (inYear(this.#year) > this.#now + DAY) this.#year -= 1;
    } else if (inYear(this.#year) < this.#lastOfYear - YEAR_STEP) this.#year += 1;
    this.#lastOfYear = inYear(this.#year);
    return this.#lastOfYear;
  }
}

/** Words that messages begin with. */
const FIRST_WORDS = ["Group", "IP", "IPSEC:", "L2TP", "AAA"];

/** A message whose first word is lost: the one that makes it readable. */
function readCut(id: string, text: string): Said | "ambiguous" | null {
  const readings = FIRST_WORDS.map((word) => readMessage(id, `${word} ${text}`)).filter(
    (said) => said !== null,
  );
  if (readings.length <= 1) return readings[0] ?? null;
  return "ambiguous";
}

/** A collector that takes the first word for the name of the message writes it twice. */
function undoubled(text: string): string {
  const space = text.indexOf(" ");
  return space > 0 && text.startsWith(text.slice(0, space + 1), space + 1) ? text.slice(space + 1) : text;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A text of its own: a part of a larger one would keep all of that in memory. */
function copyOf(text: string): string {
  return decoder.decode(encoder.encode(text));
}
