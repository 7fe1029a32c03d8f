import { execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportSchema } from "../../src/report/model.ts";
import { pcap } from "../support/capture-files.ts";
import { datagram, isakmp } from "../support/frames.ts";
import { COUNTS, LiveProgram } from "../support/live-program.ts";
import {
  COMMAND,
  PROGRAM,
  plainEnvironment,
  programIsBuilt,
  runProgram,
  SHELL_COMMAND,
} from "../support/program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dupcheck-"));
  writeFileSync(join(folder, "a.pcap"), capture());
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two clients that both use message ID 1; the responder is silent. Nothing in it can be a firm finding. */
function capture(): Buffer {
  const start = 1_800_000_000_000_000_000n;
  const records = [11, 12].map((host, i) => ({
    at: start + BigInt(i) * 1_000_000_000n,
    frame: datagram(
      `192.0.2.${host}:500`,
      "192.0.2.1:500",
      isakmp({
        initiatorCookie: `00000000000000${host}`,
        responderCookie: "00000000000000aa",
        exchange: 32,
        messageId: 1,
      }),
    ),
  }));
  return pcap(records);
}

const describeBuilt = describe.skipIf(!programIsBuilt());

describeBuilt("the program as a process", () => {
  test("prints its version and ends with 0", () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(runProgram(["-V"])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("prints the schema, an explanation and a completion script", () => {
    expect(JSON.parse(runProgram(["schema"]).stdout)).toHaveProperty("$id");
    expect(runProgram(["explain", "rejected"]).stdout).toMatch(/^rejected \(verdict\)\n/);
    expect(runProgram(["completion", "bash"]).stdout).toMatch(/^complete .* ike-dupcheck$/m);
  });

  test("reports a capture as JSON that fits the schema, laid out as JSON.stringify does", () => {
    const { stdout, stderr } = runProgram(["--json", "a.pcap"], { cwd: folder });
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(stdout).toBe(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`);
    expect(JSON.parse(stdout)).toEqual(report);
    expect(report.capture.quickModeMessages).toBe(2);
    expect(stderr).toBe("");
  });

  test.each([
    ["named -", ["--json", "-"]],
    ["not named at all", ["--json"]],
  ])("reads standard input, %s, to the same findings", (_, args) => {
    const piped = JSON.parse(runProgram(args, { input: capture() }).stdout);
    const named = JSON.parse(runProgram(["--json", join(folder, "a.pcap")]).stdout);
    expect(piped.capture.sources[0].name).toBe("-");
    expect(piped.clients).toEqual(named.clients);
    expect(piped.capture.quickModeMessages).toBe(2);
  });

  test("checks the capture against the second reader", () => {
    const { stderr } = runProgram(["-v", "--cross-check", "a.pcap"], { cwd: folder });
    expect(stderr).toContain("cross-check: a.pcap: 2 ISAKMP messages are the same with pcap-parser\n");
  });

  test.each([
    ["a file that is not there", ["no.pcap"], /^ike-dupcheck: .*no\.pcap.*\n$/],
    [
      "a file that is no capture",
      [PROGRAM],
      /^ike-dupcheck: .*ike-dupcheck\.cjs is text without packets in it\n$/,
    ],
    ["an unknown option", ["--xml"], /^ike-dupcheck: unknown option '--xml'\n$/],
  ])("%s: one sentence, no report, status 2", (_, args, expected) => {
    const { status, stdout, stderr } = runProgram(args, { cwd: folder });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(expected);
  });

  test("refuses to write over the capture that standard input comes from", () => {
    const shell = `${SHELL_COMMAND} -o a.pcap - < a.pcap`;
    const { status, stderr } = spawnSync("bash", ["-c", shell], { cwd: folder, encoding: "utf8" });
    expect([status, stderr]).toEqual([2, "ike-dupcheck: refusing to write to a.pcap: it is an input\n"]);
    expect(readFileSync(join(folder, "a.pcap"))).toEqual(capture());
  });

  test("writes through /dev/stdout, which is a link to a pipe", () => {
    const shell = `${SHELL_COMMAND} -o /dev/stdout a.pcap | cat`;
    const { stdout } = spawnSync("bash", ["-c", shell], { cwd: folder, encoding: "utf8" });
    expect(stdout).toMatch(/^(\d+|No) collision/);
  });

  test.each([
    ["standard output", "schema ndjson", runProgram(["schema", "ndjson"]).stdout.split("\n").length - 1],
    ["standard error", "$(seq -f missing-%g 1 3000) 2>&1 >/dev/null", 3_000],
  ])("ends when all is written to %s, however late it is read", (_, args, lines) => {
    // More than a pipe holds.
    const shell = `${SHELL_COMMAND} ${args} | (sleep 0.5; wc -l)`;
    const { stdout } = spawnSync("bash", ["-c", shell], { cwd: folder, encoding: "utf8" });
    expect(Number(stdout)).toBe(lines);
  });
});

describeBuilt("whoever reads may go away", () => {
  // `true` ends long before the program has started: the first write already fails.
  test.each([
    ["a report", "--json a.pcap", "true"],
    ["a report whose first line is enough", "a.pcap", "head -1 > /dev/null"],
    ["the schema", "schema", "true"],
    ["help", "--help", "true"],
  ])("%s ends quietly, with the status that it would have had", (_, args, reader) => {
    const run = (command: string) =>
      spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8", env: plainEnvironment() });
    const program = `${SHELL_COMMAND} ${args}`;
    const whole = run(`${program} > /dev/null`);
    const cut = run(`${program} | ${reader}; exit \${PIPESTATUS[0]}`);
    expect([cut.status, cut.stderr]).toEqual([whole.status, ""]);
  });

  test("a full disk is no reader that went away", () => {
    const command = `${SHELL_COMMAND} a.pcap > /dev/full`;
    const { status, stderr } = spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8" });
    expect([status, stderr]).toEqual([
      2,
      "ike-dupcheck: cannot write the report: no space left on the device\n",
    ]);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600 && !condition(); tries += 1)
    await new Promise((done) => setTimeout(done, 50));
}

/** Whether the process has a handler for the signal; Linux tells, elsewhere the answer is no. */
function catches(pid: number, signal: NodeJS.Signals): boolean {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)$/m.exec(status)?.[1] ?? "0"}`);
  return ((caught >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

/** Whether the process has the file open; the same. */
function isOpen(pid: number, path: string): boolean {
  return spawnSync("ls", ["-l", `/proc/${pid}/fd`], { encoding: "utf8" }).stdout.includes(path);
}

describeBuilt("signals while standard input stays open", () => {
  /** Starts the program, gives it a capture without an end, and sends a signal once it has read that and listens. */
  async function interrupted(signal: NodeJS.Signals, input: Buffer, packets: number) {
    const args = [...COMMAND.slice(1), "--format", "ndjson", ...COUNTS, "-"];
    const child = spawn(COMMAND[0], args, { env: plainEnvironment() });
    const program = new LiveProgram(child);
    child.stdin.on("error", () => {});
    child.stdin.write(input);
    await until(() => catches(child.pid!, signal));
    if (packets > 0) await program.has(packets);
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    const ended = await program.ended;
    clearTimeout(timer);
    return { program, ...ended };
  }

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends the input: what was read is reported",
    async (signal) => {
      const { program, status } = await interrupted(signal, capture(), 2);
      const last = program.lines.at(-1);
      if (last?.type !== "report") throw new Error(`no report; it said: ${program.stderr}`);
      const { capture: read } = last.report;
      expect([read.quickModeMessages, read.sources[0].end]).toEqual([2, "clean"]);
      expect([0, 1]).toContain(status);
      expect(program.stderr).toMatch(new RegExp(`^ike-dupcheck: ${signal}: reporting what was read so far`));
    },
  );

  test.each(["-o", "-w", "--names", "--anonymize-key"])(
    "one ends it while it waits for a pipe without another end, before anything is read: %s",
    async (option) => {
      const pipe = join(folder, `pipe${option}`);
      execFileSync("mkfifo", [pipe]);
      const child = spawn(COMMAND[0], [...COMMAND.slice(1), option, pipe, "-"], { env: plainEnvironment() });
      const program = new LiveProgram(child);
      const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
      // Node itself catches SIGTERM, and of a pipe the program listens for SIGHUP last.
      await until(() => catches(child.pid!, "SIGHUP"));
      child.kill("SIGTERM");
      expect((await program.ended).signal).toBe("SIGTERM");
      clearTimeout(timer);
    },
  );

  test.each([[[]], [["--keys"]], [["--events"]]])(
    "one ends it while a named pipe is open and nothing comes: %j",
    async (option) => {
      const pipe = join(folder, `silent${option.join("")}`);
      execFileSync("mkfifo", [pipe]);
      const writer = openSync(pipe, "r+");
      const capture = option.length === 0 ? [] : ["a.pcap"];
      const args = [...COMMAND.slice(1), ...option, pipe, ...capture];
      const child = spawn(COMMAND[0], args, { cwd: folder, env: plainEnvironment() });
      const program = new LiveProgram(child);
      await until(() => isOpen(child.pid!, pipe));
      const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
      child.kill("SIGTERM");
      const { status, signal } = await program.ended;
      expect([signal, program.stderr]).toEqual([
        null,
        expect.stringContaining("reporting what was read so far"),
      ]);
      expect(status).toBe(option.length === 0 ? 0 : 2);
      clearTimeout(timer);
      closeSync(writer);
    },
  );

  test("before anything has come it ends as well", async () => {
    const { program, signal } = await interrupted("SIGINT", Buffer.alloc(0), 0);
    expect(signal).not.toBe("SIGKILL");
    expect(program.stderr).not.toContain("internal error");
  });
});

describeBuilt("small files that are made to keep it busy end in a sentence", () => {
  test.each<[string, Buffer, string]>([
    ["XML that is comments alone", Buffer.from("<!-- a -->".repeat(3000)), "is text without packets"],
    ["lines with nothing on them", Buffer.alloc(200_000, "\n"), "is text without packets"],
    [
      "a block of zstd that copies gigabytes",
      Buffer.from("28b52ffd00005500000100ffffff5400003401", "hex"),
      "holds zstd data that is damaged",
    ],
    [
      "a block of zstd whose tree never ends",
      Buffer.from("28b52ffd00005d000012c00105f0030000010100", "hex"),
      "holds zstd data that is damaged",
    ],
  ])("%s", (_, bytes, sentence) => {
    writeFileSync(join(folder, "hostile"), bytes);
    const { status, stderr } = runProgram(["hostile"], { cwd: folder });
    expect([status, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });
});

describeBuilt("on a terminal", () => {
  const found = spawnSync("script", ["--version"]).status === 0;
  if (!found) console.log("skipped: the tests on a terminal, because `script` is not installed");

  test.skipIf(!found)("without input it prints help and does not wait", () => {
    const command = `${SHELL_COMMAND}`;
    const { status, stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect([status, stdout]).toEqual([2, expect.stringMatching(/^Usage: ike-dupcheck/)]);
  });

  test.skipIf(!found)("the table has colour, and none with NO_COLOR", () => {
    const command = `${SHELL_COMMAND} a.pcap`;
    const run = (env: NodeJS.ProcessEnv) =>
      spawnSync("script", ["-qec", command, "/dev/null"], {
        cwd: folder,
        encoding: "utf8",
        env: { ...plainEnvironment(), TERM: "xterm", ...env },
      }).stdout;
    expect(run({})).toContain("\x1b[1");
    expect(run({ NO_COLOR: "1" })).not.toContain("\x1b[");
  });
});
