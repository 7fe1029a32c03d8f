/** Signals, rotated logs, readers that stop reading, and pipes. */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lineSchema } from "../../src/report/lines.ts";
import { pcap } from "../support/capture-files.ts";
import { LiveProgram } from "../support/live-program.ts";
import { testInNamespace } from "../support/live-test.ts";
import { capturePackages, isInstalled, isRoot, sampleRecords, userNamespaces } from "../support/namespace.ts";
import { COMMAND, PROGRAM, plainEnvironment, programIsBuilt } from "../support/program.ts";
import { Client, Stage } from "../support/session.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dupcheck-live-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function collision(): Stage {
  const stage = new Stage(41);
  new Client(stage, { address: "198.51.100.11" }).connect(0).quickMode(0.2).deleteEsp(4);
  new Client(stage, { address: "198.51.100.12" }).connect(0.5).unanswered(0.7, 1, [1, 2]);
  return stage;
}

describe
  .skipIf(userNamespaces === null || capturePackages.length === 0 || !programIsBuilt())
  .concurrent("while an interface is captured", () => {
    const test = testInNamespace(userNamespaces);
    const onA = ["-i", "a0", "--capture-with", capturePackages[0]];

    test.for(["SIGINT", "SIGTERM"] as const)(
      "%s gives the report and the contract's exit status",
      async (signal, { namespace }) => {
        const program = await LiveProgram.start(namespace, ...onA);
        await namespace.play("a1", collision().sorted(), 1);
        await program.tells("rejected");
        const { status, report } = await program.stop(signal);
        expect([status, report.findings[0].verdict]).toEqual([1, "rejected"]);
      },
    );

    test("SIGHUP opens the file anew, and lines are appended to it", async ({ namespace }) => {
      const path = join(folder, "live.ndjson");
      const begin = async () => {
        const program = LiveProgram.begin(
          namespace,
          ...onA,
          "--format",
          "ndjson",
          "-o",
          path,
          "--stats-every",
          "1",
        );
        await program.says(/capturing on/);
        return program;
      };
      const written = (file: string, lines: number) => async () => {
        while (readFileSync(file, "utf8").split("\n").length <= lines)
          await new Promise((done) => setTimeout(done, 50));
      };
      const program = await begin();
      await written(path, 1)();
      renameSync(path, `${path}.1`);
      program.child.kill("SIGHUP");
      while (!(statSync(path, { throwIfNoEntry: false })?.size ?? 0))
        await new Promise((done) => setTimeout(done, 50));
      program.child.kill("SIGINT");
      expect((await program.ended).status).toBe(0);
      const types = (file: string) =>
        readFileSync(file, "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => lineSchema.parse(JSON.parse(line)).type);
      expect(new Set(types(`${path}.1`))).toEqual(new Set(["stats"]));
      expect(types(path).at(-1)).toBe("report");
      const before = types(path).length;
      const again = await begin();
      again.child.kill("SIGINT");
      await again.ended;
      expect(types(path).length).toBeGreaterThan(before);
      expect(types(path)[before - 1]).toBe("report");
    });

    test("a hang-up of the terminal ends it in order where there is no file", async ({ namespace }) => {
      const program = await LiveProgram.start(namespace, ...onA);
      expect((await program.stop("SIGHUP")).status).toBe(0);
    });

    test("a reader that went away ends it quietly", async ({ namespace }) => {
      const program = await LiveProgram.start(namespace, ...onA, "--stats-every", "1");
      program.child.stdout!.destroy();
      await program.ended;
      expect(program.stderr.trim().split("\n")).toEqual([
        `ike-dupcheck: capturing on a0 with ${capturePackages[0]}`,
      ]);
    });

    test("a second signal ends it at once, even when nobody reads", async ({ namespace }) => {
      const program = await LiveProgram.start(namespace, ...onA);
      // More than a pipe holds, so that the report waits for the reader.
      const stage = new Stage(42);
      for (let i = 0; i < 250; i += 1)
        new Client(stage, { address: `203.0.113.${i}` }).connect(i).quickMode(i + 0.2, i + 1);
      await namespace.play("a1", stage.sorted(), 200);
      program.child.stdout!.pause();
      program.child.kill("SIGINT");
      await program.says(/a second one ends the program/);
      program.child.kill("SIGINT");
      program.child.stdout!.resume();
      // As whoever does not listen for the signal ends: a shell says 130.
      expect((await program.ended).signal).toBe("SIGINT");
    });
  });

describe.skipIf(!programIsBuilt()).concurrent("a pipe on standard input", () => {
  /** The program with a pipe that the test writes to. */
  function piped(...args: string[]) {
    const child = spawn(COMMAND[0], [...COMMAND.slice(1), ...args], { env: plainEnvironment() });
    return { program: new LiveProgram(child), stdin: child.stdin };
  }

  test("that comes as it happens tells findings before its end", async () => {
    const { program, stdin } = piped("--format", "ndjson", "-");
    const records = collision().sorted();
    stdin.write(pcap([]));
    const began = Date.now();
    for (const record of records) {
      const wait = Number(record.at - records[0].at) / 1e6 - (Date.now() - began);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      // Before the client tries again: a busy machine would read both tries at once.
      if (Number(record.at - records[0].at) / 1e9 > 1.5) await program.tells("predicted");
      stdin.write(pcap([record]).subarray(24));
    }
    await program.tells("rejected");
    expect(program.history.map((line) => line.split(" ", 2).join(" "))).toContain("finding predicted");
    expect(program.lines.some(({ type }) => type === "report")).toBe(false);
    stdin.end();
    expect((await program.ended).status).toBe(1);
    expect(program.lines.at(-1)?.type).toBe("report");
  });

  test("that is a file is judged once, and gives what the file gives", async () => {
    const { program, stdin } = piped("--format", "ndjson", "-");
    stdin.end(pcap(sampleRecords("two-windows-clients.pcap")));
    await program.ended;
    const file = join(import.meta.dirname, "../../samples/two-windows-clients.pcap");
    const { stdout } = spawnSync(COMMAND[0], [...COMMAND.slice(1), "--json", file], { encoding: "utf8" });
    const whole = JSON.parse(stdout);
    const last = program.lines.at(-1);
    if (last?.type !== "report") throw new Error("no report");
    const named = (source: string) =>
      JSON.parse(JSON.stringify(last.report).replaceAll('"-"', JSON.stringify(source)));
    expect(named(file)).toEqual(whole);
    expect(program.lines.map(({ type }) => type)).toEqual(["finding", "report"]);
  });
});

describe.skipIf(!programIsBuilt() || !isRoot || !isInstalled("setpriv"))(
  "without the right to capture",
  () => {
    /** As a user with no capability at all. */
    function asNobody(...args: string[]) {
      const command = [
        "--reuid",
        "65534",
        "--regid",
        "65534",
        "--clear-groups",
        "--inh-caps=-all",
        process.execPath,
      ];
      return spawnSync("setpriv", [...command, PROGRAM, ...args], { encoding: "utf8" });
    }

    const readable = asNobody("--version").status === 0;
    if (!readable) console.log("skipped: the program cannot be read by another user here");

    test.skipIf(!readable)("it says what is missing, and names the group of dumpcap first", () => {
      const { status, stderr } = asNobody("-i", "lo");
      expect(status).toBe(2);
      const said = stderr.trimEnd().split("\n");
      expect(said[0]).toMatch(
        /^ike-dupcheck: cannot capture on lo with \w+: the capability CAP_NET_RAW is missing$/,
      );
      expect(said[1]).toMatch(/dumpcap/);
      expect(said[2]).toMatch(/-m 0750 .*setcap cap_net_raw=ep/);
      expect(said[3]).toMatch(/tcpdump -i lo .*\| ike-dupcheck -/);
    });

    test.skipIf(!readable)("-D and --print-bpf need no right", () => {
      expect(asNobody("-D").stdout).toMatch(/^lo +(up|down)?.*$/m);
      expect(asNobody("--print-bpf").stdout).toMatch(/^udp port 500 or /);
    });
  },
);
