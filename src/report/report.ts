import type { Scanner } from "../analysis/scanner.ts";
import type { Scope } from "../analysis/scope.ts";
import type { CaptureError } from "../capture/source.ts";
import type { Inputs } from "../feed/feed.ts";
import type { Tracker } from "../ike/tracker.ts";
import type { Judgement } from "../judgement/judge.ts";
import { toolName, version } from "../version.ts";
import { advised } from "./advice/advised.ts";
import { buildClients, buildResponders, countVerdicts } from "./build.ts";
import { buildFindings } from "./build-findings.ts";
import { buildCoverage } from "./coverage.ts";
import type { Capture, Report } from "./model.ts";
import { isoTime } from "./time.ts";
import { buildWarnings } from "./warnings.ts";

/** Puts a judgement, and what was read, into a report. */

export function reportOf(
  inputs: Inputs,
  tracker: Tracker,
  scanner: Scanner,
  scope: Scope,
  judgement: Judgement,
  unreadable: readonly CaptureError[] = [],
): Report {
  const { hosts } = tracker;
  const context = { hosts, sources: inputs.summaries, aliasesOf: scope.aliasesOf };
  const capture = captureOf(inputs, tracker, scanner, scope, judgement);
  const clients = buildClients(judgement, context);
  const sas = tracker.table.sas;
  const warnings = [
    ...inputs.summaries.flatMap(({ notes = [] }) => notes),
    ...buildWarnings(capture, judgement, clients, inputs.clockSteps, hosts),
  ];
  const sentences = unreadable.map(({ message }) => message);
  return advised({
    schemaVersion: "1",
    tool: { name: toolName, version },
    capture,
    summary: {
      responders: judgement.boxes.length,
      clients: clients.length,
      ikeSas: sas.length,
      quickModeExchanges: sas.reduce((sum, { exchanges }) => sum + exchanges.length, 0),
      findings: countVerdicts(judgement),
    },
    responders: buildResponders(judgement, context),
    clients,
    findings: buildFindings(judgement, context),
    warnings,
    coverage: buildCoverage(capture, judgement, warnings, sentences, hosts),
  });
}
function captureOf(
  inputs: Inputs,
  tracker: Tracker,
  scanner: Scanner,
  scope: Scope,
  judgement: Judgement,
): Capture {
  const { packets, messages, headersCut, quickModeMessages, skipped, malformed } = scanner.counts();
  return {
    sources: inputs.summaries.map((summary, i) => {
      const { name, format, linkTypes, bytes, end, problem, untimed, timeDigits } = summary;
      const { first, last } = inputs.times[i];
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
      };
    }),
    packets,
    messages,
    quickModeMessages,
    skipped,
    malformed,
    ...(headersCut === 0 ? {} : { headersCut }),
    echoes: tracker.echoes,
    retransmissions: tracker.retransmissions,
    evicted: { ...tracker.evicted, ...judgement.evicted },
    ...(scope.partition === null ? {} : { partition: { ...scope.partition } }),
  };
}
