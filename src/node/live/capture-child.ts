/**
 * The process that holds the `cap` package, and its one door. libpcap's binding aborts the process it lives in
 * when the interface goes away or an open fails, so it lives here, and the parent goes on.
 *
 * Comes in: one argument, `ChildSettings` as JSON. Goes out: a classic pcap stream on file descriptor 3, and
 * `ChildMessage`s over the IPC channel. Times are those of arrival in this process: cap hands on no others.
 */

import { createRequire } from "node:module";
import { Socket } from "node:net";
import type { CapModule } from "./cap-module.ts";
import { PacketQueue } from "./packet-queue.ts";

export interface ChildSettings {
  device: string;
  filter: string;
  /** Bytes of libpcap's ring. */
  ring: number;
}

export type ChildMessage =
  | { type: "ready" }
  /** cap could not be loaded, or the interface not be opened. */
  | { type: "failed"; stage: "load" | "open"; message: string; code: string | null }
  /** Packets lost so far because the parent took them too slowly. */
  | { type: "dropped"; packets: number };

const OUTPUT = 3;
/** The user and the group that own nothing. */
const NOBODY = 65_534;
/** cap tells the link layer by name. */
const LINK_TYPES: Record<string, number> = {
  NULL: 0,
  ETHERNET: 1,
  RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
};

function tell(message: ChildMessage, then: () => void = () => {}): void {
  if (process.connected) process.send!(message, undefined, {}, then);
  else then();
}

function fail(stage: "load" | "open", error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
  // A Cap whose open failed must not be touched again, nor collected: end at once.
  tell({ type: "failed", stage, message, code }, () => process.exit(1));
}

function start({ device, filter, ring }: ChildSettings): void {
  let Cap: CapModule["Cap"];
  try {
    ({ Cap } = createRequire(import.meta.url)("cap") as CapModule);
  } catch (error) {
    fail("load", error);
    return;
  }
  const cap = new Cap();
  const buffer = Buffer.alloc(65_535);
  const output = new Socket({ fd: OUTPUT, readable: false, writable: true });
  output.on("error", () => process.exit(0));
  let linkType: number | undefined;
  try {
    const name = cap.open(device, filter, ring, buffer);
    linkType = LINK_TYPES[name] ?? Number(/^Unknown linktype (\d+)$/.exec(name)?.[1]);
  } catch (error) {
    kept.push(cap);
    fail("open", error);
    return;
  }
  dropPrivileges();
  const queue = new PacketQueue(output, linkType, (packets) => tell({ type: "dropped", packets }));
  cap.on("packet", (length) => queue.add(buffer, length));
  process.on("disconnect", () => process.exit(0));
  process.on("message", () => {
    cap.close();
    queue.end(() => process.exit(0));
  });
  tell({ type: "ready" });
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

/** What must never be collected. */
const kept: unknown[] = [];

/** @param settings `ChildSettings` as JSON */
export function captureChild(settings: string): void {
  // The terminal sends its interrupt to all processes; the parent says when to stop.
  process.on("SIGINT", () => {});
  process.on("SIGHUP", () => {});
  start(JSON.parse(settings) as ChildSettings);
}
