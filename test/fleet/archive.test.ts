import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import type { Report } from "../../src/index.ts";
import { PROGRAM, programIsBuilt, runProgram } from "../support/program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const hasParallel =
  spawnSync("parallel", ["--version"], { encoding: "utf8" }).stdout?.startsWith("GNU") === true;
if (!hasParallel) console.log("skipped: the archive example, because GNU parallel is not installed");

it.skipIf(!hasParallel || !programIsBuilt())(
  "the archive example finds in shares what one run finds in the folder",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-archive-"));
    const archive = join(folder, "a folder", "2026");
    mkdirSync(archive, { recursive: true });
    for (const name of ["two-windows-clients", "two-responders", "xp-clients", "lab-asa-drops-second"]) {
      copyFileSync(`${root}samples/${name}.pcap`, join(archive, `${name}.pcap`));
    }
    writeFileSync(join(archive, "ipv6.pcap.gz"), gzipSync(readFileSync(`${root}samples/ipv6.pcap`)));
    const { status, stderr } = spawnSync(
      "sh",
      [`${root}samples/fleet/archive.sh`, join(folder, "a folder"), "3"],
      {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, IKE_DUPCHECK: `${process.execPath} ${PROGRAM}` },
      },
    );
    expect(status, stderr).toBe(1);
    const whole = runProgram(["--json", archive]);
    expect(whole.status).toBe(1);
    const told = (reports: readonly Report[]) =>
      reports
        .flatMap(({ findings }) => findings.map(({ fingerprint, verdict }) => `${verdict} ${fingerprint}`))
        .sort();
    const reports = readdirSync(folder)
      .filter((name) => name.startsWith("report-"))
      .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Report);
    expect(reports).toHaveLength(3);
    expect(told(reports)).toEqual(told([JSON.parse(whole.stdout) as Report]));
    expect(told(reports)).toHaveLength(3);
    rmSync(folder, { recursive: true });
  },
);
