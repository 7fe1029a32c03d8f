/**
 * Network namespaces for tests with real interfaces: one lives as long as the process that holds it, so nothing is
 * left behind however a test ends.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BackendName, PACKAGES } from "../../src/node/live/backends.ts";
import type { FrameRecord } from "./capture-files.ts";

export const isRoot = process.getuid?.() === 0;

/** The arguments of `unshare` that work here, or null with a printed reason. */
function unshareArguments(wanted: "root" | "user"): string[] | null {
  const args = wanted === "root" ? ["-n"] : ["-Urn"];
  if (wanted === "root" && !isRoot) {
    console.log("skipped: tests with interfaces of their own, because they need root");
    return null;
  }
  const { status, stderr, error } = spawnSync("unshare", [...args, "ip", "link", "set", "lo", "up"], {
    encoding: "utf8",
  });
  if (status === 0) return args;
  const reason = error?.message ?? stderr.trim();
  console.log(`skipped: tests in a network namespace (unshare ${args.join(" ")}): ${reason}`);
  return null;
}

export const rootNamespaces = unshareArguments("root");
export const userNamespaces = unshareArguments("user");

/** True when a package over libpcap can be loaded by this Node; prints the reason otherwise. */
function isLoaded(name: string): boolean {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ["-e", `require('${name}')`], {
    cwd: root,
    encoding: "utf8",
  });
  const reason = /^(?:\w*Error|Error \[.*\]): (.*)$/m.exec(stderr)?.[1] ?? "it cannot be loaded";
  if (status !== 0) console.log(`skipped: tests of capturing with ${name}: ${reason}`);
  return status === 0;
}

/** The packages that capture, as far as they are built here. */
export const capturePackages = PACKAGES.filter(isLoaded);

/** True when the program is installed; prints the reason otherwise. */
export function isInstalled(program: string): boolean {
  const found = spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
  if (!found) console.log(`skipped: tests that need ${program}, because it is not installed`);
  return found;
}

/** All that can capture here. */
export function captureBackends(): BackendName[] {
  return [...capturePackages, ...(["tcpdump", "dumpcap"] as const).filter(isInstalled)];
}

export class Namespace {
  readonly #holder: ChildProcess | null;
  /** What makes a command run in the namespace. */
  readonly prefix: readonly string[];

  private constructor(pid: number, holder: ChildProcess | null, user: boolean) {
    this.#holder = holder;
    const flags = user ? ["-U", "-n", "--preserve-credentials"] : ["-n"];
    this.prefix = ["nsenter", "-t", String(pid), ...flags];
  }

  /** That of a process, which keeps it. */
  static of(pid: number): Namespace {
    return new Namespace(pid, null, false);
  }

  static async make(unshare: readonly string[]): Promise<Namespace> {
    const holder = spawn(
      "unshare",
      [...unshare, "sh", "-c", "ip link set lo up && echo ready && exec sleep 600"],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await new Promise<void>((resolve, reject) => {
      holder.stdout!.once("data", () => resolve());
      holder.once("exit", () => reject(new Error("no namespace")));
    });
    return new Namespace(holder.pid!, holder, unshare.includes("-Urn"));
  }

  /** Runs a command to its end; throws when it fails. */
  run(...command: string[]): void {
    const [program, ...args] = [...this.prefix, ...command];
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
  }

  /** A pair of interfaces, up: what is sent into NAME1 comes out of NAME0. */
  veth(name: string): void {
    this.run("ip", "link", "add", `${name}0`, "type", "veth", "peer", "name", `${name}1`);
    for (const end of [`${name}0`, `${name}1`]) this.run("ip", "link", "set", end, "up");
  }

  spawn(command: readonly string[], options: { stdin?: "pipe" } = {}): ChildProcess {
    const [program, ...args] = [...this.prefix, ...command];
    return spawn(program, args, { stdio: [options.stdin ?? "ignore", "pipe", "pipe"] });
  }

  /** Runs a script of this folder with a table on its standard input; settles when it ends. */
  async feed(script: string, args: readonly string[], rows: readonly unknown[]): Promise<string> {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const child = this.spawn(["python3", path, ...args], { stdin: "pipe" });
    let output = "";
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.stdin!.end(JSON.stringify(rows));
    const status = await new Promise((resolve) => child.once("close", resolve));
    if (status !== 0) throw new Error(`${script}: ${output}`);
    return output;
  }

  /** Sends frames at their times, `speed` times as fast; `device` is an interface, or tells it for each frame. */
  play(
    device: string | ((record: FrameRecord) => string),
    records: readonly FrameRecord[],
    speed = 1,
  ): Promise<string> {
    const rows = records.map((record) => [
      Number(record.at - records[0].at) / 1e9 / speed,
      typeof device === "string" ? device : device(record),
      Buffer.from(record.frame).toString("hex"),
    ]);
    return this.feed("frame-player.py", [], rows);
  }

  end(): void {
    this.#holder?.kill("SIGKILL");
  }
}

/** The records of a classic pcap of the samples (little-endian, microseconds). */
export function sampleRecords(name: string): FrameRecord[] {
  const bytes = readFileSync(new URL(`../../samples/${name}`, import.meta.url));
  const records: FrameRecord[] = [];
  for (let at = 24; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    const time = BigInt(bytes.readUInt32LE(at)) * 1_000_000_000n + BigInt(bytes.readUInt32LE(at + 4)) * 1000n;
    records.push({ at: time, frame: bytes.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  return records;
}
