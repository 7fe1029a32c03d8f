/** Inputs that tell of packets and hold none. */

import { label, type SourceSummary } from "./source.ts";

/** How their formats begin, and what they are. */
const WITHOUT = /^(?:(records)|suricata-eve|zeek-ipsec)/;

/** One sentence that says why `wanted` cannot be had of an input; null where it holds packets. */
export function noPacketsIn(
  { name, format }: Pick<SourceSummary, "name" | "format">,
  wanted: string,
): string | null {
  const found = WITHOUT.exec(format);
  if (found === null) return null;
  const [kind, records] = found;
  const what = records === undefined ? `is a log (${kind}) and holds` : "holds message records and";
  return `${label(name)} ${what} no packets, so ${wanted}`;
}
