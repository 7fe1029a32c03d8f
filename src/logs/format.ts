/** Which inputs are logs, beside their readers so that asking loads no zod. */

import { CaptureError, type SourceSummary } from "../capture/source.ts";

/** One sentence that says why `wanted` cannot be had of a log among the sources; null where there is none. */
function withoutPackets(sources: readonly SourceSummary[], wanted: string): string | null {
  for (const { name, format } of sources) {
    const log = /^(suricata-eve|zeek-ipsec)/.exec(format);
    if (log !== null) return `${name} is a log (${log[1]}) and holds no packets, so ${wanted}`;
  }
  return null;
}

/** @throws CaptureError when there is a log among the sources */
export function refuseLogs(sources: readonly SourceSummary[], wanted: string): void {
  const sentence = withoutPackets(sources, wanted);
  if (sentence !== null) throw new CaptureError("unsupported", sentence);
}
