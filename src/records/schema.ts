/**
 * Message records: what `extract` writes and the main job takes in place of a capture, one JSON object a line.
 *
 * A stream is a header for each source, lines of messages and of signs of life, and a trailer for each source
 * that was read to its end. Lines of several streams may be joined.
 */

import * as z from "zod";
import { RECORDS_SCHEMA, RECORDS_VERSION } from "./version.ts";

/** No ISAKMP message is longer: what UDP over IPv4 can carry. */
const MAX_LENGTH = 65_507;

const time = z
  .string()
  .regex(/^\d{1,19}$/)
  .describe("Nanoseconds since the epoch, as text: a JSON number does not hold them all");
const port = z.int().min(0).max(65535);
const cookie = z.string().regex(/^[0-9a-f]{16}$/);
const byte = z.int().min(0).max(255);

/** Where and when every line belongs. */
const place = {
  t: time,
  order: z
    .number()
    .nonnegative()
    .optional()
    .describe("Where the line stands in its sensor's order, microseconds; absent where `t` says it"),
  segment: z
    .int()
    .positive()
    .optional()
    .describe("How often the sensor's clock stepped back before; absent: 0"),
  sensor: z.string().min(1).max(200),
  seq: z
    .int()
    .nonnegative()
    .optional()
    .describe(
      "Number of the line in the stream that carries it, added on the way: greater than that of the line before, or the line was delivered again and is skipped",
    ),
  source: z.int().nonnegative().describe("Which of the sensor's sources"),
  interface: z.int().min(0).max(65535).optional().describe("Interface of the source; absent: 0"),
};

const ends = {
  from: z.string().min(2).max(45).describe("Sender: IPv4 or IPv6 address (RFC 5952)"),
  to: z.string().min(2).max(45),
  keys: z
    .array(z.string())
    .min(1)
    .max(2)
    .describe("Addresses of the responder; both ends, where it is not known which one that is"),
};

const header = z
  .object({
    type: z.literal("header"),
    schema: z.literal(RECORDS_SCHEMA),
    version: z.literal(RECORDS_VERSION),
    ...place,
    name: z.string().describe("The source as it was named"),
    timeDigits: z.union([z.literal(6), z.literal(9)]).describe("Digits after the second that its clock has"),
  })
  .describe("Begins a source; `t` is the time of its first packet");

const trailer = z
  .object({
    type: z.literal("trailer"),
    ...place,
    packets: z.int().nonnegative(),
    end: z.enum(["clean", "truncated", "corrupt", "interrupted"]),
  })
  .describe("Ends a source; `t` is the time of its last packet");

const ike = z
  .object({
    type: z.literal("ike"),
    ...place,
    ...ends,
    fromPort: port,
    toPort: port,
    identification: z
      .int()
      .min(1)
      .max(65535)
      .optional()
      .describe("IPv4 identification (RFC 6864), by which copies are known; absent: 0, or IPv6"),
    natTraversal: z.literal(true).optional().describe("Behind the non-ESP marker (RFC 3948 2.2)"),
    initiatorCookie: cookie,
    responderCookie: cookie,
    version: byte.describe("0x10 is IKEv1 (16), 0x20 is IKEv2 (32)"),
    exchange: byte,
    flags: byte,
    messageId: z.string().regex(/^0x[0-9a-f]{8}$/),
    length: z.int().min(28).max(MAX_LENGTH).describe("Length field of the ISAKMP header, bytes"),
    captured: z
      .int()
      .min(24)
      .max(MAX_LENGTH)
      .optional()
      .describe("Bytes captured, where fewer than `length`"),
    digest: z
      .string()
      .regex(/^[0-9a-f]{14}(-[0-9a-f]{14})?$/)
      .describe("Of the first 44 bytes captured and, where there are more, of all of them"),
    vendorIds: z
      .array(z.string().regex(/^([0-9a-f]{2}){0,64}$/))
      .max(32)
      .optional(),
    lifeSeconds: z.int().positive().optional().describe("Smallest life duration of the proposal, seconds"),
    natDiscovery: z.literal(true).optional().describe("NAT-D payloads are in it (RFC 3947 3.2)"),
    natHashes: z
      .array(z.string().regex(/^[0-9a-f]{16}$/))
      .max(5)
      .optional()
      .describe("The first 8 bytes of each NAT-D hash, in order"),
    hash: z
      .int()
      .min(0)
      .max(65535)
      .optional()
      .describe("Hash algorithm of the first transform (RFC 2409 App. A)"),
    notifies: z
      .array(z.int().min(0).max(65535))
      .max(4)
      .optional()
      .describe("Types of notify payloads in the clear (RFC 2408 3.14)"),
    fragment: z
      .string()
      .regex(/^([0-9a-f]{2}){36,65507}$/)
      .optional()
      .describe("All captured bytes of an IKE fragment, to be put together"),
  })
  .describe("One ISAKMP message");

const life = z
  .object({
    type: z.enum(["esp", "esp-in-udp", "old-draft-esp", "keepalive"]),
    ...place,
    ...ends,
    fromPort: port.describe("0 for ESP over IP, which has no ports"),
    toPort: port,
    spi: z
      .string()
      .regex(/^0x[0-9a-f]{8}$/)
      .optional()
      .describe("Of ESP (RFC 4303 2.1); absent where it was not captured"),
    sequence: z.int().min(0).max(0xffffffff).optional().describe("Of ESP (RFC 4303 2.2)"),
  })
  .describe(
    "ESP or a NAT keepalive: of each kind and direction the first and the last of 10 s, and the first after an ISAKMP message of its endpoints",
  );

export const recordSchema = z.discriminatedUnion("type", [header, trailer, ike, life]);

export type MessageRecord = z.infer<typeof recordSchema>;
export type IkeRecord = z.infer<typeof ike>;
export type LifeRecord = z.infer<typeof life>;
