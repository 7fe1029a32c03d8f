/** Honest IKE traffic of a given size, to compare with: clients that connect, one after the other. */

import { CLIENT, connected, frames } from "./sessions.ts";
import { PcapWriter } from "./writer.ts";

export function honest(path: string, bytes: number): void {
  const writer = new PcapWriter(path);
  const all = frames();
  for (let i = 0; writer.written < bytes; i += 1) {
    connected(writer, all, CLIENT + i, 500, i, 1 + (i % 1000));
    writer.micros += 5_000_000;
  }
  writer.close();
}
