/** Live mode beside a real IKEv1 responder with real clients: what it tells is what the daemons' logs say. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LiveProgram } from "../support/live-program.ts";
import { isInstalled, Namespace, rootNamespaces } from "../support/namespace.ts";
import { programIsBuilt } from "../support/program.ts";

const SCRIPT = fileURLToPath(new URL("../lab/vpn-lab.sh", import.meta.url));
const SHIM = fileURLToPath(new URL("../lab/sequential-ids.c", import.meta.url));

function isReady(): boolean {
  if (rootNamespaces === null || !programIsBuilt() || !isInstalled("swanctl") || !isInstalled("gcc"))
    return false;
  for (const path of ["/usr/lib/ipsec/charon", "/dev/net/tun"]) {
    if (existsSync(path)) continue;
    console.log(`skipped: tests with strongSwan, because there is no ${path}`);
    return false;
  }
  return true;
}

class Lab {
  readonly folder: string;
  readonly #script: ChildProcess;
  #output = "";

  constructor(folder: string, shim: string) {
    this.folder = folder;
    this.#script = spawn("bash", [SCRIPT, folder, shim], { stdio: ["pipe", "pipe", "inherit"] });
    this.#script.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
    });
  }

  /** The namespace of the responder. */
  async responder(): Promise<Namespace> {
    await this.#until(/responder \d+/);
    return Namespace.of(Number(/responder (\d+)/.exec(this.#output)?.[1]));
  }

  async tell(command: string): Promise<void> {
    const before = this.#output.length;
    this.#script.stdin!.write(`${command}\n`);
    await this.#until(/done/, before);
  }

  async end(): Promise<void> {
    this.#script.stdin!.end();
    await new Promise((resolve) => this.#script.once("close", resolve));
  }

  /** Quick-mode message IDs that a client's log says it began, as the report writes them. */
  idsOf(name: string): string[] {
    const log = readFileSync(join(this.folder, name, "charon.log"), "utf8");
    return [...log.matchAll(/generating QUICK_MODE request (\d+) \[ HASH SA/g)].map(
      ([, id]) => `0x${Number(id).toString(16).padStart(8, "0")}`,
    );
  }

  async #until(pattern: RegExp, from = 0): Promise<void> {
    const end = Date.now() + 60_000;
    while (!pattern.test(this.#output.slice(from))) {
      if (Date.now() > end || this.#script.exitCode !== null) throw new Error(`the lab: ${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe.skipIf(!isReady()).concurrent("live beside strongSwan", () => {
  let folder: string;
  let shim: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dupcheck-lab-"));
    shim = join(folder, "sequential-ids.so");
    const { status, stderr } = spawnSync("gcc", ["-shared", "-fPIC", "-o", shim, SHIM, "-ldl"], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Both clients connect, re-key and disconnect while the program captures at the responder. */
  async function play(name: string, preload: string) {
    const lab = new Lab(join(folder, name), preload);
    try {
      const program = await LiveProgram.start(await lab.responder(), "-i", "eth0");
      for (const command of ["connect", "rekey", "disconnect"]) {
        for (const client of ["c1", "c2"]) await lab.tell(`${command} ${client}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const { status, report } = await program.stop();
      // Two quick modes within 100 ms are reported in ascending order, whichever began first (contract 5).
      const ids = report.clients.map(({ address, pattern }) => ({
        address,
        ids: pattern.messageIds.toSorted(),
      }));
      expect(ids).toEqual([
        { address: "192.0.2.11", ids: lab.idsOf("c1").toSorted() },
        { address: "192.0.2.12", ids: lab.idsOf("c2").toSorted() },
      ]);
      expect(report.clients.map(({ responder }) => responder)).toEqual(["192.0.2.1", "192.0.2.1"]);
      return { lab, program, report, status };
    } finally {
      await lab.end();
    }
  }

  test("clients that count: the ID in use is accepted, and that is what is told", async () => {
    const { lab, program, report, status } = await play("counting", shim);
    expect(lab.idsOf("c1")).toEqual(["0x00000001", "0x00000002"]);
    // strongSwan keys its exchanges by IKE SA: the logs show that both clients' quick modes succeeded.
    const control = readFileSync(join(lab.folder, "control.log"), "utf8");
    expect(control.match(/(initiate|rekey|terminate) completed successfully/g)).toHaveLength(6);
    expect(report.findings).toMatchObject([
      {
        verdict: "tolerated",
        holder: { address: "192.0.2.11" },
        contender: { address: "192.0.2.12" },
        messageIds: ["0x00000001", "0x00000002"],
      },
    ]);
    expect(report.responders[0]).toMatchObject({ address: "192.0.2.1", clients: 2 });
    expect(status).toBe(0);
    expect(program.history.every((line) => line.includes(" tolerated "))).toBe(true);
  });

  test("clients as they are draw their IDs at random, and nothing is found", async () => {
    const { program, report, status } = await play("random", "");
    expect(report.findings).toEqual([]);
    expect(program.history).toEqual([]);
    expect(report.clients.map(({ pattern }) => pattern.kind)).not.toContain("sequential");
    expect(status).toBe(0);
  });
});
