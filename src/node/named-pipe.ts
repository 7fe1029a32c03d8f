/**
 * Named pipes. A thread opens one, and waits for whoever opens the other end; it is then read without a thread, since one
 * that waits for bytes would keep the program from ending.
 */

import { closeSync, constants, open, openSync } from "node:fs";
import type { Socket } from "node:net";
import { promisify } from "node:util";
import { type ByteSource, IterableSource } from "../capture/byte-source.ts";

/** Those that are being read, by name. */
const reading = new Map<string, Socket>();

/** @throws the system's error */
export async function openPipe(name: string): Promise<ByteSource> {
  const fd = await promisify(open)(name, "r");
  const { Socket } = await import("node:net");
  const socket = new Socket({ fd, readable: true, writable: false });
  reading.set(name, socket);
  socket.once("close", () => reading.delete(name));
  return new IterableSource(socket, { onClose: () => void socket.destroy() });
}

/** Ends the waiting for the other end, or for the first byte. */
export function abandonPipe(name: string): void {
  const socket = reading.get(name);
  if (socket !== undefined) {
    socket.destroy();
    return;
  }
  try {
    closeSync(openSync(name, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Nobody waits any more.
  }
}
