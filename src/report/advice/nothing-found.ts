/** The headline where nobody was kept out: what was looked at, or why nothing could be found. */

import type { Report } from "../model.ts";
import { counted } from "../phrases.ts";
import { clauseOf, gapsOf } from "./gap-phrases.ts";

/** Gaps that leave a finding open: with these, "nothing found" does not answer. The others only limit it. */
const LIMITS: ReadonlySet<string> = new Set(["phase1-unseen", "esp-unseen", "outcome-unknown", "partition"]);

/** Which share of the responders was judged. */
function share(partition: Report["capture"]["partition"]): string {
  return partition === undefined ? "" : ` of partition ${partition.index} of ${partition.count}`;
}

export function nothingFound(report: Report): string {
  const { capture, summary, responders } = report;
  const gaps = gapsOf(report);
  const open = gaps.filter(({ code }) => !LIMITS.has(code)).map(({ code }) => code);
  const unread = open.some((code) => code.startsWith("unsupported-"));
  // A gateway's log tells of sessions without a message.
  if (capture.messages.ikev1 === 0 && !open.includes("log-only")) {
    if (capture.sources.length === 0 && open.includes("unreadable"))
      return "Nothing was looked at: no capture could be read";
    if (unread)
      return "No collision found, but not all packets could be read, and no IKEv1 is among the others";
    if (capture.packets === 0) return "No collision found, and none could be: the capture holds no packets";
    if (capture.malformed["header-cut"] !== undefined)
      return "No collision found, and none could be: the packets are cut too short to read a message of IKEv1";
    const only = capture.messages.ikev2 > 0 ? ", only of IKEv2" : "";
    return `No collision found, and none could be: the capture holds no message of IKEv1${only}`;
  }
  if (open.includes("no-quick-mode")) {
    return "No collision found, and none could be: the capture holds no quick mode";
  }
  if (report.warnings.some(({ code }) => code.startsWith("refused-"))) {
    return "Clients were refused, and no shared message ID is seen to explain it";
  }
  const why = clauseOf(new Set([...open, ...report.warnings.map(({ code }) => code)]));
  if (why !== null) return `No collision found, but the capture leaves it open: ${why}`;
  const scope = `${counted(summary.quickModeExchanges, "quick mode")} of ${counted(summary.clients, "client")} at ${counted(summary.responders, "gateway")}${share(capture.partition)}`;
  if (summary.findings.tolerated > 0) {
    return `No collision found that was refused, in ${scope}: ${summary.findings.tolerated} tolerated`;
  }
  if (responders.every(({ clients }) => clients < 2)) {
    return `No collision found in ${scope}, and none could be: no gateway has two clients here`;
  }
  return `No collision found in ${scope}`;
}
