/** A finding as the report has it, with its attempts and what others say of them. Loaded with model.ts alone. */

import * as z from "zod";
import {
  causeSchema,
  caveatSchema,
  outcomeSchema,
  overlapSchema,
  patternKindSchema,
  severitySchema,
  verdictSchema,
} from "./codes.ts";
import {
  address,
  count,
  fingerprint,
  frame,
  messageId,
  messageIdDecimal,
  platform,
  port,
  sourceName,
  time,
} from "./values.ts";

const cookiePair = z
  .object({
    initiatorCookie: z.string().regex(/^[0-9a-f]{16}$/),
    responderCookie: z.string().regex(/^[0-9a-f]{16}$/),
  })
  .describe("The cookies that name an IKE SA (RFC 2408 2.4)");

export const claim = z
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

export const event = z
  .object({
    at: time,
    frame,
    source: sourceName,
    sender: z.enum(["contender", "responder"]),
    what: z.enum(["first-message", "last-retransmission", "informational"]),
  })
  .describe("A packet of the attempt, to be looked up in the capture");

export const attempt = z.object({
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

export const evidence = z
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
      .describe(
        "Peers that may be the holder, when none is visible or it is only concluded that it used the ID",
      ),
    candidatesOmitted: count
      .optional()
      .describe("Further ones that are not listed; more than 1,024 in all are not looked for"),
  }),
  contender: z.object({ address, port, platform, pattern: patternKindSchema }),
  attempts: z.array(attempt),
  evidence: z.array(evidence).optional().describe("In order of time; where keys, logs or events were given"),
  displayFilter: z
    .string()
    .describe("For Wireshark and tshark: the quick modes on these IDs at the responder"),
  summary: z.string().describe("The finding in one sentence"),
});
