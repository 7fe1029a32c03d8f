/** Which files of a directory or archive look like captures by their names. */

import type { CaptureError } from "../capture/source.ts";

/**
 * Names that captures have: `a.pcap`, `a.pcapng.gz`, `a.pcap17` of a ring buffer, `a.cap.3`, `a.etl`. A file of any
 * other name is a capture when its content says so.
 */
const CAPTURE_NAME =
  /\.(?:pcap|pcapng|cap|dmp|dump|ntar|snoop|etl|enc|trc|erf|pklg|5vw|syc|bfr|vwr|lcap|ncfx?)\d*(?:\.\d+)?(?:\.(?:gz|zst|lz4|xz|bz2|z|zip))?$/i;

function isCaptureName(path: string): boolean {
  return CAPTURE_NAME.test(path);
}

/** What the system refused to read may be anything. */
const NOT_READ = /^cannot read /;

/** Whether a file that cannot be read is named to the user: when its name or its contents look like a capture. */
export function isWorthNaming(error: CaptureError, path: string): boolean {
  if (isCaptureName(path)) return true;
  return (error.code === "unsupported" || error.code === "unreadable") && !NOT_READ.test(error.message);
}
