/** What to do where IKE SAs, or anything else, were dropped for lack of room. */

import type { Report } from "../model.ts";

/** IKE SAs that may be held at a time: so many take one gigabyte or two. */
export const MOST_SAS = 1_000_000;
/**
 * What one takes with its place in the report: 0.7 kB with one quick mode and no ESP, 1.5 to 2.4 kB else. And what the program takes
 * without any.
 */
const BYTES_OF_SA = 2_500;
const BYTES_WITHOUT = 60_000_000;
const ROUNDED_TO = 10_000;

const SHORTER =
  "Analyse a shorter time, or one gateway alone (a capture filtered by its address): there was more at once than is kept.";

export function roomStep({ capture, summary, live }: Report): string {
  const dropped = capture.evicted.ikeSas ?? 0;
  if (dropped === 0) return SHORTER;
  // Of a capture that goes on for weeks nobody knows how many there will be.
  if (live !== undefined) return "Give it more room (--max-sas): there were too many clients at once.";
  const room = Math.ceil((summary.ikeSas + dropped) / ROUNDED_TO) * ROUNDED_TO;
  if (room > MOST_SAS) return SHORTER;
  const megabytes = Math.ceil((BYTES_WITHOUT + room * BYTES_OF_SA) / 1e6);
  return `Run it again with --max-sas ${room}, which is room for all IKE SAs and takes some ${megabytes} MB of memory: there were too many clients at once.`;
}
