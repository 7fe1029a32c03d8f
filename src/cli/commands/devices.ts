/** The list that -D prints: each interface with its state and addresses. */

import { listDevices } from "../../node/live/devices.ts";
import { printable } from "../../printers/text.ts";

export function devicesText(): string {
  const devices = listDevices();
  const width = Math.max(...devices.map(({ name }) => name.length));
  return devices
    .map(({ name, state, addresses }) => {
      const parts = [printable(name).padEnd(width), (state ?? "").padEnd(4), addresses.join(" ")];
      return `${parts.join("  ").trimEnd()}\n`;
    })
    .join("");
}
