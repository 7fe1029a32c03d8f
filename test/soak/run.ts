/**
 * `npm run soak [-- --hours 720]`: a simulated month of live capture in minutes. Ends with status 1 where memory grows,
 * a packet is not counted, or the file of the same packets gives other findings.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { differences, soak } from "./month.ts";

const MONTH = 720;
/** Hours after which what is kept is at its level. */
const SETTLED = 12;
const MAX_GROWTH = 1.3;

const { values } = parseArgs({ options: { hours: { type: "string", default: String(MONTH) } } });
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-soak-"));
try {
  const hours = Number(values.hours);
  const soaked = await soak({
    hours,
    path: join(folder, "capture.pcap"),
    onHour: (hour, { ikeSas: kept, lines, heapMegabytes }) => {
      if (hour % 24 !== 0 && hour !== hours) return;
      console.log(
        `after hour ${hour}: ${kept} IKE SAs, ${lines} lines, heap ${heapMegabytes?.toFixed(1) ?? "?"} MB`,
      );
    },
  });
  const { packets, counted, evicted, heap, ikeSas, restarts, live } = soaked;
  const level = heap.slice(SETTLED - 1);
  const faults = differences(soaked);
  if (counted !== packets) faults.push(`${packets - counted} of ${packets} packets are not counted`);
  if (level.length > 1 && level[level.length - 1] > level[0] * MAX_GROWTH) faults.push("the heap grows");
  console.log(
    `${hours} hours, ${packets} packets, ${restarts} restarts, ${Object.keys(live).length} findings, ${ikeSas[ikeSas.length - 1]} IKE SAs left, ${evicted} evicted`,
  );
  for (const fault of faults) console.log(`fault: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
