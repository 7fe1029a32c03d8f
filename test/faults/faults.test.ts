/**
 * Faults of the machine, made by a library that stands before the system's calls (fault.c): one sentence each, the
 * right status, and nothing half-written.
 */

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { COMMAND, plainEnvironment, programIsBuilt } from "../support/program.ts";
import { hasTool } from "../support/tools.ts";

const SAMPLE = fileURLToPath(new URL("../../samples/two-windows-clients.pcap", import.meta.url));
const OTHER = fileURLToPath(new URL("../../samples/random-ids.pcap", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-faults-"));
const library = join(folder, "fault.so");
const capture = join(folder, "a.pcap");
afterAll(() => rmSync(folder, { recursive: true }));

/** False, with a printed reason, where the library cannot be made or stood before the program. */
function canFail(): boolean {
  if (!programIsBuilt()) return false;
  const skip = (why: string) => {
    console.log(`skipped: faults of the machine, because ${why}`);
    return false;
  };
  if (process.platform !== "linux") return skip("LD_PRELOAD is Linux's");
  if (process.env.IKE_DUPCHECK_EXECUTABLE !== undefined) return skip("the executable may be a script");
  const source = fileURLToPath(new URL("fault.c", import.meta.url));
  const { status } = spawnSync("gcc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
  return status === 0 || skip("there is no gcc");
}

/** What goes wrong; see fault.c. */
interface Fault {
  on?: "open" | "read" | "write" | "fsync" | "rename";
  path?: string;
  at?: number;
  open?: number;
  errno?: number;
  run?: string;
  clock?: number;
}

function failing(
  { on = "read", path = "a.pcap", at = 0, open = 0, errno = 0, run = "", clock = 0 }: Fault,
  args: readonly string[],
  input?: Uint8Array,
) {
  const [program, ...before] = COMMAND;
  const settings = { ON: on, PATH: path, AT: at, OPEN: open, ERRNO: errno, DO: run, CLOCK: clock };
  const env = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`FAULT_${key}`, `${value}`]),
  );
  return spawnSync(program, [...before, ...args], {
    encoding: "utf8",
    cwd: folder,
    timeout: 30_000,
    env: { ...plainEnvironment(), LD_PRELOAD: library, ...env },
    ...(input === undefined ? {} : { input }),
  });
}

const [EIO, ENOENT, EMFILE, ENOSPC, EROFS] = [5, 2, 24, 28, 30];
const NO_ROOM = "no space left on the device";
const READ_ONLY = "the file system is read-only";
const DISK_FAILED = "the disk or share that it lies on failed";

const isPossible = canFail();
beforeEach(() => copyFileSync(SAMPLE, capture));

/** Files of the folder that a run has left behind. */
function leftBehind(): string[] {
  const known = ["a.pcap", "fault.so", "fault.c"];
  return readdirSync(folder).filter((name) => !known.includes(name));
}

function tidy(): void {
  for (const name of leftBehind()) rmSync(join(folder, name), { recursive: true });
}

const OUTPUTS: { what: string; args: string[]; fault: Fault; says: string }[] = [
  {
    what: "a report on a full disk",
    args: ["--json", "-o", "r.json"],
    fault: { on: "write", path: ".ike-dupcheck-", at: 100, errno: ENOSPC },
    says: `cannot write r.json: ${NO_ROOM}`,
  },
  {
    what: "evidence on a full disk",
    args: ["-q", "-w", "r.pcap"],
    fault: { on: "write", path: ".ike-dupcheck-", at: 100, errno: ENOSPC },
    says: `cannot write r.pcap: ${NO_ROOM}`,
  },
  {
    what: "a report on a disk that is full when it is to be kept",
    args: ["-o", "r"],
    fault: { on: "fsync", path: ".ike-dupcheck-", errno: EIO },
    says: `cannot write r: ${DISK_FAILED}`,
  },
  {
    what: "a report whose name cannot be given",
    args: ["-o", "r"],
    fault: { on: "rename", path: ".ike-dupcheck-", errno: EROFS },
    says: `cannot write r: ${READ_ONLY}`,
  },
  {
    what: "a report on a read-only disk",
    args: ["-o", "r"],
    fault: { on: "open", path: ".ike-dupcheck-", errno: EROFS },
    says: `cannot write r: ${READ_ONLY}`,
  },
  {
    what: "evidence on a read-only disk",
    args: ["-w", "r.pcap"],
    fault: { on: "open", path: ".ike-dupcheck-", errno: EROFS },
    says: `cannot write r.pcap: ${READ_ONLY}`,
  },
  {
    what: "message records on a full disk",
    args: ["extract", "-o", "r.ndjson"],
    fault: { on: "write", path: "r.ndjson", at: 100, errno: ENOSPC },
    says: `cannot write r.ndjson: ${NO_ROOM}`,
  },
  {
    what: "message records on a read-only disk",
    args: ["extract", "-o", "r.ndjson"],
    fault: { on: "open", path: "r.ndjson", errno: EROFS },
    says: `cannot write r.ndjson: ${READ_ONLY}`,
  },
];

describe.runIf(isPossible)("what cannot be written", () => {
  it.each(OUTPUTS)("$what", ({ args, fault, says }) => {
    tidy();
    const command = args[0] === "extract" ? ["extract"] : [];
    const { status, stderr } = failing(fault, [...command, ...args.slice(command.length), "a.pcap"]);
    expect(stderr).toBe(`ike-dupcheck: ${says}\n`);
    expect(status).toBe(2);
    // Records are a stream: what was written of them stands.
    expect(leftBehind().filter((name) => name !== "r.ndjson")).toEqual([]);
  });

  it.each([
    ["full", { on: "write", at: 10, errno: ENOSPC } as Fault, NO_ROOM],
    ["read-only", { on: "open", errno: EROFS } as Fault, READ_ONLY],
  ])("a state on a %s disk", (_, fault, says) => {
    tidy();
    const records = failing({}, ["extract", "a.pcap"]).stdout;
    writeFileSync(join(folder, "records.ndjson"), records);
    const { status, stderr } = failing({ ...fault, path: "kept." }, ["--state", "kept", "records.ndjson"]);
    expect(stderr).toContain(`cannot write the state kept: `);
    expect(stderr).toContain(says);
    expect(stderr.match(/^ike-dupcheck: cannot/gm)).toHaveLength(1);
    expect(status).toBe(2);
    expect(leftBehind()).toEqual(["records.ndjson"]);
  });
});

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

  it.each(["zip", "tgz"])("of a %s archive", (kind) => {
    const program = kind === "zip" ? "zip" : "tar";
    if (!hasTool(program)) return;
    const args = kind === "zip" ? ["-q", "x.zip", "a.pcap"] : ["czf", "x.tgz", "a.pcap"];
    spawnSync(program, args, { cwd: folder });
    const { status, stderr } = failing({ path: `x.${kind}`, at: 700, errno: EIO }, [`x.${kind}`]);
    expect(stderr).toBe(`ike-dupcheck: cannot read x.${kind}: ${DISK_FAILED}\n`);
    expect(status).toBe(2);
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
    ["replaced", `cp '${OTHER}' a.pcap`],
    ["cut off", `truncate -s ${boundary()} a.pcap`],
  ] as const;
  it.each(CHANGES)("and is %s before its evidence is taken gives none", (_, run) => {
    tidy();
    // Opened to see what it is, then to read it, then for the evidence.
    const { status, stderr } = failing({ open: 3, run }, ["-q", "-w", "r.pcap", "a.pcap"]);
    expect(stderr).toBe("ike-dupcheck: cannot write r.pcap: the captures changed after they were read\n");
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
