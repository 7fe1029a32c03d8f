/**
 * `npm run attack [-- NAME...] [-- --scale 0.1]`: runs the program on every hostile capture and prints what each
 * cost, beside honest traffic of the same size that is measured in turn with it. Bounds: 512 MB of memory, three times
 * the processor's time of the honest one.
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { median } from "../bench/measure.ts";
import { ATTACKS } from "./attacks.ts";
import { honest } from "./honest.ts";
import { type Measured, measure } from "./measure.ts";

const MAX_MEGABYTES = 512;
const MAX_RATIO = 3;
/** More bytes of honest traffic are taken in proportion to these. */
const MOST_HONEST = 256_000_000;
/** How often what comes near its bound is measured: runs differ by a tenth and more where a machine does other things. */
const ROUNDS = 3;
/** From build. */
const PROGRAM = fileURLToPath(new URL("../bin/ike-dupcheck.cjs", import.meta.url));

const { values, positionals } = parseArgs({
  options: { scale: { type: "string", default: "1" } },
  allowPositionals: true,
});
const scale = Number(values.scale);
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-attack-"));
const capture = join(folder, "capture");
const honestCapture = join(folder, "honest");
const table = new Table({
  head: ["attack", "count", "MB", "s", "times honest", "peak MB", "status", "capped"],
  colAligns: ["left", "right", "right", "right", "right", "right", "right", "left"],
  style: { head: [], border: [] },
});
let over = 0;
try {
  // Starting the program takes the same for both.
  honest(honestCapture, 0);
  const start = median(Array.from({ length: 5 }, () => run(honestCapture).processorSeconds));
  for (const { name, count, write, unpacksTo } of ATTACKS) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const many = Math.max(1, Math.round(count * scale));
    write(capture, many);
    const first = run(capture);
    const { report, status } = first;
    // What is packed is compared with what it unpacks to.
    const unpacked = unpacksTo?.(many) ?? report?.capture.sources[0]?.bytes ?? 0;
    const size = Math.max(statSync(capture).size, unpacked);
    honest(honestCapture, Math.min(size, MOST_HONEST));
    const runs = [first];
    const ratios = [timesHonest(first, size, start)];
    while (ratios[0] > MAX_RATIO - 1 && runs.length < ROUNDS) {
      const next = run(capture);
      runs.push(next);
      ratios.push(timesHonest(next, size, start));
    }
    const seconds = median(runs.map(({ processorSeconds }) => processorSeconds));
    const ratio = median(ratios);
    const peak = Math.max(...runs.map((each) => each.peak));
    const evicted = Object.entries(report?.capture.evicted ?? {}).filter(([, dropped]) => dropped > 0);
    const capped = evicted.map(([kind, dropped]) => `${dropped} ${kind}`).join(", ");
    const cells = [
      name,
      many,
      Math.round(size / 1e6),
      seconds.toFixed(1),
      ratio.toFixed(1),
      Math.round(peak),
    ];
    table.push([...cells, String(status), capped]);
    // A run of all of them takes long: what is known is shown at once.
    console.error(cells.join("  "));
    if (peak > MAX_MEGABYTES || ratio > MAX_RATIO || status === null) over += 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(table.toString());
console.log(
  `${over} over the bounds (${MAX_MEGABYTES} MB, ${MAX_RATIO} times honest traffic of the same size)`,
);
process.exitCode = over === 0 ? 0 : 1;

function run(path: string): Measured {
  return measure(PROGRAM, path, ["--json"]);
}

/**
 * Measures the honest capture after a run of an attack, and compares their times.
 *
 * @param size bytes of the attack, of which the honest capture has at most `MOST_HONEST`
 * @param start processor seconds of a capture of nothing
 */
function timesHonest({ processorSeconds }: Measured, size: number, start: number): number {
  const parts = Math.max(1, size / MOST_HONEST);
  const fair = (run(honestCapture).processorSeconds - start) * parts;
  return Math.max(0, processorSeconds - start) / Math.max(fair, 0.05);
}
