import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Line } from "../../src/report/lines.ts";
import { capturesOf } from "../simulator/view.ts";
import { simulate } from "../simulator/world.ts";
import { reportOn } from "../support/analyzed.ts";
import { PROGRAM, programIsBuilt, runProgram } from "../support/program.ts";
import { standing, worstByFingerprint } from "../support/standing.ts";

const fleet = fileURLToPath(new URL("../../samples/fleet/nats/", import.meta.url));
const SHARES = 2;
/** Worlds of two gateways, with refusals at each. */
const SEEDS = [248, 244];
const env = { ...process.env, IKE_DUPCHECK: `${process.execPath} ${PROGRAM}` };

const hasServer = spawnSync("nats-server", ["--version"]).status === 0;
if (!hasServer) console.log("skipped: the fleet on NATS, because nats-server is not installed");

let folder = "";
let running: ChildProcess | null = null;
let connection: NatsConnection;
let port = 0;

beforeAll(async () => {
  if (!hasServer || !programIsBuilt()) return;
  folder = mkdtempSync(join(tmpdir(), "ike-dupcheck-fleet-"));
  port = await freePort();
  // A process group of its own: it ends itself as a whole.
  running = spawn("sh", [`${fleet}fleet.sh`, folder, String(SHARES), String(port)], {
    env,
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const servers = `127.0.0.1:${port}`;
  connection = await connect({ servers, maxReconnectAttempts: -1, waitOnFirstConnect: true });
}, 60_000);

afterAll(async () => {
  if (running === null) return;
  await connection.close();
  const ended = new Promise((resolve) => running!.once("exit", resolve));
  process.kill(-running.pid!, "SIGKILL");
  await ended;
  rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: 100 });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** A world of two gateways as a capture that begins `days` later than it would. */
function worldCapture(seed: number, days: number): string {
  const bytes = Buffer.from(capturesOf(simulate(seed), "whole").files[0]);
  const path = join(folder, `world-${seed}.pcap`);
  for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
    bytes.writeUInt32LE(bytes.readUInt32LE(at) + days * 86_400, at);
  }
  writeFileSync(path, bytes);
  return path;
}

function sensor(): ChildProcess {
  return spawn(process.execPath, [`${fleet}publish.mjs`, String(SHARES), `127.0.0.1:${port}`], {
    env,
    stdio: ["pipe", "ignore", "inherit"],
  });
}

/** Publishes the lines from the beginning; with `until`, the sensor is killed when so many are stored. */
async function publish(lines: readonly string[], until = Number.POSITIVE_INFINITY): Promise<void> {
  const child = sensor();
  child.stdin!.on("error", () => {});
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const before = await stored("IKE_RECORDS");
  if (until === Number.POSITIVE_INFINITY) child.stdin!.end(lines.join("\n"));
  else {
    child.stdin!.write(`${lines.slice(0, until).join("\n")}\n`);
    await eventually(async () => (await stored("IKE_RECORDS")) > before);
    child.kill("SIGKILL");
  }
  await ended;
}

async function stored(stream: string): Promise<number> {
  const manager = await jetstreamManager(connection).catch(() => null);
  const info = await manager?.streams.info(stream).catch(() => null);
  return info?.state.messages ?? 0;
}

async function eventually(test: () => Promise<boolean>, seconds = 90): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; !(await test()); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${test}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Kills a part of the fleet, which is started again, and waits until it is. */
async function kill(name: string): Promise<void> {
  const path = join(folder, `${name}.pid`);
  const before = readFileSync(path, "utf8");
  process.kill(Number(before), "SIGKILL");
  await eventually(async () => readFileSync(path, "utf8") !== before);
}

/** Kills the program that an analyser runs. */
async function killProgramOf(name: string): Promise<void> {
  const path = join(folder, `${name}.pid`);
  const before = readFileSync(path, "utf8");
  const { status } = spawnSync("pkill", ["-KILL", "-P", before.trim()]);
  expect(status).toBe(0);
  await eventually(async () => readFileSync(path, "utf8") !== before);
}

/** All records were taken by the analysers and are in their states. */
async function allAcknowledged(): Promise<boolean> {
  const manager = await jetstreamManager(connection).catch(() => null);
  if (manager === null) return false;
  for (let share = 1; share <= SHARES; share += 1) {
    const name = `analyser-${share}-of-${SHARES}`;
    const info = await manager.consumers.info("IKE_RECORDS", name).catch(() => null);
    if (info === null || info.num_pending > 0 || info.num_ack_pending > 0) return false;
  }
  return true;
}

async function told(): Promise<Line[]> {
  const count = await stored("IKE_FINDINGS");
  if (count === 0) return [];
  const consumer = await jetstream(connection).consumers.get("IKE_FINDINGS");
  const lines: Line[] = [];
  for await (const message of await consumer.consume()) {
    lines.push(message.json<Line>());
    if (lines.length === count) break;
  }
  return lines;
}

it.skipIf(!hasServer || !programIsBuilt())(
  "a fleet on NATS finds what one run finds, whichever of its parts is killed",
  async () => {
    const captures = [worldCapture(SEEDS[0], 0), worldCapture(SEEDS[1], 1)];
    const whole = await reportOn(captures.map((path) => readFileSync(path)));
    expect(whole.responders.length).toBeGreaterThan(1);
    const [first, second] = captures.map((path, i) =>
      runProgram(["extract", "--quiet", "--sensor", `tap-${i}`, path])
        .stdout.trimEnd()
        .split("\n"),
    );
    await eventually(async () => existsSync(join(folder, `analyser-${SHARES}.pid`)));
    // A sensor dies half-way and is started again.
    await publish(first, Math.floor(first.length / 2));
    await publish(first);
    // An analyser and, in another one, the program itself.
    await kill("analyser-1");
    await killProgramOf("analyser-2");
    await eventually(allAcknowledged);
    // The server, while everybody is at work.
    const half = publish(second, Math.floor(second.length / 2));
    await kill("server");
    await half;
    await publish(second);
    await kill("analyser-2");
    await kill("server");
    await eventually(allAcknowledged);
    const expected = worstByFingerprint(whole.findings);
    const rejected = [...expected].filter(([, verdict]) => verdict === "rejected");
    expect(rejected.length).toBeGreaterThan(1);
    // Lines wait a while for older ones, and quick modes for their answers.
    await eventually(async () => {
      const now = standing(await told());
      return rejected.every(([fingerprint]) => now.get(fingerprint) === "rejected");
    });
    const lines = await told();
    for (const [fingerprint, verdict] of standing(lines)) expect(verdict).toBe(expected.get(fingerprint));
    const ids = lines.map((line) => ("id" in line ? line.id : undefined));
    expect(new Set(ids).size).toBe(lines.length);
  },
  300_000,
);
