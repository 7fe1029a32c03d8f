/**
 * The process that holds a package over libpcap, `cap` or `pcap`. The one aborts the process it lives in when the
 * interface goes away, both are native code that reads what strangers send: so they live here, and the parent goes on.
 *
 * Comes in: one argument, `ChildSettings` as JSON. Goes out: a classic pcap stream on file descriptor 3, and
 * `ChildMessage`s over the IPC channel.
 */

import { Socket } from "node:net";
import type { PackageName } from "./backends.ts";
import type { CaptureSettings, OpenCapture, OpenedCapture } from "./capture-module.ts";
import { PacketQueue } from "./packet-queue.ts";
import { loadCap } from "./with-cap.ts";
import { loadPcap } from "./with-pcap.ts";

export interface ChildSettings extends CaptureSettings {
  package: PackageName;
}

export type ChildMessage =
  | { type: "ready" }
  /** The package could not be loaded, the interface not be opened, or it went away while it was read. */
  | { type: "failed"; stage: "load" | "open" | "read"; message: string; code: string | null }
  /** Packets lost so far because the parent took them too slowly. */
  | { type: "dropped"; packets: number }
  /** Packets that the kernel dropped so far, where the package says. */
  | { type: "kernel-dropped"; packets: number };

const OUTPUT = 3;
/** The user and the group that own nothing. */
const NOBODY = 65_534;
/** How often the kernel is asked for what it dropped. */
const COUNT_MS = 500;

function send(message: ChildMessage, then: () => void = () => {}): void {
  if (process.connected) process.send!(message, undefined, {}, then);
  else then();
}

function fail(stage: "load" | "open" | "read", error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
  // A device whose open failed must not be touched again: end at once.
  send({ type: "failed", stage, message, code }, () => process.exit(1));
}

function start(settings: ChildSettings): void {
  let open: OpenCapture;
  try {
    open = settings.package === "cap" ? loadCap() : loadPcap();
  } catch (error) {
    fail("load", error);
    return;
  }
  const output = new Socket({ fd: OUTPUT, readable: false, writable: true });
  output.on("error", () => process.exit(0));
  let capture: OpenedCapture;
  try {
    capture = open(settings);
  } catch (error) {
    fail("open", error);
    return;
  }
  dropPrivileges();
  const queue = new PacketQueue(output, capture.linkType, (packets) => send({ type: "dropped", packets }));
  capture.start(queue, (sentence) => queue.end(() => fail("read", sentence)));
  const count = kernelCounter(capture);
  process.on("disconnect", () => process.exit(0));
  process.on("message", () => {
    count();
    capture.stop();
    queue.end(() => process.exit(0));
  });
  send({ type: "ready" });
}

/** Sends what the kernel dropped, now and then, when it is more than before; the function does it at once. */
function kernelCounter(capture: OpenedCapture): () => void {
  let sent = -1;
  const count = () => {
    const packets = capture.kernelDropped();
    if (packets === null || packets === sent) return;
    sent = packets;
    send({ type: "kernel-dropped", packets });
  };
  count();
  setInterval(count, COUNT_MS).unref();
  return count;
}

/** The interface is open: nothing else of root's power is needed. In a user namespace there may be nobody to become. */
function dropPrivileges(): void {
  if (process.getuid?.() !== 0) return;
  try {
    process.setgroups!([]);
    process.setgid!(NOBODY);
    process.setuid!(NOBODY);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code !== "EINVAL" && code !== "EPERM") throw error;
  }
}

/** @param settings `ChildSettings` as JSON */
export function captureChild(settings: string): void {
  // The terminal sends its interrupt to all processes; the parent says when to stop.
  process.on("SIGINT", () => {});
  process.on("SIGHUP", () => {});
  start(JSON.parse(settings) as ChildSettings);
}
