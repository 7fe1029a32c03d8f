/** How the program starts the process that holds `cap` or `pcap`: a script of its own, or itself where it is one executable. */

import { fileURLToPath } from "node:url";

/** First argument of an executable that is to be the capture child; no file of a user has such a name. */
export const CAPTURE_CHILD = "--ike-dupcheck-capture-child";

/** True in the single executable; its build defines the name. */
declare const SINGLE_EXECUTABLE: boolean | undefined;

export const isExecutable = typeof SINGLE_EXECUTABLE !== "undefined" && SINGLE_EXECUTABLE;

/** Arguments of `process.execPath` that start the capture child. */
export function captureChildArguments(): string[] {
  return isExecutable ? [CAPTURE_CHILD] : [fileURLToPath(new URL("./capture-child.cjs", import.meta.url))];
}
