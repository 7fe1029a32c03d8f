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
const table = new Table({
  head: ["attack", "count", "MB", "s", "times honest", "peak MB", "status", "capped"],
  colAligns: ["left", "right", "right", "right", "right", "right", "right", "left"],
  style: { head: [], border: [] },
});
let over = 0;
try {
  const start = timed(() => honest(capture, 0)).processorSeconds;
  for (const { name, count, write, unpacksTo } of ATTACKS) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const many = Math.max(1, Math.round(count * scale));
    const { bytes, processorSeconds: seconds, peak, status, report } = timed(() => write(capture, many));
    // What is packed is compared with what it unpacks to.
    const size = Math.max(bytes, unpacksTo?.(many) ?? report?.capture.sources[0]?.bytes ?? 0);
    // Once: a gigabyte of it takes minutes.
    honest(capture, size);
    const fair = measure(PROGRAM, capture, ["--json"]).processorSeconds;
    // Starting the program takes the same for both.
    const ratio = Math.max(0, seconds - start) / Math.max(fair - start, 0.05);
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

function timed(write: () => void) {
  write();
  const bytes = statSync(capture).size;
  // The better of two: what else the machine does must not count.
  const runs = [measure(PROGRAM, capture, ["--json"]), measure(PROGRAM, capture, ["--json"])];
  const [first, second] = runs;
  return { ...(first.processorSeconds <= second.processorSeconds ? first : second), bytes };
}
