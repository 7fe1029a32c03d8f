/**
 * Faults of the machine where something is read, made by a library that stands before the system's calls (fault.c):
 * one sentence each and the right status.
 */

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { COMMAND, plainEnvironment } from "../support/program.ts";
import { hasTool } from "../support/tools.ts";
import {
  capture,
  DISK_FAILED,
  EIO,
  EMFILE,
  ENOENT,
  type Fault,
  failing,
  folder,
  isPossible,
  leftBehind,
  SAMPLE,
  tidy,
} from "./failing.ts";

const OTHER = fileURLToPath(new URL("../../samples/random-ids.pcap", import.meta.url));
beforeEach(() => copyFileSync(SAMPLE, capture));
afterAll(() => rmSync(folder, { recursive: true }));

const READS: { what: string; name: string; make: () => Uint8Array; at: number }[] = [
  { what: "pcap", name: "x.pcap", make: () => readFileSync(SAMPLE), at: 10_000 },
  {
    what: "message records",
    name: "x.ndjson",
    make: () => Buffer.from(failing({}, ["extract", "a.pcap"]).stdout),
    at: 10_000,
  },
];

describe.runIf(isPossible)("a disk that fails in the middle of a read", () => {
  it.each(READS)(
    "of $what: what was read is reported, with one sentence and status 2",
    ({ name, make, at }) => {
      writeFileSync(join(folder, name), make());
      const { status, stdout } = failing({ path: name, at, errno: EIO }, ["--json", name]);
      expect(status).toBe(2);
      const report = JSON.parse(stdout);
      expect(report.capture.sources[0]).toMatchObject({ end: "corrupt" });
      expect(report.capture.packets).toBeGreaterThan(0);
      const said = report.warnings.filter(({ message }: { message: string }) =>
        message.includes(DISK_FAILED),
      );
      expect(said).toHaveLength(1);
      expect(report.coverage.complete).toBe(false);
    },
  );

  it("of Network Monitor's frames, which lie anywhere", () => {
    if (!hasTool("editcap")) return;
    spawnSync("editcap", ["-F", "netmon2", capture, join(folder, "x.cap")]);
    // The table of frames stands at the end: all but the frames in the middle can be read.
    const { status, stdout, stderr } = failing({ path: "x.cap", at: 5000, errno: EIO }, ["--json", "x.cap"]);
    expect(`${stdout}${stderr}`).toContain(DISK_FAILED);
    expect(stderr).not.toContain("internal");
    expect(status).toBe(2);
  });

  it("of a zip archive", () => {
    if (!hasTool("zip")) return;
    spawnSync("zip", ["-q", "x.zip", "a.pcap"], { cwd: folder });
    const { status, stderr } = failing({ path: "x.zip", at: 700, errno: EIO }, ["x.zip"]);
    expect(stderr).toBe(`ike-dupcheck: cannot read x.zip: ${DISK_FAILED}\n`);
    expect(status).toBe(2);
  });

  it.each(["cf", "czf"])("of an archive of tar %s: the files before it are read", (options) => {
    if (!hasTool("tar")) return;
    // The second file is as long as what is read at a time, and cannot be packed.
    writeFileSync(join(folder, "b.pcap"), Buffer.concat([readFileSync(SAMPLE), randomBytes(2 ** 21)]));
    spawnSync("tar", [options, "x.tar", "a.pcap", "b.pcap"], { cwd: folder });
    const fault = { path: "x.tar", at: 1_500_000, errno: EIO };
    const { stdout } = failing(fault, ["--json", "x.tar"]);
    const report = JSON.parse(stdout);
    expect(report.summary.findings.rejected).toBe(1);
    expect(report.coverage.complete).toBe(false);
    expect(stdout).toContain(DISK_FAILED);
    expect(failing(fault, ["--strict", "x.tar"]).status).toBe(2);
  });

  it("of a state, which is then not written over", () => {
    tidy();
    const before = Buffer.alloc(200, "kept");
    writeFileSync(join(folder, "kept"), before);
    writeFileSync(join(folder, "records.ndjson"), "{}\n");
    const args = ["--state", "kept", "records.ndjson"];
    const { status, stdout, stderr } = failing({ path: "kept", at: 100, errno: EIO }, args);
    expect(stderr).toMatch(/^ike-dupcheck: cannot read the state [^\n]*kept: [^\n]*\n$/);
    expect(stderr).toContain(DISK_FAILED);
    expect([status, stdout]).toEqual([2, ""]);
    expect(readFileSync(join(folder, "kept"))).toEqual(before);
  });

  it("of what is extracted from: its records up to there, one sentence and status 2", () => {
    const { status, stdout, stderr } = failing({ at: 10_000, errno: EIO }, ["extract", "a.pcap"]);
    expect(stderr).toMatch(new RegExp(`^ike-dupcheck: a.pcap: reading failed \\(${DISK_FAILED}\\)\\.\n`));
    expect(stdout.trimEnd().split("\n").length).toBeGreaterThan(10);
    expect(status).toBe(2);
  });

  it("of a capture that is read again for its evidence: the reason is the disk's", () => {
    tidy();
    const { status, stderr } = failing({ open: 3, at: 5000, errno: EIO }, ["-q", "-w", "r.pcap", "a.pcap"]);
    const why = `the second reading differs: a.pcap: reading failed (${DISK_FAILED})`;
    expect(stderr).toBe(`ike-dupcheck: cannot write r.pcap: ${why}\n`);
    expect(status).toBe(2);
    expect(leftBehind()).toEqual([]);
  });

  it("of a key of --anonymize-key", () => {
    writeFileSync(join(folder, "x.key"), "00".repeat(32));
    const args = ["--anonymize", "--anonymize-key", "x.key", "a.pcap"];
    const { status, stderr } = failing({ path: "x.key", errno: EIO }, args);
    expect(stderr).toBe(`ike-dupcheck: cannot read the key x.key: ${DISK_FAILED}\n`);
    expect(status).toBe(2);
  });

  it("of keys", () => {
    writeFileSync(join(folder, "x.keys"), "00112233445566778899aabbccddeeff\n");
    const { status, stderr } = failing({ path: "x.keys", errno: EIO }, ["--keys", "x.keys", "a.pcap"]);
    expect(stderr).toBe(`ike-dupcheck: cannot read x.keys: ${DISK_FAILED}\n`);
    expect(status).toBe(2);
  });
});

/** Where the fiftieth packet of the sample ends: a file cut there has no record that is cut off. */
function boundary(): number {
  const bytes = readFileSync(SAMPLE);
  let at = 24;
  for (let packet = 0; packet < 50; packet += 1) at += 16 + bytes.readUInt32LE(at + 8);
  return at;
}

describe.runIf(isPossible)("a file that changes while it is read", () => {
  it("and becomes shorter, between two records, is not taken for whole", () => {
    const at = boundary();
    const { status, stdout } = failing({ at, run: `truncate -s ${at} a.pcap` }, ["--json", "a.pcap"]);
    const [source] = JSON.parse(stdout).capture.sources;
    expect(source).toMatchObject({ packets: 50, end: "corrupt" });
    expect(stdout).toContain("it became shorter while it was read");
    expect(status).toBe(2);
  });

  it("and grows is read to where it ends then", () => {
    const at = boundary();
    const whole = readFileSync(SAMPLE);
    writeFileSync(capture, whole.subarray(0, at));
    writeFileSync(join(folder, "rest"), whole.subarray(at));
    const { stdout } = failing({ at, run: "cat rest >> a.pcap" }, ["--json", "a.pcap"]);
    expect(JSON.parse(stdout).capture.sources[0]).toMatchObject({ packets: 84, end: "clean" });
  });

  it("and is still being written ends inside a record: a warning, and no error", () => {
    writeFileSync(capture, readFileSync(SAMPLE).subarray(0, boundary() + 40));
    const { status, stdout } = failing({}, ["--json", "a.pcap"]);
    expect(JSON.parse(stdout).capture.sources[0]).toMatchObject({ packets: 50, end: "truncated" });
    expect(status).toBe(1);
  });

  it("and is replaced by another of its name is read as it was", () => {
    const run = `cp '${OTHER}' new && mv new a.pcap`;
    const { stdout } = failing({ at: 8000, run }, ["--json", "a.pcap"]);
    expect(JSON.parse(stdout).capture.sources[0]).toMatchObject({ packets: 84, end: "clean" });
  });

  const CHANGES = [
    ["replaced", `cp '${OTHER}' new && mv new a.pcap`, "the captures changed after they were read"],
    [
      "cut off",
      `truncate -s ${boundary()} a.pcap`,
      "the second reading differs: a.pcap: reading failed (it became shorter while it was read)",
    ],
  ] as const;
  it.each(CHANGES)("and is %s before its evidence is taken gives none", (_, run, why) => {
    tidy();
    // Opened to see what it is, then to read it, then for the evidence.
    const { status, stderr } = failing({ open: 3, run }, ["-q", "-w", "r.pcap", "a.pcap"]);
    expect(stderr).toBe(`ike-dupcheck: cannot write r.pcap: ${why}\n`);
    expect(status).toBe(2);
    expect(existsSync(join(folder, "r.pcap"))).toBe(false);
    expect(leftBehind()).toEqual([]);
  });

  it("and is gone when its evidence is to be taken gives none", () => {
    tidy();
    const fault: Fault = { open: 2, run: "rm a.pcap" };
    const { status, stderr } = failing(fault, ["-q", "-w", "r.pcap", "a.pcap"]);
    expect(stderr).toBe("ike-dupcheck: cannot write r.pcap: cannot read a.pcap: the file is missing\n");
    expect(status).toBe(2);
    expect(leftBehind()).toEqual([]);
  });
});

describe.runIf(isPossible)("other faults", () => {
  it("no room for another open file is said of the file", () => {
    const { status, stderr } = failing({ on: "open", errno: EMFILE }, ["a.pcap"]);
    expect(stderr).toBe("ike-dupcheck: cannot read a.pcap: too many files are open\n");
    expect(status).toBe(2);
  });

  it("more captures at once than files may be open: each is read, or named", () => {
    tidy();
    const names = Array.from({ length: 60 }, (_, i) => `m${i}.pcap`);
    for (const name of names) copyFileSync(SAMPLE, join(folder, name));
    const limited = ["-c", 'ulimit -n 40; exec "$@"', "sh", ...COMMAND, "--json", ...names];
    const { status, stdout, stderr } = spawnSync("sh", limited, {
      encoding: "utf8",
      cwd: folder,
      env: plainEnvironment(),
    });
    expect(stderr).toBe("");
    const { capture: read, warnings } = JSON.parse(stdout);
    const ends = read.sources.map(({ end }: { end: string }) => end);
    const unread = warnings.filter(({ message }: { message: string }) =>
      message.includes("too many files are open"),
    );
    expect(ends.filter((end: string) => end === "clean" || end === "corrupt")).toHaveLength(60);
    expect(unread.length > 0).toBe(ends.includes("corrupt"));
    expect(status).toBe(unread.length === 0 ? 1 : 2);
  });

  it("a file that is gone when it is read is named", () => {
    const { status, stderr } = failing({ on: "open", errno: ENOENT }, ["a.pcap"]);
    expect(stderr).toBe("ike-dupcheck: cannot read a.pcap: the file is missing\n");
    expect(status).toBe(2);
  });

  it.each([-86_400, 86_400, 400_000_000])(
    "a clock that is set by %i seconds changes nothing of a pipe",
    (clock) => {
      const [before, after] = [0, clock].map((step) =>
        failing({ clock: step }, ["--json", "-"], readFileSync(SAMPLE)),
      );
      expect(after.stderr).toBe(before.stderr);
      expect(after.status).toBe(before.status);
      expect(after.stdout).toBe(before.stdout);
    },
  );
});
