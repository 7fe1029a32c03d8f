/** The service of samples/service: what systemd says of the unit, and the program inside the sandbox it asks for. */

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Line } from "../../src/report/lines.ts";
import { LiveProgram } from "../support/live-program.ts";
import { isInstalled, isRoot, Namespace, rootNamespaces } from "../support/namespace.ts";
import { PROGRAM, programIsBuilt } from "../support/program.ts";
import { Client, Stage } from "../support/session.ts";

const service = fileURLToPath(new URL("../../samples/service", import.meta.url));
const unit = readFileSync(join(service, "ike-dupcheck@.service"), "utf8");
/** The drop-in for lines in the journal. */
const journal = readFileSync(join(service, "journal.conf"), "utf8");
const NOBODY = 65534;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dupcheck-service-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Value of a setting of the unit; the last one counts. */
function setting(name: string, file = unit): string {
  const values = [...file.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value);
  expect(values.length, name).toBeGreaterThan(0);
  return values.at(-1)!;
}

describe.skipIf(!isInstalled("systemd-analyze"))("systemd", () => {
  function analyze(...args: string[]) {
    return spawnSync("systemd-analyze", args, { encoding: "utf8" });
  }

  const runnable = (text: string) => text.replace(/^(ExecStart=)\S+/m, `$1${PROGRAM}`);

  it.each([
    ["the unit", "eth0", ""],
    ["the unit that writes into the journal", "eth1", journal],
  ])("finds nothing to complain of in %s", (_, name, dropIn) => {
    const instance = join(folder, `ike-dupcheck@${name}.service`);
    writeFileSync(instance, runnable(unit));
    if (dropIn !== "") {
      mkdirSync(`${instance}.d`);
      writeFileSync(join(`${instance}.d`, "journal.conf"), runnable(dropIn));
    }
    const { status, stderr } = analyze("verify", "--man=no", instance);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("rates its exposure as OK, 2.0 of 10 at most", () => {
    const { status, stdout } = analyze(
      "security",
      "--offline=true",
      "--threshold=20",
      join(service, "ike-dupcheck@.service"),
    );
    expect(status, stdout.slice(-300)).toBe(0);
  });

  it("makes the user of the service", () => {
    mkdirSync(join(folder, "etc"));
    const { status, stderr } = spawnSync(
      "systemd-sysusers",
      [`--root=${folder}`, join(service, "ike-dupcheck.sysusers")],
      { encoding: "utf8" },
    );
    expect(status, stderr).toBe(0);
    expect(readFileSync(join(folder, "etc/passwd"), "utf8")).toMatch(new RegExp(`^${setting("User")}:`, "m"));
  });
});

describe.skipIf(!isInstalled("logrotate") || !isRoot)("logrotate", () => {
  it("puts the log aside and leaves a new one for the program to open", () => {
    const logs = mkdtempSync(join(folder, "rotated-"));
    const log = join(logs, "eth0.ndjson");
    writeFileSync(log, "{}\n");
    const config = join(folder, "logrotate.conf");
    const text = readFileSync(join(service, "ike-dupcheck.logrotate"), "utf8");
    writeFileSync(
      config,
      text.replace("/var/log/ike-dupcheck/", `${logs}/`).replace(/ike-dupcheck ike-dupcheck$/gm, "root root"),
    );
    const state = join(folder, "logrotate.state");
    const { status, stderr } = spawnSync("logrotate", ["--force", `--state=${state}`, config], {
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readdirSync(logs).sort()).toEqual(["eth0.ndjson", "eth0.ndjson.1"]);
    expect(statSync(log)).toMatchObject({ size: 0, mode: 0o100640 });
  });
});

const sandboxed = rootNamespaces !== null && isInstalled("setpriv") && programIsBuilt();

describe.skipIf(!sandboxed)("inside the sandbox of the unit", () => {
  let namespace: Namespace;
  beforeAll(async () => {
    namespace = await Namespace.make(rootNamespaces!);
    namespace.veth("a");
  });
  afterAll(() => namespace.end());

  /**
   * The settings by hand, as far as programs without systemd can make them: a read-only system with one writable
   * folder, only processes in /proc, another user, and no capability but the ones that the unit names.
   */
  function sandbox(logs: string, command: readonly string[]): string[] {
    const names = setting("AmbientCapabilities").toLowerCase().replace("cap_", "+");
    const capabilities = `-all,${names}`;
    const mounts = [
      `mount --bind ${logs} ${logs}`,
      "mount -o remount,bind,ro /",
      "mount -t proc -o subset=pid proc /proc",
      'exec "$@"',
    ];
    return [
      ...["unshare", "-m", "sh", "-ec", mounts.join("\n"), "sh"],
      ...["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--no-new-privs"],
      `--inh-caps=${capabilities}`,
      `--ambient-caps=${capabilities}`,
      `--bounding-set=${capabilities}`,
      ...command,
    ];
  }

  it("captures, reports a finding into its log or the journal, and ends with the report", async () => {
    const logs = join(folder, "logs");
    mkdirSync(logs);
    chownSync(logs, NOBODY, NOBODY);
    chmodSync(folder, 0o755);
    const started = (file: string, name: string) =>
      setting("ExecStart", file)
        .split(" ")
        .slice(1)
        .map((word) =>
          word.replace("%I", "a0").replace(/\/var\/(?:log|lib)\/ike-dupcheck\/%i/, join(logs, name)),
        );
    const run = (file: string, name: string, before: readonly string[]) =>
      new LiveProgram(
        namespace.spawn(sandbox(logs, [...before, process.execPath, PROGRAM, ...started(file, name)])),
      );
    // Standard output is a file that JOURNAL_STREAM names, as systemd does with the socket of its journal.
    const entries = join(logs, "journal");
    writeFileSync(entries, "", { mode: 0o666 });
    chownSync(entries, NOBODY, NOBODY);
    const { dev, ino } = statSync(entries);
    const redirected = `JOURNAL_STREAM=${dev}:${ino} exec "$@" >${entries}`;
    const programs = [run(unit, "a0", []), run(journal, "a1", ["sh", "-c", redirected, "sh"])];
    for (const program of programs) await program.says(/capturing on/);
    const stage = new Stage(51);
    new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).deleteEsp(9);
    new Client(stage, { address: "198.51.100.12" }).connect(0.5).unanswered(0.7, 1, [1, 2]);
    await namespace.play("a1", stage.sorted(), 1);
    for (const { child } of programs) child.kill("SIGTERM");
    for (const program of programs) expect((await program.ended).status).toBe(1);
    const written = (file: string) => readFileSync(join(logs, file), "utf8").trimEnd().split("\n");
    const lines = written("a0.ndjson").map((line) => JSON.parse(line) as Line);
    const last = lines.at(-1);
    const metrics = readFileSync(join(logs, "a0.prom"), "utf8");
    const packets = last?.type === "report" ? last.report.capture.packets : -1;
    expect(metrics).toContain(`\nike_dupcheck_packets_total ${packets}\n`);
    expect(metrics).toMatch(/^ike_dupcheck_findings\{gateway="[^"]+",verdict="rejected"\} 1$/m);
    expect(readdirSync(logs).sort()).toEqual(["a0.ndjson", "a0.prom", "a1.prom", "journal"]);
    expect(last).toMatchObject({
      type: "report",
      report: { summary: { findings: { rejected: 1 } } },
    });
    // The journal has the same findings, each with the priority of its severity.
    const entriesOf = written("journal").map((line) => {
      const [, priority, text] = /^<(\d)>(\{.*\})$/.exec(line) ?? [];
      return { priority: Number(priority), line: JSON.parse(text) as Line };
    });
    const findings = entriesOf.flatMap(({ priority, line }) =>
      line.type === "finding" || line.type === "finding-update" ? [{ priority, ...line.finding }] : [],
    );
    expect(findings.at(-1)).toMatchObject({ verdict: "rejected" });
    for (const { priority, severity } of findings) {
      expect(priority).toBe({ high: 3, medium: 4, low: 5, info: 6 }[severity]);
    }
    expect(entriesOf.at(-1)).toMatchObject({ priority: 6, line: { type: "report" } });
  });
});
