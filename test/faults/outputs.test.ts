/** Outputs that a full, failing or read-only disk does not take: one sentence each, status 2, and nothing half-written. */

import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import {
  capture,
  DISK_FAILED,
  EIO,
  ENOSPC,
  EROFS,
  type Fault,
  failing,
  folder,
  isPossible,
  leftBehind,
  NO_ROOM,
  READ_ONLY,
  SAMPLE,
  tidy,
} from "./failing.ts";

beforeEach(() => copyFileSync(SAMPLE, capture));
afterAll(() => rmSync(folder, { recursive: true }));

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
  {
    what: "a new key on a full disk, which would be refused as half a key in every later run",
    args: ["--anonymize", "--anonymize-key", "new.key"],
    fault: { on: "write", path: "new.key", at: 10, errno: ENOSPC },
    says: `cannot write the key new.key: ${NO_ROOM}`,
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

  it("lines that are appended while a capture goes on stay whole, and so does what stood before them", () => {
    tidy();
    writeFileSync(join(folder, "log"), '{"torn');
    const args = ["--format", "ndjson", "-o", "log", "-"];
    const before = failing({}, args, readFileSync(SAMPLE));
    expect(before.stderr).toBe("");
    const [torn, ...lines] = readFileSync(join(folder, "log"), "utf8").trimEnd().split("\n");
    expect(torn).toBe('{"torn');
    expect(lines.map((line) => JSON.parse(line).type).at(-1)).toBe("report");
    tidy();
    // In the middle of the second line.
    const fault: Fault = { on: "write", path: "log", at: lines[0].length + 100, errno: ENOSPC };
    const { status, stderr } = failing(fault, args, readFileSync(SAMPLE));
    expect(stderr).toBe(`ike-dupcheck: cannot write log: ${NO_ROOM}\n`);
    expect(status).toBe(2);
    expect(readFileSync(join(folder, "log"), "utf8")).toBe(`${lines[0]}\n`);
  });

  it("message records end with a whole line", () => {
    tidy();
    const fault: Fault = { on: "write", path: "r.ndjson", at: 5000, errno: ENOSPC };
    failing(fault, ["extract", "-o", "r.ndjson", "a.pcap"]);
    const text = readFileSync(join(folder, "r.ndjson"), "utf8");
    const whole = failing({}, ["extract", "a.pcap"]).stdout;
    expect(text.length).toBeGreaterThan(4000);
    expect(text.length).toBeLessThanOrEqual(5000);
    expect(text.endsWith("}\n")).toBe(true);
    expect(whole.startsWith(text)).toBe(true);
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
