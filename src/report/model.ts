/**
 * The report: the one source of its types and of the published JSON Schema.
 *
 * Everybody else takes the types by `import type`; the module itself, and zod with it, is loaded only where a
 * report is validated or the schema is printed, because loading zod costs more than reading a small capture.
 */

import * as z from "zod";

export const count = z.int().nonnegative();
const counts = z.record(z.string(), count);

export const time = z
  .string()
  .regex(/^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d{6}|\d{9})Z$/)
  .describe("ISO 8601, UTC, with the precision of the capture: microseconds or nanoseconds");
const messageId = z
  .string()
  .regex(/^0x[0-9a-f]{8}$/)
  .describe("Message ID of a quick mode, the four bytes read big-endian");
const messageIdDecimal = z.int().min(1).max(0xffffffff).describe("The same as a number, as logs print it");
const communityIds = z
  .array(z.string().regex(/^1:[A-Za-z0-9+/]{27}=$/))
  .describe("Community ID (version 1, seed 0) of each UDP flow of the client with the responder");
const fingerprint = z
  .string()
  .min(1)
  .describe("Stable name: the same fault gives the same one in another capture and in any order of files");
const address = z.string().min(1).describe("IPv4 or IPv6 address as text (RFC 5952)");
const port = z.int().min(0).max(65535).nullable();
const platform = z.string().nullable().describe("What the vendor IDs of phase 1 name; null when unknown");
const frame = z.int().positive().describe("Number of the packet in its source, counted from 1");
const sourceName = z.string().describe("The source as the user named it; - is standard input");

export const patternKindSchema = z
  .enum(["sequential", "random", "undetermined"])
  .describe("How a client chooses the message IDs of the quick modes that it starts");
export const verdictSchema = z.enum(["rejected", "predicted", "possible", "tolerated"]);
export const severitySchema = z.enum(["info", "low", "medium", "high"]);
export const outcomeSchema = z
  .enum([
    "completed",
    "answer-unusable",
    "answered",
    "unobserved",
    "unproven",
    "pending",
    "refused",
    "unanswered",
  ])
  .describe("What became of the quick mode, as far as the capture shows");
export const overlapSchema = z
  .enum(["certain", "probable", "unknown", "none"])
  .describe("How sure it is that the holder was connected at that time; none: no holder is visible");
export const causeSchema = z
  .enum(["sequential-ids", "chance", "mixed"])
  .describe("Both clients count their IDs; both draw them at random; anything else");
export const caveatSchema = z.enum([
  "same-nat",
  "holder-silent",
  "responder-not-asa",
  "responder-unknown",
  "other-cause",
  "no-control",
  "roles-inferred",
  "one-sided",
  "one-way",
  "snaplen",
  "later-id",
  "ike-only",
  "implied-claim",
  "holder-unseen",
  "clock-step",
]);
export const warningCodeSchema = z.enum([
  "no-ike",
  "interrupted",
  "unreadable",
  "unsupported-link-type",
  "unsupported-encapsulation",
  "responder-not-seen",
  "natt-not-captured",
  "capture-loss",
  "clock-offset",
  "no-times",
  "one-sided",
  "clock-step",
  "truncated",
  "corrupt",
  "refused-without-holder",
  "refused-by-own-session",
  "alias-candidate",
  "pattern-contradicts-vendor",
  "evicted",
  "untimed",
  "snaplen",
  "malformed-line",
  "sensor-clock",
  "eve-blind",
  "zeek-blind",
  "packets-dropped",
  "capture-interrupted",
  "findings-closed",
  "lines-dropped",
  "log-only",
  "log-not-joined",
  "keys-unused",
  "keys-skipped",
  "selector-clash",
]);

export const coverageCodeSchema = z.enum([
  ...warningCodeSchema.exclude(["alias-candidate", "pattern-contradicts-vendor"]).options,
  "no-ikev1",
  "no-quick-mode",
  "phase1-unseen",
  "esp-unseen",
  "outcome-unknown",
  "partition",
]);

const cookiePair = z
  .object({
    initiatorCookie: z.string().regex(/^[0-9a-f]{16}$/),
    responderCookie: z.string().regex(/^[0-9a-f]{16}$/),
  })
  .describe("The cookies that name an IKE SA (RFC 2408 2.4)");

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
});

const claim = z
  .object({
    at: time,
    frame,
    source: sourceName,
    implied: z.boolean().describe("Deduced from a later ID of a counting client, not seen"),
    lastLifeAt: time.nullable().describe("Last sign of the holder's IKE SA in the captures"),
  })
  .describe(
    "The holder's quick mode that claimed the message ID; null where only its ESP shows that there was one",
  );

const event = z
  .object({
    at: time,
    frame,
    source: sourceName,
    sender: z.enum(["contender", "responder"]),
    what: z.enum(["first-message", "last-retransmission", "informational"]),
  })
  .describe("A packet of the attempt, to be looked up in the capture");

const attempt = z.object({
  messageId,
  messageIdDecimal,
  at: time,
  frame,
  source: sourceName,
  outcome: outcomeSchema,
  overlap: overlapSchema,
  verdict: verdictSchema,
  retransmissions: count,
  lastRetransmissionAt: time.nullable(),
  refusedAt: time.nullable().describe("Time of the responder's Informational that followed"),
  notify: z
    .string()
    .nullable()
    .optional()
    .describe("Error notify of the responder that could be read (RFC 2408 3.14.1); absent: none"),
  firstId: z.boolean().describe("The first quick mode that the contender started on its IKE SA"),
  holderSa: cookiePair.nullable(),
  contenderSa: cookiePair.describe("All zeros where only a log tells of it"),
  claim: claim.nullable(),
  events: z.array(event).describe("In order of time"),
});

const evidence = z
  .object({
    witness: z.enum(["asa-syslog", "ike-payload", "windows-event"]),
    source: sourceName,
    line: z.int().positive().nullable().describe("Line of a log, event of a file, or packet of a capture"),
    at: time.nullable().describe("On the capture's clock where it was joined, else on its own"),
    id: z.string().describe("Number of the message or event, or name of the payload"),
    text: z.string().describe("The line itself"),
    shows: z.string(),
    joined: z.boolean().describe("False: its clock could not be compared with the capture's"),
  })
  .describe("What others than packet headers say of it");

export const findingSchema = z.object({
  fingerprint,
  verdict: verdictSchema.describe("That of the worst attempt"),
  severity: severitySchema,
  cause: causeSchema,
  caveats: z.array(caveatSchema).describe("What else could explain it, or weakens it"),
  notes: z.array(z.string()).describe("What supports it: a code that `explain` knows, or a sentence"),
  responder: address,
  messageIds: z.array(messageId),
  messageIdsDecimal: z.array(messageIdDecimal),
  holder: z.object({
    address: address.nullable(),
    port,
    platform,
    pattern: patternKindSchema.nullable(),
    candidates: z
      .array(z.object({ address, port }))
      .optional()
      .describe("Peers that may be the holder, when none is visible"),
    candidatesOmitted: count.optional().describe("Further ones that are not listed"),
  }),
  contender: z.object({ address, port, platform, pattern: patternKindSchema }),
  attempts: z.array(attempt),
  evidence: z.array(evidence).optional().describe("In order of time; where keys, logs or events were given"),
  displayFilter: z
    .string()
    .describe("For Wireshark and tshark: the quick modes on these IDs at the responder"),
  summary: z.string().describe("The finding in one sentence"),
});

const responder = z.object({
  address,
  aliases: z.array(address).describe("Further addresses of the same gateway, as declared"),
  vendor: platform,
  software: z.string().optional().describe("Version that the gateway's log states"),
  clients: count,
  sequentialClients: count,
  peakConcurrentSequential: count.describe("The most sequential clients that were connected at once"),
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
