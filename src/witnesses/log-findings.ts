/** Findings and clients of a gateway's log alone, in the form of the report. Ports are not known from a log. */

import { grouped } from "../collections/grouping.ts";
import { findingFingerprint, responderFingerprint } from "../judgement/fingerprint.ts";
import { displayFilter } from "../report/display-filter.ts";
import type { Attempt, Client, Finding, Responder } from "../report/model.ts";
import { messageIdText } from "../report/sentences.ts";
import { isoTime } from "../report/time.ts";
import { judgeLog, type LogAttempt, type LogFinding, REFUSED_FREE } from "../syslog/alone.ts";
import type { GatewayEvent } from "../syslog/reader.ts";
import { parseAddress } from "../wire/address.ts";
import type { WitnessBook } from "./book.ts";
import { ofLine } from "./evidence.ts";
import { gatewayKey, type Joined } from "./joining.ts";
import { loggedClients } from "./log-clients.ts";

/** One gateway in a log. */
export interface LoggedGateway {
  address: string;
  events: GatewayEvent[];
  version: string | null;
}

/** A client that counts begins with 1; random IDs are not as small (domain: 255 in 4 thousand millions). */
const SMALL_ID = 255;
const UNKNOWN = "unknown";
/** A log names no cookies. */
const NO_COOKIE = "0".repeat(16);

/**
 * The gateways that the logs are of: by name of the device in a line, with the address that the capture showed for
 * its lines, else the one that `--responder` gives, else the local address of its IPsec SAs, else that name, else `unknown`.
 */
export function gatewaysOf(
  book: WitnessBook,
  named: readonly string[],
  { gateways: seen }: Joined,
): LoggedGateway[] {
  const gateways = new Map<string, LoggedGateway>();
  for (const { name, events, version } of book.logs) {
    for (const [host, own] of grouped(events, (event) => event.host ?? "")) {
      const local = own.find((event) => event.local !== null)?.local ?? null;
      const given = named.length === 1 && !named[0].includes("/") ? named[0] : null;
      const address = seen.get(gatewayKey(name, host)) ?? given ?? local ?? (host === "" ? UNKNOWN : host);
      const gateway = gateways.get(address) ?? { address, events: [], version };
      gateways.set(address, gateway);
      for (const event of own) gateway.events.push(event);
      gateway.version ??= version;
    }
  }
  return [...gateways.values()];
}

/** Findings of the log alone, each with the lines that its attempts begin with. */
export function logFindings({
  address,
  events,
}: LoggedGateway): { finding: Finding; begins: GatewayEvent[] }[] {
  return judgeLog(events).map((finding) => ({
    finding: findingOf(finding, address),
    begins: finding.attempts.map(lineOf),
  }));
}

/** The gateway and its clients, as its log alone shows them. */
export function loggedResponder({ address, events, version }: LoggedGateway): {
  responder: Responder;
  clients: Client[];
} {
  const { clients, peakSequential } = loggedClients(address, events);
  const responder = {
    address,
    aliases: [],
    vendor: "Cisco ASA (its log)",
    ...(version === null ? {} : { software: version }),
    clients: clients.length,
    sequentialClients: clients.filter(({ pattern }) => pattern.kind === "sequential").length,
    peakConcurrentSequential: peakSequential,
    fingerprint: responderFingerprint(address),
  };
  return { responder, clients };
}

function findingOf(finding: LogFinding, responder: string): Finding {
  const { holder, contender, verdict, attempts, otherCause, hasControl } = finding;
  const ids = [...new Set(attempts.map(({ messageId }) => messageId))].sort((a, b) => a - b);
  const messageIds = ids.map(messageIdText);
  const counts = ids.every((id) => id <= SMALL_ID);
  const pattern = counts ? "sequential" : "undetermined";
  const clientSa = (address: string) => ({
    address,
    port: null,
    platform: null,
    pattern: pattern as "sequential" | "undetermined",
  });
  const lines = [...new Set(attempts.flatMap((attempt) => attempt.lines))].slice(0, MAX_LINES);
  const accused = verdict !== "tolerated";
  return {
    fingerprint: findingFingerprint(responder, { address: holder, rank: 0 }, { address: contender, rank: 0 }),
    verdict,
    severity: !accused ? "info" : verdict === "rejected" ? "high" : "low",
    cause: counts ? "sequential-ids" : "mixed",
    caveats: [
      ...(accused && otherCause !== null ? (["other-cause"] as const) : []),
      ...(accused && !hasControl ? (["no-control"] as const) : []),
    ],
    notes: [
      "log-only",
      ...(otherCause === null ? [] : [`the gateway's log: ${otherCause.trim()}`]),
      ...(accused && hasControl ? ["accepted-when-free"] : []),
    ],
    responder,
    messageIds,
    messageIdsDecimal: ids,
    holder: clientSa(holder),
    contender: clientSa(contender),
    attempts: attempts.map((attempt) => attemptOf(attempt, verdict)),
    evidence: lines.map((event) => ofLine(event, event.at, true)),
    displayFilter: displayFilter(messageIds, parseAddress(responder) === null ? [] : [responder]),
    summary: sentenceOf(finding, responder, messageIds),
  };
}

const MAX_LINES = 40;

/** The line that an attempt begins with. */
function lineOf({ messageId, dial, accepted }: LogAttempt): GatewayEvent {
  return accepted ? dial.accepted.find((each) => each.messageId === messageId)!.event : dial.began!;
}

function attemptOf(attempt: LogAttempt, verdict: LogFinding["verdict"]): Attempt {
  const { messageId, dial, accepted } = attempt;
  const line = lineOf(attempt);
  return {
    messageId: messageIdText(messageId),
    messageIdDecimal: messageId,
    at: isoTime(line.at, 0, 6),
    frame: line.line,
    source: line.source,
    // Silence where no line speaks of the ID, of a duplicate or of an error.
    outcome: accepted ? "completed" : attempt.dial.refusals.length > 0 ? "refused" : "unanswered",
    overlap: "certain",
    verdict,
    retransmissions: 0,
    lastRetransmissionAt: null,
    refusedAt: null,
    firstId: dial.accepted.length === 0 || dial.accepted[0].messageId === messageId,
    holderSa: null,
    contenderSa: { initiatorCookie: NO_COOKIE, responderCookie: NO_COOKIE },
    claim: null,
    events: [],
  };
}

function sentenceOf(
  { holder, contender, verdict, otherCause }: LogFinding,
  responder: string,
  ids: string[],
): string {
  const id = ids.join(", ");
  if (verdict === "tolerated") {
    return `The log of ${responder} says that it accepted ${contender} on quick-mode message ID ${id} although ${holder} held it.`;
  }
  const refused = `The log of ${responder} does not say that it accepted ${contender} on quick-mode message ID ${id} while ${holder} held it`;
  if (verdict === "rejected") {
    return `${refused}, and says so once that one had gone; an ASA with the behaviour described in KB 942429 refuses this.`;
  }
  const why =
    otherCause === null
      ? "a log alone does not prove why"
      : otherCause === REFUSED_FREE
        ? otherCause
        : `it names another cause: ${otherCause.trim()}`;
  return `${refused}; ${why}.`;
}
