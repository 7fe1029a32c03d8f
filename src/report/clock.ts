/**
 * Times of the report for the eye, in a time zone: where that differs from UTC, UTC stands beside it. JSON never
 * passes here: its times are UTC.
 */

/** The zone that people's forms are written in: an IANA name ("Europe/Paris"), or "UTC". */
export interface Clock {
  readonly zone: string;
  /** Date and time to the second, with the zone: `2026-03-02 08:00:10 UTC`. */
  second(time: string): string;
  /** The same with all digits that the capture has. */
  exact(time: string): string;
  /** From one time to another, to the second; the date once where both are on one day. */
  range(from: string, to: string): string;
  /** Date and time to the second, without the zone: for columns whose head names it. */
  cell(time: string): string;
  /** Offset from UTC at that time, minutes. */
  offset(time: string): number;
}

/** What a head of a column says of the zone. */
export function zoneLabel({ zone }: Clock): string {
  return zone;
}

export const UTC: Clock = {
  zone: "UTC",
  second: (time) => `${dateTime(time)} UTC`,
  exact: (time) => `${time.replace("T", " ").replace(/Z$/, "")} UTC`,
  range: (from, to) => `${joined(dateTime(from), dateTime(to))} UTC`,
  cell: dateTime,
  offset: () => 0,
};

/**
 * A clock of this zone.
 * @param zone "utc", "local", or an IANA name
 * @throws RangeError for a name that is not a zone
 */
export function clockOf(zone: string): Clock {
  if (zone.toLowerCase() === "utc") return UTC;
  const timeZone = zone.toLowerCase() === "local" ? undefined : zone;
  if (timeZone === undefined && isUtcHere()) return UTC;
  const format = new Intl.DateTimeFormat("en-GB", {
    ...(timeZone === undefined ? {} : { timeZone }),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "longOffset",
  });
  return zoned(format, format.resolvedOptions().timeZone);
}

/** Servers mostly run on UTC, and a format takes as long to make as the whole report of a small capture. */
function isUtcHere(): boolean {
  return new Date(0).toString().endsWith("(Coordinated Universal Time)");
}

function zoned(format: Intl.DateTimeFormat, zone: string): Clock {
  if (zone === "UTC" || zone === "Etc/UTC" || zone === "Etc/GMT") return UTC;
  const partsOf = (time: string) => {
    const at = Date.parse(`${time.slice(0, time.indexOf("."))}Z`);
    // Beyond the calendar of Date (a damaged capture): as it stands.
    if (Number.isNaN(at)) return { local: dateTime(time), offset: 0 };
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(get("timeZoneName")) ?? [
      "",
      "+",
      "0",
      "0",
    ];
    return {
      local: `${get("year")}-${get("month")}-${get("day")} ${get("hour")}:${get("minute")}:${get("second")}`,
      offset: (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)),
    };
  };
  const beside = (time: string) => utcBeside(partsOf(time), time);
  return {
    zone,
    second: (time) => beside(time),
    exact: (time) => {
      const { local, offset } = partsOf(time);
      const fraction = /\.\d+/.exec(time)?.[0] ?? "";
      return offset === 0
        ? UTC.exact(time)
        : `${local}${fraction} ${offsetText(offset)} (${timeOf(local, time)} UTC)`;
    },
    range: (from, to) => {
      const [a, b] = [partsOf(from), partsOf(to)];
      if (a.offset === 0 && b.offset === 0) return UTC.range(from, to);
      if (a.offset !== b.offset) return `${beside(from)} to ${beside(to)}`;
      return `${joined(a.local, b.local)} ${offsetText(a.offset)} (${joined(dateTime(from), dateTime(to))} UTC)`;
    },
    cell: (time) => partsOf(time).local,
    offset: (time) => partsOf(time).offset,
  };
}

function utcBeside({ local, offset }: { local: string; offset: number }, time: string): string {
  if (offset === 0) return `${dateTime(time)} UTC`;
  return `${local} ${offsetText(offset)} (${timeOf(local, time)} UTC)`;
}

/** The UTC time, with its date only where that is another day. */
function timeOf(local: string, time: string): string {
  const utc = dateTime(time);
  return utc.slice(0, 10) === local.slice(0, 10) ? utc.slice(11) : utc;
}

function offsetText(minutes: number): string {
  const digits = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "-" : "+"}${digits(size / 60)}:${digits(size % 60)}`;
}

function dateTime(time: string): string {
  return time.replace("T", " ").replace(/(?:\.\d+)?Z/, "");
}

/** `2026-03-02 08:00:10 to 08:00:35`. */
function joined(from: string, to: string): string {
  if (from === to) return from;
  return `${from} to ${from.slice(0, -8) === to.slice(0, -8) ? to.slice(-8) : to}`;
}
