/** Runs commands as a user would start them, and measures them whole: start-up and exit included. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Reading further certificates costs Node 20 some 37 ms at every start, which would flatter every start-up ratio. */
const ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env };
delete ENVIRONMENT.NODE_EXTRA_CA_CERTS;

export interface Command {
  name: string;
  /** Program and arguments; null where the program is not installed. */
  argv: readonly string[] | null;
  /** Runs it once, however many rounds there are: it takes many seconds. */
  slow?: boolean;
}

export interface Timing {
  /** Seconds of each run, in the order of the rounds. */
  seconds: number[];
  median: number;
  /** Largest less smallest, over the median. */
  spread: number;
}

/** Runs the commands in turn, so that a slow moment of the machine concerns all of them alike. */
export function interleaved(commands: readonly Command[], rounds: number): Map<string, Timing> {
  const seconds = new Map<string, number[]>(commands.map(({ name }) => [name, []]));
  // One round to warm the page cache and the programs themselves.
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, argv, slow } of commands) {
      if (argv === null || (slow === true && round !== 0)) continue;
      const took = run(argv);
      if (round >= 0) seconds.get(name)!.push(took);
    }
  }
  return new Map(
    [...seconds].filter(([, runs]) => runs.length > 0).map(([name, runs]) => [name, timing(runs)]),
  );
}

function timing(seconds: number[]): Timing {
  const middle = median(seconds);
  return { seconds, median: middle, spread: (Math.max(...seconds) - Math.min(...seconds)) / middle };
}

/** The middle one of some numbers, or what lies between the two middle ones. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Seconds that a command took. @throws Error when it cannot be started or is killed */
function run([program, ...args]: readonly string[]): number {
  const begin = process.hrtime.bigint();
  const { error, signal, status } = spawnSync(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: ENVIRONMENT,
  });
  const took = Number(process.hrtime.bigint() - begin) / 1e9;
  // A finding (1) and a peer that complains of a link type are results; a crash is none.
  if (error !== undefined || signal !== null || status === null || status > 2) {
    throw new Error(`${[program, ...args].join(" ")}: ${error?.message ?? signal ?? `status ${status}`}`);
  }
  return took;
}

/**
 * Preloaded into a measured program, at whose exit it writes the most that was resident, in kB. CommonJS: what Node loads
 * for an ES module would take some 12 MB. By the system's account, as far as it has one: what Node tells counts what this
 * process had when it started the program.
 */
const PEAK = `process.on("exit", () => {
  const { readFileSync, writeFileSync } = require("node:fs");
  const own = () => /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "latin1"))[1];
  const kB = process.platform === "linux" ? own() : process.resourceUsage().maxRSS;
  writeFileSync(process.env.IKE_DUPCHECK_BENCH_PEAK, String(kB));
});
`;

/** Peak resident memory of a Node program, in MB of 2^20 bytes. @param script and its arguments */
export function peakMemory(script: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-peak-"));
  const file = join(folder, "peak");
  const preload = join(folder, "peak.cjs");
  try {
    writeFileSync(preload, PEAK);
    spawnSync(process.execPath, ["--require", preload, ...script], {
      stdio: "ignore",
      env: { ...ENVIRONMENT, IKE_DUPCHECK_BENCH_PEAK: file },
    });
    return Number(readFileSync(file, "utf8")) / 1024;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Path of a program, or null. */
export function which(program: string): string | null {
  const { status, stdout } = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

/** First line of what a program says of its version. */
export function versionOf(program: string): string {
  const { stdout, stderr } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return `${stdout}${stderr}`.split("\n", 1)[0].trim();
}
