/** Section 5: how a client chooses its message IDs, by the log-likelihood ratio of two models. */

import type { QuickMode } from "./quick-modes.ts";
import type { Sa } from "./roles.ts";

export type Pattern = "sequential" | "random" | "undetermined";

const RANDOM = -32 * Math.LN2;
/** Sum of n^-1.5 over all n. */
const ZETA = 2.612_375_348_685_488;
const STEP_ONE = 0.9;
const DECREASE = 1e-9;
const SWAP_WINDOW = 0.1;

/** IDs of the client in order of first appearance; the first two within 100 ms in ascending order. */
export function idsOf(quickModes: readonly QuickMode[]): number[] {
  const own = quickModes.filter(({ byClient }) => byClient);
  const ids = own.map(({ id }) => id);
  if (own.length >= 2 && own[1].at - own[0].at <= SWAP_WINDOW && ids[0] > ids[1])
    ids.splice(0, 2, ids[1], ids[0]);
  return ids;
}

function sequentially(ids: readonly number[]): number {
  let sum = 0;
  for (const [i, id] of ids.entries()) {
    const step = i === 0 ? 0 : id - ids[i - 1];
    if (i === 0) sum += -1.5 * Math.log(id) - Math.log(ZETA);
    else if (step <= 0) sum += Math.log(DECREASE) + RANDOM;
    else
      sum +=
        step === 1 ? Math.log(STEP_ONE) : Math.log(1 - STEP_ONE) - 1.5 * Math.log(step - 1) - Math.log(ZETA);
  }
  return sum;
}

function swapped(id: number): number {
  return (((id & 0xff) << 24) | ((id & 0xff00) << 8) | ((id >>> 8) & 0xff00) | (id >>> 24)) >>> 0;
}

/** IDs of all SAs of one client. */
export function patternOf(perSa: readonly (readonly number[])[], vendorIds: readonly string[]): Pattern {
  const score = (read: (id: number) => number) =>
    perSa.reduce((sum, ids) => sum + sequentially(ids.map(read)) - ids.length * RANDOM, 0);
  const version = microsoftVersion(vendorIds);
  const prior = version === null ? 0 : version >= COUNTS_FROM ? Math.log(9) : -Math.log(9);
  const ratio =
    Math.max(
      score((id) => id),
      score(swapped),
    ) + prior;
  const posterior = 1 / (1 + Math.exp(-ratio));
  if (perSa.every(({ length }) => length === 0)) return "undetermined";
  return posterior > 0.99 ? "sequential" : posterior < 0.01 ? "random" : "undetermined";
}

const MICROSOFT = "1e2b516905991c7d7c96fcbfb587e461";
export const COUNTS_FROM = 5;

export function microsoftVersion(vendorIds: readonly string[]): number | null {
  const own = vendorIds.find((id) => id.startsWith(MICROSOFT) && id.length === 40);
  return own === undefined ? null : Number.parseInt(own.slice(32), 16);
}

export function vendorIdsOf(sa: Sa, fromClient: boolean): string[] {
  return sa.messages
    .filter((message) => message.fromClient === fromClient)
    .flatMap(({ clear }) => clear?.vendorIds ?? []);
}

const CISCO = ["12f5f28c457168a9702d9fe274cc", "1f07f70eaa6514d3b0fa96542a50"];
/** Unity names nobody (6.8): the gateway's own ID does, and the texts of a Cisco. */
const NAMES_CISCO = [
  CISCO[1],
  ...["CISCO-DELETE-REASON", "CISCOVPN-REV-02", "FLEXVPN-SUPPORTED"].map((text) =>
    Buffer.from(text).toString("hex"),
  ),
];
const OTHERS = [
  MICROSOFT,
  "882fe56d6fd20dbc2251613b2ebe5beb",
  "4f452d4c696272657377616e2d",
  "7003cbc1097dbe9c2600ba6983bc8b35",
  "8299031757a36082c6a621de",
  "1d6e178f6c2c0be284985465450fe9d4",
  "699369228741c6d4ca094c93e242c9de19e7b7c6",
  "fd808804df73b15150709d878044cde0ac1efcde",
  "5b362bc820f6",
  "5b362bc820f7",
  "404bf439522ca3f6",
  "da8e937880010000",
  "f4ed19e0c114eb516faaac0ee37daf2807b4381f",
  "625027749d5ab97f5616c1602765cf480a3b7d0b",
  "101fb0b35c5a4f4c08b919f1cb9777b0",
  "f14b94b7bff1fef02773b8c49feded26",
];
const OPENSWAN = 24;

export type Make = "cisco" | "other" | "unknown" | "unseen";

/** 6.8: what a responder's vendor IDs name it. `whole`: phase 1 was seen from first to last message. */
export function makeOf(vendorIds: readonly string[], whole: boolean): Make {
  const other = (id: string) =>
    OTHERS.some((prefix) => id.startsWith(prefix)) || (id.startsWith("4f45") && id.length === OPENSWAN);
  if (vendorIds.some(other)) return "other";
  if (vendorIds.some((id) => NAMES_CISCO.some((prefix) => id.startsWith(prefix)))) return "cisco";
  return whole ? "unknown" : "unseen";
}
