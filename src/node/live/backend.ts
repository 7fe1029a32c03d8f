/**
 * The programs that capture: the child process of `pcap` or `cap`, tcpdump and dumpcap. Each writes a capture stream to a
 * pipe; what they say on the side is put into one form. No state beyond one run of one program.
 */

import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { type BackendName, isPackage } from "./backends.ts";
import type { ChildMessage, ChildSettings } from "./capture-child.ts";
import type { CaptureSettings } from "./capture-module.ts";
import { captureChildArguments } from "./reentry.ts";
import { ChildRun, type Run, refusalOf } from "./run.ts";

/** Starts a program; what goes wrong, its absence included, is in `ended`. */
export function startRun(backend: BackendName, settings: CaptureSettings): Run {
  return isPackage(backend)
    ? startPackage({ package: backend, ...settings })
    : startProgram(backend, settings);
}

function startPackage(settings: ChildSettings): Run {
  const child = spawn(process.execPath, [...captureChildArguments(), JSON.stringify(settings)], {
    stdio: ["ignore", "ignore", "pipe", "pipe", "ipc"],
  });
  const run = new ChildRun(child, streamOf(child.stdio?.[3]), () => {
    if (child.connected) child.send("stop", () => {});
  });
  child.on("message", (message: ChildMessage) => {
    if (message.type === "ready") run.begun();
    else if (message.type === "dropped") run.queueDropped = message.packets;
    else if (message.type === "kernel-dropped") run.kernelDropped = message.packets;
    else {
      const { stage, code } = message;
      const said =
        code === null || message.message.startsWith(code) ? message.message : `${code}: ${message.message}`;
      run.refuse(stage === "load" ? "absent" : refusalOf(said), said);
    }
  });
  return run;
}

function startProgram(backend: "tcpdump" | "dumpcap", { device, filter, ring }: CaptureSettings): Run {
  const mebibytes = Math.max(1, Math.round(ring / 1_048_576));
  const args =
    backend === "tcpdump"
      ? [
          "-i",
          device,
          "-n",
          "-U",
          "--immediate-mode",
          "-s",
          "65535",
          "-B",
          `${mebibytes * 1024}`,
          "-w",
          "-",
          filter,
        ]
      : ["-i", device, "-q", "-P", "-s", "65535", "-B", `${mebibytes}`, "-f", filter, "-w", "-"];
  // In a session of its own: the terminal's interrupt is for the parent, which ends the capture in order.
  const child = spawn(backend, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const run = new ChildRun(
    child,
    streamOf(child.stdout),
    () => child.kill("SIGINT"),
    // tcpdump prints its counts on this signal; it would end dumpcap, which prints them at its end alone.
    backend === "tcpdump" ? () => child.kill("SIGUSR1") : undefined,
  );
  const begun = backend === "tcpdump" ? /listening on / : /^File: /m;
  child.stderr?.on("data", () => {
    if (begun.test(run.said)) run.begun();
    run.kernelDropped = droppedOf(run.said) ?? run.kernelDropped;
  });
  return run;
}

/** Where no more files may be open, a program has no streams at all; why it was not started, its error says. */
function streamOf(stream: unknown): Readable {
  return stream instanceof Readable ? stream : Readable.from([]);
}

/** The last count of packets that the kernel dropped, in the words of tcpdump or dumpcap. */
export function droppedOf(said: string): number | null {
  const counts = [...said.matchAll(/(\d+) packets? dropped by kernel|: \d+\/(\d+) \(pcap:/g)];
  const last = counts.at(-1);
  return last === undefined ? null : Number(last[1] ?? last[2]);
}
