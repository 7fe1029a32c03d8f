/** Words and names that several forms of a report have alike. */

/** "1 message", "2 messages". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The last part of a path, of either kind of system. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** An address with its port, where one is known: `192.0.2.1:500`, `[2001:db8::1]:500`. */
export function endpoint(address: string, port: number | null): string {
  if (port === null) return address;
  // A name may stand behind the address (host-names.ts).
  const [, bare, name] = /(\S*)(.*)/s.exec(address)!;
  return bare.includes(":") ? `[${bare}]:${port}${name}` : `${bare}:${port}${name}`;
}

/** Seconds from one time of the report to another; NaN when one is not a time. */
export function secondsBetween(from: string, to: string): number {
  return (epochMicros(to) - epochMicros(from)) / 1e6;
}

/** Microseconds since the epoch, exact for the centuries that captures come from. */
function epochMicros(time: string): number {
  const [, whole, fraction] = /^(.*)\.(\d{6})\d*Z$/.exec(time) ?? ["", "", ""];
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction);
}

/** A span for the eye: `0.12 s`, `31.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function span(seconds: number): string {
  const whole = Math.round(seconds);
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (whole < 60) return `${seconds.toFixed(1)} s`;
  if (whole < 3600) return pair(whole, 60, "min", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, "h", "min");
  return pair(Math.round(seconds / 3600), 24, "d", "h");
}

function pair(value: number, per: number, major: string, minor: string): string {
  const rest = value % per;
  return `${Math.floor(value / per)} ${major}${rest === 0 ? "" : ` ${rest} ${minor}`}`;
}

/** How the reading of a source ended. */
export const ENDS: Readonly<Record<string, string>> = {
  clean: "whole",
  truncated: "cut off",
  corrupt: "damaged",
  interrupted: "interrupted",
};

/** The address behind its NAT, where that is known. */
export function insideText(client: { insideAddress?: string | undefined } | undefined): string {
  return client?.insideAddress === undefined ? "" : ` (inside ${client.insideAddress})`;
}

const CONTENDER: Readonly<Record<string, string>> = {
  rejected: "kept out",
  predicted: "would be kept out",
  possible: "may have been kept out",
  tolerated: "accepted all the same",
};

const MAX_LISTED = 5;

/** The first of them, and how many more there are. */
export function listed(items: readonly string[], shown = MAX_LISTED): string {
  const more = items.length - shown;
  return items.slice(0, shown).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Behind a holder of which it is only concluded that it used the ID: its candidates. */
export function orElse(candidates: readonly string[]): string {
  return candidates.length === 0 ? "" : `; or it may be ${listed(candidates)}`;
}

/** What a contender is, by the finding's verdict; where the gateway dropped the holder for it, it got in. */
export function contenderRole({ verdict, notes }: { verdict: string; notes: readonly string[] }): string {
  return notes.includes("holder-dropped") ? "accepted, and the holder dropped" : CONTENDER[verdict];
}
