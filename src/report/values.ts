/** Values that stand in many places of a report: times, addresses, IDs and counts. Loaded with model.ts alone. */

import * as z from "zod";

export const count = z.int().nonnegative();
export const counts = z.record(z.string(), count);

export const time = z
  .string()
  .regex(/^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d{6}|\d{9})Z$/)
  .describe("ISO 8601, UTC, with the precision of the capture: microseconds or nanoseconds");
export const messageId = z
  .string()
  .regex(/^0x[0-9a-f]{8}$/)
  .describe("Message ID of a quick mode, the four bytes read big-endian");
export const messageIdDecimal = z
  .int()
  .min(1)
  .max(0xffffffff)
  .describe("The same as a number, as logs print it");
export const communityIds = z
  .array(z.string().regex(/^1:[A-Za-z0-9+/]{27}=$/))
  .describe("Community ID (version 1, seed 0) of each UDP flow of the client with the responder");
export const fingerprint = z
  .string()
  .min(1)
  .describe("Stable name: the same fault gives the same one in another capture and in any order of files");
export const address = z.string().min(1).describe("IPv4 or IPv6 address as text (RFC 5952)");
export const port = z.int().min(0).max(65535).nullable();
export const platform = z
  .string()
  .nullable()
  .describe("What the vendor IDs of phase 1 name; null when unknown");
export const frame = z.int().positive().describe("Number of the packet in its source, counted from 1");
export const sourceName = z.string().describe("The source as the user named it; - is standard input");
