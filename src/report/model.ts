/**
 * The report: the one source of its types and of the published JSON Schema.
 *
 * Everybody else takes the types by `import type`; the module itself, and zod with it, is loaded only where a
 * report is validated or the schema is printed, because loading zod costs more than reading a small capture.
 */

import * as z from "zod";
import {
  type causeSchema,
  type caveatSchema,
  coverageCodeSchema,
  type outcomeSchema,
  type overlapSchema,
  patternKindSchema,
  type severitySchema,
  type verdictSchema,
  warningCodeSchema,
} from "./codes.ts";
import { type attempt, type claim, type event, type evidence, findingSchema } from "./finding-model.ts";
import {
  address,
  communityIds,
  count,
  counts,
  fingerprint,
  messageId,
  platform,
  port,
  sourceName,
  time,
} from "./values.ts";

export * from "./codes.ts";
export { findingSchema } from "./finding-model.ts";
export { count, time } from "./values.ts";

export const findingCounts = z.object({
  rejected: count,
  predicted: count,
  possible: count,
  tolerated: count,
});

const source = z.object({
  name: sourceName,
  format: z
    .string()
    .describe(
      "pcap, pcap-ns, pcap-modified, pcapng, records, suricata-eve, zeek-ipsec or asa-syslog, with +gzip where compressed",
    ),
  linkTypes: z.array(count).describe("LINKTYPE_ numbers"),
  packets: count,
  bytes: count.describe("Bytes of the capture format, after decompression"),
  firstPacketAt: time.nullable(),
  lastPacketAt: time.nullable(),
  end: z.enum(["clean", "truncated", "corrupt", "interrupted"]),
  problem: z.string().nullable().describe("One sentence, when the end is not clean"),
  untimed: count.describe("Packets without a time of their own; they carry the time before them"),
  clockShiftSeconds: z
    .number()
    .optional()
    .describe("What was added to the times of this source, whose clock differed from that of another one"),
});

const capture = z.object({
  sources: z.array(source),
  packets: count.describe("Equals the sum of messages and skipped"),
  messages: z
    .object({ ikev1: count, ikev2: count, authip: count, malformed: count })
    .describe("ISAKMP datagrams, each IKE fragment once"),
  quickModeMessages: count.describe("Well-formed IKEv1 datagrams of exchange 32, repetitions included"),
  skipped: counts.describe("Packets that are not ISAKMP, by reason"),
  malformed: counts.describe("Malformed ISAKMP datagrams, by reason"),
  headersCut: count
    .optional()
    .describe("Messages of which 24 to 27 bytes were captured, which leaves out the length field"),
  echoes: count.describe("Messages seen again at another capture point or decrypted"),
  retransmissions: count,
  evicted: counts.describe("Entries dropped because a table was full, by table"),
  partition: z
    .object({ index: z.int().positive(), count: z.int().positive() })
    .optional()
    .describe("Only responders of this partition are judged (--partition)"),
  decrypted: z
    .object({
      keys: count,
      keysUsed: count.describe("Keys that opened at least one message"),
      ikeSas: count,
      messages: count,
      payloads: counts.describe("Payloads of the opened messages, by name"),
    })
    .optional()
    .describe("What the keys of --keys opened"),
  witnesses: z
    .array(
      z.object({
        witness: z.enum(["asa-syslog", "windows-event"]),
        source: sourceName,
        computer: z.string().nullable().describe("The machine that wrote the events"),
        lines: count.describe("Lines of a log, or events"),
        used: count.describe("Those of them that tell of IKE or L2TP"),
        clock: z
          .object({
            offsetSeconds: z.number().describe("To be added to its times to get those of the captures"),
            uncertaintySeconds: z.number().nonnegative(),
            matches: count.describe("Lines that agree on it"),
            driftPpm: z.number().describe("Parts in a million that its clock is slow"),
          })
          .nullable()
          .describe("Null: it could not be compared with that of the captures, and was read alone"),
      }),
    )
    .optional()
    .describe("Logs of gateways and events of clients, and how their clocks stand to the captures'"),
});

const responder = z.object({
  address,
  aliases: z.array(address).describe("Further addresses of the same gateway, as declared"),
  vendor: platform,
  software: z.string().optional().describe("Version that the gateway's log states"),
  clients: count,
  sequentialClients: count,
  peakConcurrentSequential: count.describe("The most sequential clients that were connected at once"),
  exposureHarmless: z
    .literal(true)
    .optional()
    .describe(
      "Two clients with one message ID do no harm here: it accepted one in use, or is of another make",
    ),
  fingerprint,
});

export const clientOutcomeKindSchema = z
  .enum(["connected", "kept-out", "unknown"])
  .describe("kept-out: at least one try to connect failed; connected: none did; unknown: not seen");

const clientOutcome = z
  .object({
    kind: clientOutcomeKindSchema,
    keptOut: count.describe("Quick modes that the gateway refused or never answered, on dials that failed"),
    firstAt: time.nullable().describe("When the first of these began"),
    lastAt: time.nullable().describe("The last sign of the last of these"),
    connectedAt: time
      .nullable()
      .describe("The first accepted quick mode after them; of all where there are none"),
    keptOutSeconds: z.number().nonnegative().describe("How long it was kept out in all, as far as it tried"),
  })
  .describe("What became of the client at this gateway");

const client = z.object({
  address,
  port,
  responder: address,
  outcome: clientOutcome,
  insideAddress: address
    .optional()
    .describe("Its address behind the NAT, where NAT-D showed it; looked for only where it matters"),
  platform,
  pattern: z.object({
    kind: patternKindSchema,
    confidence: z.number().min(0).max(1).describe("Posterior probability of the kind"),
    byteOrder: z.enum(["big-endian", "byte-swapped"]).nullable(),
    messageIds: z.array(messageId).describe("The first few, in order of appearance"),
    ids: count.describe("How many message IDs in all"),
    ikeSas: count,
    firstId: messageId.nullable(),
    step: z.number().nullable(),
  }),
  anomaly: z.string().nullable().describe("An observation that contradicts the vendor ID"),
  communityIds,
  rolesInferred: z.boolean().describe("Phase 1 was not seen: who is the client was deduced"),
  firstSeenAt: time,
  lastSeenAt: time,
});

/** What only a live capture has; absent from reports of files. */
const live = z.object({
  times: z
    .enum(["arrival", "kernel", "as-written"])
    .describe(
      "Who took the time of a packet: the program when it arrived, the kernel, or whoever wrote the pipe",
    ),
  interruptions: count.describe("How often the capture of an interface broke off and was begun again"),
  dropped: z
    .object({ kernel: count.nullable(), queue: count, output: count })
    .describe("Packets lost before the analysis, and lines of output that nobody took; null: not known"),
  closed: z
    .object({ ikeSas: count, findings: findingCounts })
    .describe("Ended and let go of while the capture ran: no longer in this report"),
});

const coverageGap = z.object({
  code: coverageCodeSchema,
  message: z.string(),
  count: count.describe("Packets, IKE SAs, responders, quick modes or inputs: what the message counts"),
});

const coverage = z
  .object({
    complete: z.boolean().describe("No gaps: as far as these captures reach in time and place"),
    gaps: z.array(coverageGap),
  })
  .describe("What the input could not show: no finding means clean only as far as this is complete");

const stepCommand = z.object({
  command: z.string(),
  where: z.string().describe("Where it is entered"),
  tried: z
    .boolean()
    .describe("False: taken from the vendor's reference, never tried by the makers of this program"),
});

const nextStep = z
  .object({
    text: z.string(),
    commands: z.array(stepCommand),
    findings: z.array(fingerprint).describe("The findings that it is about"),
  })
  .describe("What to do next, the most urgent first");

export const reportSchema = z.object({
  schemaVersion: z.literal("1"),
  tool: z.object({ name: z.string(), version: z.string() }),
  nextSteps: z.array(nextStep).describe("Never empty where there is a finding, a refused client or a gap"),
  capture,
  summary: z.object({
    text: z.string().describe("The answer in two to five lines, separated by line feeds; times in UTC"),
    responders: count,
    clients: count,
    ikeSas: count,
    quickModeExchanges: count,
    findings: findingCounts,
  }),
  responders: z.array(responder),
  clients: z.array(client),
  findings: z.array(findingSchema),
  warnings: z.array(z.object({ code: warningCodeSchema, message: z.string() })),
  coverage,
  live: live.optional(),
});

export type Report = z.infer<typeof reportSchema>;
export type Capture = z.infer<typeof capture>;
export type Source = z.infer<typeof source>;
export type Finding = z.infer<typeof findingSchema>;
export type Attempt = z.infer<typeof attempt>;
export type Evidence = z.infer<typeof evidence>;
export type AttemptEvent = z.infer<typeof event>;
export type Claim = z.infer<typeof claim>;
export type Responder = z.infer<typeof responder>;
export type Live = z.infer<typeof live>;
export type Client = z.infer<typeof client>;
/** What advice asks of a client. */
export type NotedClient = Pick<Client, "address" | "port" | "responder" | "insideAddress" | "outcome">;
/** What advice asks of a finding. */
export interface NotedFinding
  extends Readonly<Pick<Finding, "fingerprint" | "verdict" | "severity" | "responder">> {
  readonly caveats: readonly Caveat[];
  readonly notes: readonly string[];
  readonly messageIds: readonly string[];
  readonly holder: Readonly<Pick<Finding["holder"], "address" | "port" | "candidates" | "candidatesOmitted">>;
  readonly contender: Readonly<Pick<Finding["contender"], "address" | "port">>;
  readonly attempts: readonly Readonly<
    Pick<Attempt, "messageId" | "at" | "outcome" | "overlap" | "verdict" | "notify">
  >[];
}
export type ClientOutcome = z.infer<typeof clientOutcome>;
export type NextStep = z.infer<typeof nextStep>;
export type StepCommand = z.infer<typeof stepCommand>;
export type Warning = Report["warnings"][number];
export type Coverage = z.infer<typeof coverage>;
export type CoverageGap = z.infer<typeof coverageGap>;
export type Verdict = z.infer<typeof verdictSchema>;
export type Severity = z.infer<typeof severitySchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
export type Overlap = z.infer<typeof overlapSchema>;
export type Cause = z.infer<typeof causeSchema>;
export type PatternKind = z.infer<typeof patternKindSchema>;
export type Caveat = z.infer<typeof caveatSchema>;
export type CoverageCode = z.infer<typeof coverageCodeSchema>;
export type WarningCode = z.infer<typeof warningCodeSchema>;
