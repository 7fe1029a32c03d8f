/**
 * `npm run attack [-- NAME...] [-- --scale 0.1]`: runs the program on every hostile capture and prints what each
 * cost, beside honest traffic of the same size. Bounds: 512 MB of memory, three times the processor's time of the honest
 * one.
 */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { ATTACKS } from "./attacks.ts";
import { honest } from "./honest.ts";
import { measure } from "./measure.ts";

const MAX_MEGABYTES = 512;
const MAX_RATIO = 3;
/** From build. */
const PROGRAM = fileURLToPath(new URL("../bin/ike-dupcheck.cjs", import.meta.url));

const { values, positionals } = parseArgs({
  options: { scale: { type: "string", default: "1" } },
  allowPositionals: true,
});
const scale = Number(values.scale);
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-attack-"));
const capture = join(folder, "capture");
/** In a file of its own: the attack is measured again after it. */
const honestCapture = join(folder, "honest");
const table = new Table({
  head: ["attack", "count", "MB", "s", "times honest", "peak MB", "status", "capped"],
  colAligns: ["left", "right", "right", "right", "right", "right", "right", "left"],
  style: { head: [], border: [] },
});
/** Sizes of honest traffic that are measured, bytes. */
const HONEST = [1, 4, 16, 64, 256].map((megabytes) => megabytes * 1_000_000);
const fairOf = new Map<number, number>();
let over = 0;
try {
  const start = measuredHonest(0);
  fairOf.set(0, start);
  for (const { name, count, write, unpacksTo } of ATTACKS) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const many = Math.max(1, Math.round(count * scale));
    write(capture, many);
    let measured = measure(PROGRAM, capture, ["--json"]);
    const { report } = measured;
    // What is packed is compared with what it unpacks to.
    const unpacked = unpacksTo?.(many) ?? report?.capture.sources[0]?.bytes ?? 0;
    const size = Math.max(statSync(capture).size, unpacked);
    const fair = fairSeconds(size);
    // Starting the program takes the same for both.
    const timesFair = () => Math.max(0, measured.processorSeconds - start) / Math.max(fair - start, 0.05);
    if (timesFair() > MAX_RATIO) {
      // The better of two: what else the machine does must not count.
      const again = measure(PROGRAM, capture, ["--json"]);
      if (again.processorSeconds < measured.processorSeconds) measured = again;
    }
    const { processorSeconds: seconds, peak, status } = measured;
    const ratio = timesFair();
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

/** Processor seconds of honest traffic of a size: measured, or beyond the largest in proportion to it. */
function fairSeconds(size: number): number {
  const step = HONEST.find((most) => size <= most) ?? HONEST[HONEST.length - 1];
  const known = fairOf.get(step) ?? measuredHonest(step);
  fairOf.set(step, known);
  const start = fairOf.get(0) ?? 0;
  return start + ((known - start) * size) / step;
}

function measuredHonest(size: number): number {
  honest(honestCapture, size);
  return measure(PROGRAM, honestCapture, ["--json"]).processorSeconds;
}
