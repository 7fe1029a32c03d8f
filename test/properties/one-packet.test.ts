/**
 * Principle (a) of the contract: any one packet may be missing. Then no other pair is accused, and what was found
 * is not lost without a word about that client.
 */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { Bench } from "../simulator/bench.ts";
import { mentions } from "../simulator/fate.ts";
import { partsOf, without } from "./cut.ts";
import { type Judged, judged } from "./judged.ts";

/** Samples with a finding, and packets (from 1) whose loss may lose it, with the reason. */
const SAMPLES: readonly [string, Record<number, string>][] = [
  ["two-windows-clients", {}],
  ["refused-by-informational", { 20: "the attempt's only message" }],
  ["no-control", {}],
  // The holder's first message: rules 4 and 6.1 then take the second and third for the quick mode; still to come.
  ["later-id", { 14: "the holder's first message" }],
  ["implied-claim", {}],
  ["same-nat", {}],
  ["chance-collision", { 7: "the holder's first message" }],
  ["verdict-possible-holder-unseen", { 10: "its phase 1 is then not known to have finished (6.9)" }],
  ["verdict-predicted-one-sided", {}],
  ["lab-asa-drops-second", {}],
];

const bench = new Bench();
afterAll(() => bench.close());

/** Pairs that the whole capture does not accuse. */
function accusesOthers(whole: Judged, less: Judged): string[] {
  const known = (contender: string, named: readonly string[]) =>
    whole.accusations.some(
      (each) => each.contender === contender && named.some((name) => each.named.includes(name)),
    );
  return less.accusations
    .filter(({ contender, named }) => !known(contender, named))
    .map(({ contender, named, verdict }) => `${contender} ${verdict} because of ${named.join(" or ")}`);
}

/** Clients that the whole capture calls refused, and the other says nothing of. */
function silentAbout(whole: Judged, less: Judged): string[] {
  return whole.accusations
    .map(({ contender }) => contender)
    .filter((contender) => !less.accusations.some((each) => each.contender === contender))
    .filter((contender) => !less.warnings.some((message) => mentions(message, contender)));
}

it.each(SAMPLES)("%s: whichever packet is missing", async (name, excused) => {
  const file = readFileSync(fileURLToPath(new URL(`../../samples/${name}.pcap`, import.meta.url)));
  const parts = partsOf(file);
  const whole = judged(await bench.report([file]));
  expect(whole.accusations.length).toBeGreaterThan(0);
  const wrong: string[] = [];
  for (const i of parts.records.keys()) {
    const less = judged(await bench.report([without(parts, i)]));
    for (const text of accusesOthers(whole, less)) wrong.push(`without packet ${i + 1}: ${text}`);
    if (i + 1 in excused) continue;
    for (const client of silentAbout(whole, less))
      wrong.push(`without packet ${i + 1}: nothing about ${client}`);
  }
  expect(wrong).toEqual([]);
});
