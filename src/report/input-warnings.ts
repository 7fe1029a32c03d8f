/**
 * Warnings about the input itself: what was not read, not looked into, or not in the capture. Where one of them
 * stands, "nothing found" does not mean "clean".
 */

import { hostOf } from "../collections/endpoints.ts";
import type { Hosts } from "../ike/facts.ts";
import { captureLoss } from "../judgement/capture-loss.ts";
import { clientSasOf } from "../judgement/clients-of.ts";
import type { Responder } from "../judgement/responders.ts";
import type { Capture, Warning } from "./model.ts";
import { counted, listed } from "./phrases.ts";

export interface ClockSteps {
  count: number;
  first: readonly { source: number; frame: number; backMicros: number }[];
}

/** A source whose clock differs from that of another one; sources by index. */
export interface ClockDifference {
  source: number;
  reference: number;
  /** What its times lack, microseconds. */
  micros: number;
  /** Messages that agree on it, of those in both sources. */
  agreeing: number;
  messages: number;
  isEstablished: boolean;
  /** The times of the source are read with `micros` added. */
  isApplied?: boolean;
}

/** Packets of a source whose link type or encapsulation is known by name alone. */
export interface UnreadPackets {
  source: number;
  what: "link type" | "encapsulation";
  /** Name and number. */
  name: string;
  /** What makes them readable, NAME being the source; null where it is not known. */
  command: string | null;
  packets: number;
}

/** What is known of the input beside its packets. */
export interface InputFacts {
  unread: readonly UnreadPackets[];
  /** By source: its times say nothing. */
  timeless: readonly boolean[];
  clockSteps: ClockSteps;
  /** Sources whose clock differs from another's. */
  clockOffsets: readonly ClockDifference[];
  /** Inputs that were not even opened when the reading was ended. */
  unopened: readonly string[];
  /** One sentence for each input, or file of a directory, that could not be read. */
  unreadable: readonly string[];
  /** Addresses and prefixes that the user named as responders and that are in no packet. */
  unseenResponders: readonly string[];
  /** Addresses of the responders that are in the capture, as far as they matter beside `unseenResponders`. */
  seenResponders: readonly string[];
}

/** Warnings of one kind; a capture of thousands of responders gets a count instead. */
const MAX_OF_A_KIND = 20;
/** Responders named in one sentence. */
const MAX_NAMED = 10;

export function inputWarnings(
  capture: Capture,
  facts: InputFacts,
  responders: readonly Responder[],
  hosts: Hosts,
): Warning[] {
  return [
    ...facts.unreadable.map((message) => ({ code: "unreadable" as const, message })),
    ...endings(capture),
    ...unopenedInputs(facts),
    ...notLookedInto(capture, facts),
    ...noIke(capture),
    ...responderNotSeen(facts),
    ...nattNotCaptured(capture, responders, hosts),
    ...times(capture, facts.clockSteps),
    ...limited("no-times", timelessSentences(capture, facts)),
    ...limited("clock-offset", offsetSentences(capture, facts)),
    ...packetsLost(responders),
    ...shortSnaplen(capture),
    ...evictions(capture),
  ];
}

/** One warning for each message, up to a number. */
export function limited(code: Warning["code"], messages: readonly string[]): Warning[] {
  const warnings = messages.slice(0, MAX_OF_A_KIND).map((message) => ({ code, message }));
  const more = messages.length - warnings.length;
  if (more > 0) warnings.push({ code, message: `... and ${more} more like these.` });
  return warnings;
}

function endings({ sources }: Capture): Warning[] {
  const kinds = (["interrupted", "truncated", "corrupt"] as const).map((code) =>
    limited(
      code,
      sources.flatMap(({ name, end, problem }) =>
        end === code ? [problem ?? `${name} ends in the middle of a record.`] : [],
      ),
    ),
  );
  return kinds.flat();
}

function unopenedInputs({ unopened }: InputFacts): Warning[] {
  if (unopened.length === 0) return [];
  return [
    {
      code: "interrupted",
      message: `The reading was ended before these were opened: ${listed(unopened, MAX_NAMED)}.`,
    },
  ];
}

/** By source and name, with how many of how many. */
function notLookedInto({ sources }: Capture, { unread }: InputFacts): Warning[] {
  const sentences = (what: UnreadPackets["what"]) =>
    unread
      .filter((each) => each.what === what)
      .map(({ source, name, command, packets }) => {
        const cure = command === null ? "" : ` Try: ${command.replace("NAME", sources[source].name)}`;
        const of = counted(sources[source].packets, "packet");
        const known = what === "link type" ? "have a link type that is not read here" : "are not looked into";
        return `${sources[source].name}: ${packets} of ${of} ${known}, ${name}: IKE among them is missing.${cure}`;
      });
  return [
    ...limited("unsupported-link-type", sentences("link type")),
    ...limited("unsupported-encapsulation", sentences("encapsulation")),
  ];
}

/** Not where nothing was read or could be looked into: whether there is IKE is not known then. */
function noIke({ sources, messages, skipped, malformed, packets }: Capture): Warning[] {
  if (sources.length === 0) return [];
  if (messages.ikev1 + messages.ikev2 + messages.authip > 0) return [];
  // What was cut too short to be read is told as that.
  if (malformed["header-cut"] !== undefined) return [];
  const unknown = (skipped["unsupported-link-type"] ?? 0) + (skipped["unsupported-encapsulation"] ?? 0);
  // Beacons and the like hold no IKE, and say nothing of what is beside them.
  if (unknown > 0 && unknown + (skipped["not-ip"] ?? 0) === packets) return [];
  const message = "No ISAKMP in the capture: nothing can be said about any responder.";
  return [{ code: "no-ike", message }];
}

function responderNotSeen({ unseenResponders, seenResponders }: InputFacts): Warning[] {
  if (unseenResponders.length === 0) return [];
  const others =
    seenResponders.length === 0
      ? "No responder is in the capture."
      : `Responders that are: ${listed(seenResponders, MAX_NAMED)}.`;
  return limited(
    "responder-not-seen",
    unseenResponders.map(
      (name) =>
        `No IKE, ESP or keepalive from or to ${name}, which --responder or --alias names, is in the capture. ${others}`,
    ),
  );
}

/**
 * Clients that agreed on NAT traversal and went on elsewhere, in a capture without UDP 4500: behind a NAT IKE floats
 * there after the fourth message of main mode (RFC 3947 4), and all quick modes are on it.
 */
function nattNotCaptured({ skipped }: Capture, responders: readonly Responder[], hosts: Hosts): Warning[] {
  if (skipped["esp-in-udp"] !== undefined) return [];
  // A port of the client on the NAT-T port, or a path of another address of it.
  const clientSas = responders.flatMap((responder) =>
    responder.clientSas.map(({ session }) => ({ session, responder })),
  );
  const floated = clientSas.filter(
    ({ session: { sa, quickModes, clientFinishedAt } }) =>
      sa.natDiscovery && sa.answered && Number.isNaN(clientFinishedAt) && quickModes.length === 0,
  );
  if (floated.length === 0 || responders.some(isAnyOn4500)) return [];
  const clients = new Set(floated.map(({ session }) => hostOf(session.endpoint))).size;
  const addresses = [...new Set(floated.map(({ responder }) => hosts.text(responder.host)))];
  const where = listed(addresses, MAX_NAMED);
  const message = `${counted(clients, "client")} of ${where} began phase 1 on UDP 500 and went on elsewhere, and no UDP 4500 is in the capture: quick modes of clients behind a NAT are missing. Capture UDP 500 and 4500 (ike-dupcheck --print-bpf).`;
  return [{ code: "natt-not-captured", message }];
}

/** A client came to the NAT-T port, or a message of one did by another address. */
function isAnyOn4500(responder: Responder): boolean {
  for (const { session } of clientSasOf(responder)) {
    if (session.port4500 >= 0 || session.sa.paths.some(({ natTraversal }) => natTraversal)) return true;
  }
  return false;
}

/** A ring buffer that wrapped and files joined in the wrong order look like a clock that was set. */
const OUT_OF_ORDER =
  "Where the records are out of order rather than the clock wrong, reordercap IN OUT (it comes with Wireshark) sorts them.";

function times({ sources }: Capture, clockSteps: ClockSteps): Warning[] {
  const warnings: Warning[] = [];
  const untimed = sources.reduce((sum, source) => sum + source.untimed, 0);
  if (untimed > 0) {
    const message = `${untimed} packets have no time of their own and carry the time of the packet before them.`;
    warnings.push({ code: "untimed", message });
  }
  clockSteps.first.forEach(({ source, frame, backMicros }, i) => {
    const seconds = (backMicros / 1e6).toFixed(1);
    const message = `${sources[source].name}: the clock steps back by ${seconds} s at packet ${frame}; overlap across it is unknown.`;
    warnings.push({ code: "clock-step", message: i === 0 ? `${message} ${OUT_OF_ORDER}` : message });
  });
  const more = clockSteps.count - clockSteps.first.length;
  if (more > 0) warnings.push({ code: "clock-step", message: `... and ${more} more steps back.` });
  return warnings;
}

function timelessSentences({ sources }: Capture, { timeless }: InputFacts): string[] {
  return sources
    .filter((_, source) => timeless[source])
    .map(
      ({ name }) =>
        `${name}: its packets have no times of their own (all have one time, or are a microsecond apart): who was connected when cannot be told.`,
    );
}

function offsetSentences({ sources }: Capture, { clockOffsets }: InputFacts): string[] {
  return clockOffsets.map((offset) => {
    const { source, reference, micros, agreeing, messages, isEstablished, isApplied = false } = offset;
    const seconds = Math.abs(micros / 1e6).toFixed(1);
    const how = micros < 0 ? "ahead of" : "behind";
    const found = `${sources[source].name}: its clock is ${seconds} s ${how} that of ${sources[reference].name}, by ${agreeing} of ${messages} messages that are in both`;
    if (isApplied) return `${found}; its times were shifted by that.`;
    const why = isEstablished
      ? "not all inputs can be read twice"
      : "these are too few IKE SAs and too short a time, and not all that it has";
    return `${found}; its times were not shifted, since ${why}: overlaps between the two are not sure.`;
  });
}

/** Share of the packets from which on loss is said. */
const TELLING_LOSS = 0.01;

function packetsLost(responders: readonly Responder[]): Warning[] {
  const { expected, lost } = captureLoss(responders);
  if (lost <= expected * TELLING_LOSS) return [];
  const percent = ((100 * lost) / expected).toFixed(lost < expected / 10 ? 1 : 0);
  const message = `${percent} % of the clients' ESP is missing (${lost} of ${expected} packets, by its sequence numbers): IKE will be missing as well, answers among it.`;
  return [{ code: "capture-loss", message }];
}

function shortSnaplen({ malformed, skipped, headersCut = 0 }: Capture): Warning[] {
  const warnings: Warning[] = [];
  const lost = (malformed["header-cut"] ?? 0) + (skipped["truncated-frame"] ?? 0);
  if (lost > 0) {
    const message = `${cutHeaders(lost, "packet")}: messages among them are lost.`;
    warnings.push({ code: "snaplen", message });
  }
  if (headersCut > 0) {
    const message = `${cutHeaders(headersCut, "message")}: message IDs are known, vendor IDs are not.`;
    warnings.push({ code: "snaplen", message });
  }
  return warnings;
}

function cutHeaders(count: number, what: string): string {
  const are = count === 1 ? "is cut before the end of its" : "are cut before the end of their";
  return `${counted(count, what)} ${are} headers (short snaplen)`;
}

function evictions({ evicted }: Capture): Warning[] {
  return Object.entries(evicted)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => ({
      code: "evicted",
      message: `${count} entries of the table ${table} were dropped because it was full: what they held is missing here.`,
    }));
}
