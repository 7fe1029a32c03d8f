/**
 * The lines of `--format ndjson`: one JSON object each, the same for finished captures and live ones. The one
 * source of their types and of the published JSON Schema; loaded only where zod is (see model.ts).
 */

import * as z from "zod";
import {
  count,
  findingCounts,
  findingSchema,
  reportSchema,
  severitySchema,
  time,
  verdictSchema,
  warningCodeSchema,
} from "./model.ts";

const schemaVersion = z.literal("1");
const at = time.nullable().describe("The capture's clock when the line was written; null before any packet");

const id = z
  .string()
  .min(1)
  .optional()
  .describe("Only with --state: the same again where a line is told again after a crash");

const findingLine = z
  .object({ type: z.literal("finding"), schemaVersion, id, at, finding: findingSchema })
  .describe("A collision, once its verdict is known");

const updateLine = z
  .object({
    type: z.literal("finding-update"),
    schemaVersion,
    id,
    at,
    previous: z.object({ verdict: verdictSchema, severity: severitySchema }),
    withdrawn: z
      .boolean()
      .describe("It is a finding no more: the quick mode was answered, and the holder may have gone before"),
    finding: findingSchema,
  })
  .describe("The same finding, known by its fingerprint, as it is judged now");

const warningLine = z.object({
  type: z.literal("warning"),
  schemaVersion,
  at,
  code: warningCodeSchema,
  message: z.string(),
});

const statsLine = z
  .object({
    type: z.literal("stats"),
    schemaVersion,
    at,
    uptimeSeconds: count,
    packets: count,
    messages: z.object({ ikev1: count, ikev2: count, authip: count, malformed: count }),
    quickModeMessages: count,
    responders: count,
    clients: count,
    ikeSas: count.describe("IKE SAs in memory"),
    findings: findingCounts.describe("Findings in memory"),
    closed: z.object({ ikeSas: count, findings: findingCounts }).describe("Ended and let go of"),
    evicted: count.describe("IKE SAs dropped because the table was full (--max-sas)"),
    dropped: z
      .object({ kernel: count.nullable(), queue: count, output: count })
      .describe("Packets lost before the analysis, and lines of output that nobody took; null: not known"),
    sources: z.array(
      z.object({ name: z.string(), state: z.enum(["capturing", "waiting", "ended"]), packets: count }),
    ),
  })
  .describe("How a live capture is doing");

const checkpointLine = z
  .object({
    type: z.literal("checkpoint"),
    schemaVersion,
    at,
    lines: count.describe("Lines of this input that are in the state file"),
    seq: count.nullable().describe("Greatest `seq` of all lines in the state file"),
    redelivered: count.describe(
      "Lines of this input that were skipped because an earlier one had their `seq`",
    ),
  })
  .describe("With --state: what was read so far, and the lines above, survive a crash from here on");

const reportLine = z
  .object({ type: z.literal("report"), schemaVersion, report: reportSchema })
  .describe("The last line: the same object that --format json prints");

export const lineSchema = z.discriminatedUnion("type", [
  findingLine,
  updateLine,
  warningLine,
  statsLine,
  checkpointLine,
  reportLine,
]);

export type Line = z.infer<typeof lineSchema>;
export type StatsLine = z.infer<typeof statsLine>;
