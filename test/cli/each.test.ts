import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { reportSchema } from "../../src/report/model.ts";
import { programIsBuilt, runProgram } from "../support/program.ts";

const SAMPLES = fileURLToPath(new URL("../../samples", import.meta.url));
const INPUTS = ["ipv6.pcap", "authip.pcap", "vlan.pcap"];
const run = (...args: string[]) => runProgram(args, { cwd: SAMPLES });

describe.runIf(programIsBuilt())("--each", () => {
  test("JSON is one object with a valid report of each capture, the same as by itself", () => {
    const { stdout, status } = run("--each", "--json", ...INPUTS);
    const { schemaVersion, reports } = JSON.parse(stdout);
    expect([schemaVersion, reports.length, status]).toEqual(["1", 3, 1]);
    for (const [index, name] of INPUTS.entries()) {
      const alone = JSON.parse(run("--json", name).stdout);
      expect(reportSchema.parse(reports[index])).toEqual(alone);
    }
  });

  test("ndjson has one line of a report for each", () => {
    const lines = run("--each", "--format", "ndjson", ...INPUTS)
      .stdout.trimEnd()
      .split("\n");
    const reports = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "report");
    expect(reports.map(({ report }) => report.capture.sources[0].name)).toEqual(INPUTS);
  });

  test.each(["table", "markdown", "html"])("%s has a section of each", (format) => {
    const { stdout } = run("--each", "--format", format, ...INPUTS);
    const places = INPUTS.map((name) => stdout.indexOf(name));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  test("a page has one head, one end, and no name twice", () => {
    const { stdout } = run("--each", "--format", "html", ...INPUTS);
    for (const tag of ["<!DOCTYPE html>", "<main>", "</main>", "</html>"])
      expect(stdout.split(tag).length, tag).toBe(2);
    const names = [...stdout.matchAll(/\bid="([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("the status is the worst: 0 where nothing is found, 2 where one cannot be read", () => {
    expect(run("--each", "--json", "authip.pcap").status).toBe(0);
    const { status, stderr } = run("--each", "--json", "authip.pcap", "missing.pcap", "vlan.pcap");
    expect([status, stderr.includes("missing.pcap")]).toEqual([2, true]);
  });

  test("a file that cannot be read is named in a report: its own, or one of all that a directory holds", () => {
    const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-each-"));
    try {
      copyFileSync(join(SAMPLES, "vlan.pcap"), join(folder, "good.pcap"));
      for (const name of ["bad.pcap", "worse.pcapng"]) writeFileSync(join(folder, name), "\x01\x02\x03\x04");
      const { stdout, status } = run("--each", "--json", "missing.pcap", folder);
      const unread = JSON.parse(stdout).reports.map((report: unknown) => {
        const { capture, coverage } = reportSchema.parse(report);
        const gaps = coverage.gaps.filter(({ code }) => code === "unreadable");
        return [capture.sources.length, coverage.complete, gaps.map(({ message }) => message)];
      });
      const named = (name: string) => expect.stringContaining(name);
      expect(unread).toEqual([
        [0, false, [named("missing.pcap")]],
        [1, true, []],
        [0, false, [named("bad.pcap"), named("worse.pcapng")]],
      ]);
      expect(status).toBe(2);
      for (const format of ["ndjson", "table", "markdown", "html"]) {
        const text = run("--each", "--format", format, folder).stdout;
        expect([format, text.includes("bad.pcap"), text.includes("worse.pcapng")]).toEqual([
          format,
          true,
          true,
        ]);
      }
      // One that is found, not named, is a gap, which --strict makes an error.
      expect(run("--each", "--json", folder).status).toBe(1);
      expect(run("--each", "--json", "--strict", folder).status).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ["--state", "s.json"],
    ["-w", "e.pcap"],
    ["-i", "eth0"],
  ])("%s is wrong usage", (...other) => {
    const { status, stderr } = run("--each", ...other, ...(other[0] === "-i" ? [] : ["vlan.pcap"]));
    expect([status, stderr.includes("--each")]).toEqual([2, true]);
  });
});
