/** Times in the lines above a hex dump, in the forms that capture programs write. */

const MICROS = 1_000_000;
const DAY_SECONDS = 86_400;
/** A time of day that steps back by more is on the next day. */
const HALF_DAY = 43_200;

export interface LineTime {
  /** Whole microseconds, and nanoseconds below; since the epoch, or since some midnight or start. */
  micros: number;
  nanos: number;
  /** Without a date: of some day, which the lines do not say. */
  isTimeOfDay: boolean;
  /** The surest form: it stands in Wireshark's details, and no other counts beside it. */
  isExact: boolean;
}

const FRACTION = String.raw`(?:[.,](\d{1,9}))?`;
const CLOCK = String.raw`(\d{1,2}):(\d\d):(\d\d)${FRACTION}`;
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
/** tcpdump -tttt, FortiGate `a`, ISO 8601. */
const DATED = new RegExp(String.raw`\b(\d{4})[-/](\d\d)[-/](\d\d)[T ]${CLOCK}\s*(Z|UTC)?`);
/** Wireshark's details: "Epoch Time: 1772438400.000000000 seconds". */
const EPOCH_DETAIL = new RegExp(String.raw`^\s*Epoch (?:Arrival )?Time: (\d{1,11})${FRACTION}`);
/** tcpdump -tt. */
const EPOCH = /^\s*(?:\d+ +)?(\d{9,11})\.(\d{1,9})\b/;
/** A router: "15:47:08.123 UTC Oct 1 2020". */
const ROUTER = new RegExp(String.raw`^\s*\*?${CLOCK} (\S+) ([A-Z][a-z]{2}) +(\d{1,2}) (\d{4})`);
/** tcpdump, and an ASA after a packet's number: "   1: 08:21:44.123456 ..". */
const OF_DAY = new RegExp(String.raw`^\s*(?:\d+: )?${CLOCK}(?![:\d])`);
/** A FortiGate without `a`, and tshark after a packet's number: seconds since the start. */
const RELATIVE = /^\s*(?:\d+ +)?(\d{1,8})\.(\d{3,9})\b/;

/** The time that a line tells, or null. */
export function timeOf(line: string): LineTime | null {
  const detail = EPOCH_DETAIL.exec(line);
  if (detail !== null) return made(Number(detail[1]), detail[2], { isExact: true });
  const dated = DATED.exec(line);
  if (dated !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = dated;
    const parts = [year, month, day, hour, minute, second].map(Number);
    return made(secondsOf(parts, zone !== undefined), fraction);
  }
  const router = ROUTER.exec(line);
  if (router !== null) {
    const [, hour, minute, second, fraction, zone, name, day, year] = router;
    const month = MONTHS.indexOf(name.toLowerCase()) + 1;
    if (month === 0) return null;
    return made(secondsOf([year, month, day, hour, minute, second].map(Number), zone === "UTC"), fraction);
  }
  const epoch = EPOCH.exec(line);
  if (epoch !== null) return made(Number(epoch[1]), epoch[2]);
  const ofDay = OF_DAY.exec(line);
  if (ofDay !== null) {
    const [, hour, minute, second, fraction] = ofDay;
    const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
    return made(seconds, fraction, { isTimeOfDay: true });
  }
  const relative = RELATIVE.exec(line);
  return relative === null ? null : made(Number(relative[1]), relative[2]);
}

/** Seconds since the epoch; of a time without a zone, that of this machine, as text2pcap has it. */
function secondsOf([year, month, day, hour, minute, second]: number[], isUtc: boolean): number {
  const at = isUtc
    ? Date.UTC(year, month - 1, day, hour, minute, second)
    : new Date(year, month - 1, day, hour, minute, second).getTime();
  return Number.isNaN(at) ? 0 : Math.round(at / 1000);
}

function made(
  seconds: number,
  fraction = "",
  { isTimeOfDay = false, isExact = false }: { isTimeOfDay?: boolean; isExact?: boolean } = {},
): LineTime {
  const nanos = Number(fraction.padEnd(9, "0"));
  return {
    micros: seconds * MICROS + Math.floor(nanos / 1000),
    nanos: nanos % 1000,
    isTimeOfDay,
    isExact,
  };
}

/** Counts the midnights that times of day pass. */
export class Midnights {
  #before = 0;
  #days = 0;

  /** Microseconds since the first midnight, of a time of day. */
  passed(micros: number): number {
    if (this.#before - micros > HALF_DAY * MICROS) this.#days += 1;
    this.#before = micros;
    return micros + this.#days * DAY_SECONDS * MICROS;
  }
}
