/** Which inputs are logs, beside their readers so that asking loads no zod. */

import { CaptureError, type SourceSummary } from "../capture/source.ts";
import { noPacketsIn } from "../capture/without-packets.ts";

/** @throws CaptureError for a log, which holds no packets: it says why `wanted` cannot be had */
export function refuseLog(source: SourceSummary, wanted: string): void {
  const sentence = source.format.startsWith("records") ? null : noPacketsIn(source, wanted);
  if (sentence !== null) throw new CaptureError("unsupported", sentence);
}
