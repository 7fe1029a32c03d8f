import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { accountedFor } from "../support/analyzed.ts";
import { PROGRAM, programIsBuilt } from "../support/program.ts";
import { ATTACKS } from "./attacks.ts";
import { measure } from "./measure.ts";

const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-attacks-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Large enough that what has no bound, or takes the square of the count, would not end well. */
const COUNTS: Record<string, number> = {
  "pcapng-interfaces": 400_000,
  "pcapng-link-types": 300_000,
  "pcapng-options": 400_000,
  "gzip-bomb": 1 << 29,
  "zip-bomb": 1 << 27,
  "tgz-bomb": 1 << 27,
  "zstd-bomb": 1 << 27,
  "zstd-windows": 2000,
  "xz-bomb": 1 << 27,
  "bzip2-bomb": 1 << 27,
  "bzip2-bytes": 100_000,
  "tar-names": 200_000,
  "lz4-frames": 300_000,
  "netmon-table": 300_000,
  "spoofed-phase-1": 160_000,
  "answered-phase-1": 130_000,
  "message-ids": 200_000,
  "message-ids-spread": 450_000,
  fragments: 100_000,
  "fragment-headers": 100_000,
  paths: 500_000,
  "same-beginning": 100_000,
  "same-datagram": 100_000,
  "clock-steps": 100_000,
  "vendor-ids": 30_000,
  "one-client": 40_000,
};
const OTHERS = 10_000;

/** What each attack fills, which the report must say: the table that was full, and at least how many were dropped. */
const CAPPED: Record<string, { table: string; least: number }> = {
  // 60,000 IKE SAs are held at a time.
  "spoofed-phase-1": { table: "ikeSas", least: 160_000 - 60_000 },
  "answered-phase-1": { table: "ikeSas", least: 130_000 - 60_000 },
  // 1,024 quick modes of one IKE SA are kept.
  "message-ids": { table: "exchanges", least: 200_000 - 1024 },
  "message-ids-spread": { table: "ikeSas", least: 1 },
  // 4,096 unfinished messages.
  fragments: { table: "fragments", least: 100_000 - 4096 },
  // 16,384 headers of unfinished messages.
  "fragment-headers": { table: "exchanges", least: 1 },
  paths: { table: "ikeSas", least: 1 },
  // 16 datagrams with one beginning, 16 places of one datagram.
  "same-beginning": { table: "echoes", least: 100_000 - 16 },
  "same-datagram": { table: "echoes", least: 100_000 - 16 },
  "vendor-ids": { table: "vendorIds", least: 1 },
  // 1,024 claims on one ID. Candidates of one attempt beyond 20 are counted in the finding and not dropped.
  "implied-claims": { table: "impliedClaims", least: (10_000 - 1024) * 255 },
};

describe.runIf(programIsBuilt())(
  "attacks end with a report, in less than 512 MB, and say what was capped",
  () => {
    it.each(ATTACKS)("$name: $what", ({ name, count, write }) => {
      const capture = join(folder, "capture");
      write(capture, COUNTS[name] ?? Math.min(count, OTHERS));
      const { status, peak, report, stderr } = measure(PROGRAM, capture, ["--json"]);
      expect(stderr).not.toContain("internal error");
      expect(status).not.toBeNull();
      expect(peak).toBeLessThan(512);
      expect(accountedFor(report!)).toBe(report!.capture.packets);
      const capped = CAPPED[name];
      if (capped === undefined) return;
      expect(report!.capture.evicted[capped.table]).toBeGreaterThanOrEqual(capped.least);
      expect(
        report!.warnings.some(({ code, message }) => code === "evicted" && message.includes(capped.table)),
      ).toBe(true);
    });
  },
);
