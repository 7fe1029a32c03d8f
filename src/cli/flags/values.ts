/** What options take, checked: each function gives the value, or throws InvalidArgumentError with a sentence of what it is. */

import { isIP } from "node:net";
import { InvalidArgumentError } from "commander";
import type { Partition } from "../../analysis/partition.ts";
import { MOST_SAS } from "../../report/advice/room.ts";
import { clockOf } from "../../report/clock.ts";

export function sensorName(value: string): string {
  if (value.length < 1 || value.length > 200) throw new InvalidArgumentError("It is 1 to 200 characters.");
  return value;
}

export function port(value: string): number {
  const number = wholeNumber(value);
  if (!(number >= 1 && number <= 65535))
    throw new InvalidArgumentError("A port is a number from 1 to 65535.");
  return number;
}

export function seconds(value: string): number {
  const number = wholeNumber(value);
  if (!(number <= 86400)) throw new InvalidArgumentError("It is a number of seconds, from 0 to 86400.");
  return number;
}

export function partition(value: string): Partition {
  const [index, count] = value.split("/").map(wholeNumber);
  if (!(index >= 1 && count <= 65536 && index <= count) || value.split("/").length !== 2) {
    throw new InvalidArgumentError("It is a number and how many there are: 1/4 to 4/4.");
  }
  return { index, count };
}

export function packetCount(value: string): number {
  const number = wholeNumber(value);
  if (!(number >= 1)) throw new InvalidArgumentError("It is a number of packets, 1 or more.");
  return number;
}

/** IP version of an address, 0 for none; a zone (fe80::1%eth0) means nothing in a capture. */
function ipVersion(value: string): number {
  return value.includes("%") ? 0 : isIP(value);
}

export function network(value: string): string {
  const [address, bits, ...rest] = value.split("/");
  const version = ipVersion(address);
  const fits = bits === undefined || wholeNumber(bits) <= (version === 4 ? 32 : 128);
  if (version === 0 || !fits || rest.length > 0) {
    throw new InvalidArgumentError("It is an address (192.0.2.1) or a network (192.0.2.0/24).");
  }
  return value;
}

export function alias(value: string): [string, string] {
  const [first, second, ...rest] = value.split("=");
  if (rest.length > 0 || ipVersion(first) === 0 || ipVersion(second ?? "") === 0 || first === second) {
    throw new InvalidArgumentError("It is two addresses: 192.0.2.1=192.0.2.2.");
  }
  return [first, second];
}

export function duration(value: string): number {
  const number = wholeNumber(/^duration:(.*)$/.exec(value)?.[1] ?? "");
  if (!(number >= 1 && number <= MAX_SECONDS)) {
    throw new InvalidArgumentError(`It is duration: and 1 to ${MAX_SECONDS} seconds, like duration:60.`);
  }
  return number;
}

/** What a timer of Node can wait. */
const MAX_SECONDS = 2147483;

export function wholeSeconds(value: string): number {
  const number = wholeNumber(value);
  if (!(number <= MAX_SECONDS)) {
    throw new InvalidArgumentError(`It is a number of seconds, from 0 to ${MAX_SECONDS}.`);
  }
  return number;
}

export function saCount(value: string): number {
  const number = wholeNumber(value);
  if (!(number >= 8 && number <= MOST_SAS)) {
    throw new InvalidArgumentError(`It is a number of IKE SAs, 8 to ${MOST_SAS}.`);
  }
  return number;
}

/** NaN for everything but plain digits: Number() would take "", " 5" and "0x10" as well. */
export function wholeNumber(value: string): number {
  return /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
}

export function timeZone(value: string): string {
  try {
    clockOf(value);
    return value;
  } catch {
    throw new InvalidArgumentError("It is local, utc, or the name of a time zone (Europe/Paris).");
  }
}
