/** A real collector, rsyslog as Debian packs it, carries a gateway's lines from end to end: nothing of them is lost. */

import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type GatewayEvent, LogReader } from "../../src/syslog/reader.ts";
import { simulate } from "../simulator/world.ts";
import { asaLog, type LogOptions } from "../support/asa-log.ts";
import { hasTool } from "../support/tools.ts";

const NOW = Date.UTC(2026, 10, 28) * 1_000;
const PORT = 20_514;
const folder = mkdtempSync(join(tmpdir(), "rsyslog-"));
const isReady = hasTool("rsyslogd");
const TEMPLATES = ["RSYSLOG_TraditionalFileFormat", "RSYSLOG_FileFormat", "RSYSLOG_SyslogProtocol23Format"];
let daemon: ChildProcess | null = null;
afterAll(() => {
  daemon?.kill("SIGTERM");
  rmSync(folder, { recursive: true });
});

function eventsOf(lines: readonly string[]): GatewayEvent[] {
  const reader = new LogReader("asa.log", NOW);
  return lines.map((line) => reader.take(line)).filter((event) => event !== null);
}

/** What a line says, whoever passed it on. */
const said = ({ fact, id, peer, local, messageIds, spis, reason }: GatewayEvent) =>
  JSON.stringify({ fact, id, peer, local, messageIds, spis, reason });

async function until(isDone: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isDone() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
}

async function start(): Promise<void> {
  const outputs = TEMPLATES.map(
    (template) => `action(type="omfile" file="${folder}/${template}" template="${template}")`,
  );
  const config = join(folder, "rsyslog.conf");
  writeFileSync(
    config,
    `module(load="imudp")\ninput(type="imudp" address="127.0.0.1" port="${PORT}")\n${outputs.join("\n")}\n`,
  );
  daemon = spawn("rsyslogd", ["-n", "-f", config, "-i", join(folder, "pid")], { stdio: "ignore" });
  await until(() => existsSync(join(folder, "pid")));
}

async function send(lines: readonly string[]): Promise<void> {
  const socket = createSocket("udp4");
  for (const [i, line] of lines.entries()) {
    await new Promise((resolve) => socket.send(line, PORT, "127.0.0.1", resolve));
    if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.close();
}

const linesOf = (template: string) => {
  const path = join(folder, template);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
};

describe.skipIf(!isReady)("lines that rsyslog has carried", () => {
  it("say what the gateway wrote, in each of its file formats", async () => {
    const options: LogOptions = {
      head: "device",
      level: 7,
      ahead: 0,
      drift: 0,
      loss: 0,
      names: true,
      seed: 3,
    };
    const heads = ["device", "device-and-host", "collector", "rfc5424"] as const;
    const lines = heads.flatMap((head, i) => {
      const world = simulate(20 + i);
      return world.gateways.flatMap((gateway) => asaLog(world, gateway, { ...options, head }));
    });
    const wanted = eventsOf(lines).map(said).sort();
    expect(wanted.length).toBeGreaterThan(100);
    await start();
    await send(lines);
    await until(() => TEMPLATES.every((template) => eventsOf(linesOf(template)).length >= wanted.length));
    for (const template of TEMPLATES) {
      expect(eventsOf(linesOf(template)).map(said).sort(), template).toEqual(wanted);
    }
  }, 60_000);
});
