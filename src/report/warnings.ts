/** What the reader of a report must know about its input: each warning has a code and one sentence. */

import type { HostTable } from "../ike/hosts.ts";
import type { Judgement } from "../judgement/judge.ts";
import type { Box } from "../judgement/responders.ts";
import type { Capture, Client, Warning } from "./model.ts";
import { messageIdText, unexplainedSentence } from "./sentences.ts";

/** Warnings of one kind; a capture of thousands of responders gets a count instead. */
const MAX_OF_A_KIND = 20;

export interface ClockSteps {
  count: number;
  first: readonly { source: number; frame: number; backMicros: number }[];
}

export function buildWarnings(
  capture: Capture,
  judgement: Judgement,
  clients: readonly Client[],
  clockSteps: ClockSteps,
  hosts: HostTable,
): Warning[] {
  return [
    ...inputWarnings(capture, clockSteps),
    ...limited("one-sided", oneSided(judgement.boxes, hosts)),
    ...limited(
      "refused-without-holder",
      judgement.unexplained.map((each) => unexplainedSentence(each, hosts)),
    ),
    ...limited("alias-candidate", aliasSentences(judgement, hosts)),
    ...limited(
      "pattern-contradicts-vendor",
      clients
        .filter(({ anomaly }) => anomaly !== null)
        .map(({ address, anomaly }) => `${address}: ${anomaly}.`),
    ),
  ];
}

function limited(code: Warning["code"], messages: readonly string[]): Warning[] {
  const warnings = messages.slice(0, MAX_OF_A_KIND).map((message) => ({ code, message }));
  const more = messages.length - warnings.length;
  if (more > 0) warnings.push({ code, message: `... and ${more} more like these.` });
  return warnings;
}

function inputWarnings(capture: Capture, clockSteps: ClockSteps): Warning[] {
  const warnings: Warning[] = [];
  const add = (code: Warning["code"], message: string) => warnings.push({ code, message });
  for (const { name, end, problem } of capture.sources) {
    if (end !== "clean") add(end, problem ?? `${name} ends in the middle of a record.`);
  }
  const { ikev1, ikev2, authip } = capture.messages;
  if (ikev1 + ikev2 + authip === 0) {
    add("no-ike", "No ISAKMP in the capture: nothing can be said about any responder.");
  }
  const untimed = capture.sources.reduce((sum, source) => sum + source.untimed, 0);
  if (untimed > 0) {
    add(
      "untimed",
      `${untimed} packets have no time of their own and carry the time of the packet before them.`,
    );
  }
  for (const { source, frame, backMicros } of clockSteps.first) {
    const seconds = (backMicros / 1e6).toFixed(1);
    add(
      "clock-step",
      `${capture.sources[source].name}: the clock steps back by ${seconds} s at packet ${frame}; overlap across it is unknown.`,
    );
  }
  if (clockSteps.count > clockSteps.first.length) {
    add("clock-step", `... and ${clockSteps.count - clockSteps.first.length} more steps back.`);
  }
  const cut = (capture.malformed["header-cut"] ?? 0) + (capture.skipped["truncated-frame"] ?? 0);
  if (cut > 0) {
    add(
      "snaplen",
      `${cut} packets are cut before the end of their headers (short snaplen): messages among them are lost.`,
    );
  }
  if (capture.headersCut !== undefined) {
    add(
      "snaplen",
      `${capture.headersCut} messages are cut before the end of their headers (short snaplen): their message IDs are known, and no vendor ID.`,
    );
  }
  const evicted = Object.entries(capture.evicted).filter(([, count]) => count > 0);
  for (const [table, count] of evicted) {
    add(
      "evicted",
      `${count} entries of the table ${table} were dropped because it was full: what they held is missing here.`,
    );
  }
  return warnings;
}

function oneSided(boxes: readonly Box[], hosts: HostTable): string[] {
  return boxes.flatMap((box) => {
    const address = hosts.text(box.host);
    if (!box.seenSending) {
      return [`Nothing that ${address} sent is in the capture: whether it refused anyone cannot be seen.`];
    }
    const clientsSeen = box.parties.some(
      ({ session }) => !Number.isNaN(session.sa.firstFromAt[session.client]),
    );
    return clientsSeen
      ? []
      : [`Nothing that the clients of ${address} sent is in the capture: their message IDs cannot be seen.`];
  });
}

function aliasSentences({ aliasCandidates }: Judgement, hosts: HostTable): string[] {
  return aliasCandidates.map(({ unexplained, other }) => {
    const here = hosts.text(unexplained.box.host);
    const there = hosts.text(other.host);
    const id = messageIdText(unexplained.attempt.exchange.messageId);
    return `${there} has the same vendor IDs as ${here} and a client that holds message ID ${id}: if both are one box, say so with --alias ${here}=${there}.`;
  });
}
