/** The report: from a judgement, the facts and what was read of each input. */

import { hostOf } from "../collections/endpoints.ts";
import { eachOf, type Facts } from "../ike/facts.ts";
import type { InsideAddresses } from "../judgement/inside.ts";
import type { Judgement } from "../judgement/judge.ts";
import { decideRoles, other } from "../judgement/roles.ts";
import { advised } from "./advice/advised.ts";
import { buildResponders, countVerdicts } from "./build.ts";
import { buildCoverage } from "./coverage.ts";
import type { InputFacts } from "./input-warnings.ts";
import { JudgedClients } from "./judged-clients.ts";
import { JudgedFindings } from "./judged-findings.ts";
import type { Capture, Report } from "./model.ts";
import type { ReadInputs, ReadScope } from "./read-inputs.ts";
import { isoTime } from "./time.ts";
import { toolName, version } from "./version.ts";
import { buildWarnings } from "./warnings.ts";

/** What became of the packets that were read. */
export interface ScanCounts
  extends Pick<Capture, "packets" | "messages" | "quickModeMessages" | "skipped" | "malformed"> {
  /** Messages whose header was captured up to the message ID, and not to its end. */
  headersCut: number;
  /** Packets that were recognised and not looked into, by source. */
  unread?: InputFacts["unread"];
}

/** Puts a judgement, and what was read, into a report. Its clients and findings are made when they are first asked for. */
export function reportOf(
  inputs: ReadInputs,
  facts: Facts,
  counts: ScanCounts,
  scope: ReadScope,
  judgement: Judgement,
  unreadable: readonly { message: string }[] = [],
  inside?: InsideAddresses,
): Report {
  const { hosts } = facts;
  const context = { hosts, sources: inputs.summaries, aliasesOf: scope.aliasesOf, inside };
  const capture = captureOf(inputs, facts, counts, scope, judgement);
  const clients = new JudgedClients(judgement, context);
  const input = { ...factsOf(inputs, facts, scope, unreadable), unread: counts.unread ?? [] };
  const warnings = [
    ...inputs.summaries.flatMap(({ notes = [] }) => notes),
    ...buildWarnings(capture, judgement, clients.anomalies(), input, hosts),
  ];
  const report = {
    schemaVersion: "1" as const,
    tool: { name: toolName, version },
    capture,
    summary: {
      responders: judgement.responders.length,
      clients: clients.length,
      ikeSas: facts.eachIkeSa.length,
      quickModeExchanges: facts.quickModeCount,
      findings: countVerdicts(judgement),
    },
    responders: buildResponders(judgement, context),
    clients: [],
    findings: [],
    warnings,
    coverage: buildCoverage(capture, judgement, warnings, hosts),
  };
  return advised(report, { clients, findings: new JudgedFindings(judgement, context) });
}

function captureOf(
  inputs: ReadInputs,
  facts: Facts,
  counts: ScanCounts,
  scope: ReadScope,
  judgement: Judgement,
): Capture {
  const { packets, messages, headersCut, quickModeMessages, skipped, malformed } = counts;
  // Asked for once: of many files each is worked out anew.
  const { summaries, times, clockOffsets = [] } = inputs;
  return {
    sources: summaries.map((summary, i) => {
      const { name, format, linkTypes, bytes, end, problem, untimed, timeDigits } = summary;
      const { first, last } = times[i];
      return {
        name,
        format,
        linkTypes: [...linkTypes],
        packets: summary.packets,
        bytes,
        firstPacketAt: first === null ? null : isoTime(first.micros, first.nanos, timeDigits),
        lastPacketAt: last === null ? null : isoTime(last.micros, last.nanos, timeDigits),
        end,
        problem,
        untimed,
        ...shiftOf(clockOffsets, i),
      };
    }),
    packets,
    messages,
    quickModeMessages,
    skipped,
    malformed,
    ...(headersCut === 0 ? {} : { headersCut }),
    echoes: facts.echoes,
    retransmissions: facts.retransmissions,
    evicted: { ...facts.evicted, ...judgement.evicted },
    ...(scope.partition === null ? {} : { partition: { ...scope.partition } }),
  };
}

/** What the warnings about the input need beside the counts. */
function factsOf(
  inputs: ReadInputs,
  facts: Facts,
  scope: ReadScope,
  unreadable: readonly { message: string }[],
): Omit<InputFacts, "unread"> {
  const missing = unseenResponders(facts, scope);
  return {
    timeless: inputs.times.map(({ sayNothing = false }) => sayNothing),
    clockSteps: inputs.clockSteps,
    clockOffsets: inputs.clockOffsets ?? [],
    unopened: inputs.unopened ?? [],
    unreadable: unreadable.map(({ message }) => message),
    unseenResponders: missing,
    seenResponders: missing.length === 0 ? [] : respondersIn(facts, scope),
  };
}

/** What the user named as a responder and is neither sender nor receiver of anything. */
function unseenResponders(facts: Facts, { named }: ReadScope): string[] {
  if (named.length === 0) return [];
  const { flows, ikeSas } = facts;
  const seen = new Set<number>();
  for (const row of flows.rows()) seen.add(flows.sender(row)).add(flows.receiver(row));
  for (const { paths } of ikeSas) {
    for (const { ends } of paths) seen.add(hostOf(ends[0])).add(hostOf(ends[1]));
  }
  return named.filter(({ includes }) => ![...seen].some(includes)).map(({ text }) => text);
}

/** The responders of all IKE SAs, in scope or not. */
function respondersIn({ ikeSas, hosts }: Facts, { isIkePort }: ReadScope): string[] {
  const roles = decideRoles(eachOf(ikeSas), hosts, { isNamedResponder: () => false, isIkePort });
  const found = new Set<number>();
  ikeSas.forEach(({ paths, answered }, i) => {
    const role = roles.of(i);
    if (role !== null && answered) found.add(hostOf(paths[0].ends[other(role.client)]));
  });
  return [...found].map((host) => hosts.text(host));
}

/** What was added to the times of a source, where that was needed. */
function shiftOf(
  clockOffsets: NonNullable<ReadInputs["clockOffsets"]>,
  source: number,
): { clockShiftSeconds?: number } {
  const offset = clockOffsets.find((each) => each.source === source && each.isApplied === true);
  return offset === undefined ? {} : { clockShiftSeconds: Math.round(offset.micros) / 1e6 };
}
