/**
 * Principle (a) of the contract: any one packet may be missing. Then no other pair is accused, and what was found
 * is not lost without a word about that client.
 */

import { afterAll, expect, it } from "vitest";
import { Bench } from "../simulator/bench.ts";
import { mentions } from "../simulator/fate.ts";
import { partsOf, without } from "./cut.ts";
import { type Judged, judged } from "./judged.ts";
import { withFinding } from "./with-finding.ts";

/** Packets (from 1) whose loss loses what was found, with the reason. */
const EXCUSED: Record<string, Record<number, string>> = {
  "refused-by-informational.pcap": { 20: "the attempt's only message" },
};

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

it.each(withFinding())("$name: whichever packet is missing", async ({ name, file, step }) => {
  const parts = partsOf(file);
  const whole = judged(await bench.report([file]));
  const wrong: string[] = [];
  const silent: number[] = [];
  for (let i = 0; i < parts.records.length; i += step) {
    const less = judged(await bench.report([without(parts, i)]));
    for (const text of accusesOthers(whole, less)) wrong.push(`without packet ${i + 1}: ${text}`);
    if (silentAbout(whole, less).length > 0) silent.push(i + 1);
  }
  expect(wrong).toEqual([]);
  expect(silent, "and no other is lost without a word").toEqual(Object.keys(EXCUSED[name] ?? {}).map(Number));
});
