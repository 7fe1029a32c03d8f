/** How live capture begins and ends; the capturing programs are played. */

import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it, vi } from "vitest";
import { pcapHeader } from "../../src/capture/pcap-writer.ts";
import { deviceNames } from "../../src/node/live/devices.ts";
import { LiveCapture } from "../../src/node/live/live-feed.ts";

class Played extends EventEmitter {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly killedBy: string[] = [];

  kill(signal: string): void {
    this.killedBy.push(signal);
  }
}

const { programs } = vi.hoisted(() => ({ programs: new Map<string, Played>() }));
vi.mock("node:child_process", () => ({
  spawn: (_: string, [, device]: string[]) => {
    const played = new Played();
    programs.set(device, played);
    return played as unknown as ChildProcess;
  },
}));
beforeEach(() => programs.clear());

const settings = { backend: "tcpdump", filter: "udp", ports: [], once: false } as const;

/** @param names those that libpcap knows on any machine, unless others are given */
function opening(notes: string[] = [], names: readonly string[] = ["any", "nflog"]) {
  const capture = new LiveCapture(names, { ...settings, note: (text) => void notes.push(text) });
  return capture.open();
}

it("no interface waits until another one is open", async () => {
  const notes: string[] = [];
  const opened = opening(notes);
  expect([...programs.keys()]).toEqual(["any", "nflog"]);
  for (const device of ["nflog", "any"]) programs.get(device)!.stderr.write(`listening on ${device}, `);
  await opened;
  expect(notes.sort()).toEqual(["capturing on any with tcpdump", "capturing on nflog with tcpdump"]);
});

it("where one is refused, the others are not left capturing", async () => {
  const opened = opening();
  programs.get("nflog")!.stderr.write("listening on nflog, ");
  programs
    .get("any")!
    .stderr.end("tcpdump: any: no such device\n", () => programs.get("any")!.emit("close", 1, null));
  await expect(opened).rejects.toThrow(/any/);
  expect(programs.get("nflog")!.killedBy).toContain("SIGINT");
});

it("an interface that goes while its packets are being taken ends the capture", async () => {
  const capture = new LiveCapture(["any"], { ...settings, once: true, note: () => {} });
  const opened = capture.open();
  const program = programs.get("any")!;
  program.stderr.write("listening on any, ");
  await opened;
  const rounds = capture.rounds();
  await rounds.next();
  program.stdout.end(pcapHeader(113, false));
  program.emit("close", 1, null);
  // Whoever takes the packets is at work, or waits for an output that is slow.
  await vi.waitFor(() => expect(capture.status.sources[0].state).toBe("ended"));
  expect(await Promise.race([rounds.next(), sleep(1_000, "waits for ever")])).toMatchObject({
    value: expect.anything(),
  });
  expect(await rounds.next()).toEqual({ done: true, value: undefined });
});

it.skipIf(deviceNames() === null)("a mistyped name is told before anything is captured", async () => {
  await expect(opening([], ["any", "mistyped0"])).rejects.toThrow("no interface is called mistyped0");
  expect(programs.size).toBe(0);
});
