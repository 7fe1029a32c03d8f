/**
 * The package `cap` 0.2.1, and its one door. It hands on no times and no counts of dropped packets, and aborts its
 * process when the interface goes away or an open fails.
 */

import { createRequire } from "node:module";
import { linkTypeOf, type OpenCapture, SNAP_LENGTH } from "./capture-module.ts";

/** What is used of the package, which brings no types. */
interface CapDevice {
  on(event: "packet", listener: (length: number, truncated: boolean) => void): void;
  /** Opens the device and returns the name of its link layer; throws a plain Error. Not to be called twice. */
  open(device: string, filter: string, ringBytes: number, buffer: Buffer): string;
  close(): boolean;
}

/** A device whose open failed must not be collected. */
const kept: CapDevice[] = [];

/** Loads the package. @throws Error where it is missing, or is not built for this Node */
export function loadCap(): OpenCapture {
  const { Cap } = createRequire(import.meta.url)("cap") as { Cap: new () => CapDevice };
  return ({ device, filter, ring }) => {
    const cap = new Cap();
    kept.push(cap);
    const buffer = Buffer.alloc(SNAP_LENGTH);
    const linkType = linkTypeOf(cap.open(device, filter, ring, buffer));
    return {
      linkType,
      start: (queue) => cap.on("packet", (length) => queue.add(buffer, length)),
      kernelDropped: () => null,
      stop: () => void cap.close(),
    };
  };
}
