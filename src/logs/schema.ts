/** What is used of the lines of logs, and how their beginnings are told apart. */

import * as z from "zod";

/** Bytes of an ISAKMP header (RFC 2408 3.1). */
const HEADER = 28;
/** The longest ISAKMP message that fits into IPv4, UDP and the non-ESP marker. */
const MAX_LENGTH = 65_503;

const port = z.int().min(0).max(65535);
const byte = z.int().min(0).max(255);
const nibble = z.int().min(0).max(15);
const cookie = z.string().regex(/^[0-9a-fA-F]{16}$/);

/** What is used of an `ike` event: the same in the shape of 7 and 8, and in that of 9 (`"_v": 2`). */
export const ikeEvent = z.object({
  timestamp: z.string().max(40),
  event_type: z.literal("ike"),
  host: z.string().max(200).optional(),
  in_iface: z.string().max(200).optional(),
  pcap_cnt: z.number().nonnegative().optional(),
  src_ip: z.string().max(45),
  src_port: port,
  dest_ip: z.string().max(45),
  dest_port: port,
  ike: z.object({
    version_major: nibble,
    version_minor: nibble.optional(),
    init_spi: cookie,
    resp_spi: cookie,
    message_id: z.int().min(0).max(0xffffffff),
    exchange_type: byte,
    payload: z.array(z.string()).optional(),
    ikev1: z.object({ encrypted_payloads: z.boolean().optional() }).optional(),
  }),
});

const decimal = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);
const count = (max: number, min = 0) => z.union([z.int(), decimal]).pipe(z.int().min(min).max(max));
const flag = z.union([z.boolean(), z.enum(["T", "F"]).transform((letter) => letter === "T")]);
const prefixed = z.string().regex(/^(0x)?[0-9a-fA-F]{16}$/);

/** A line of ipsec.log: cells of TSV, or an object of JSON. */
export const zeekLine = z.object({
  ts: z.union([z.number(), z.string().max(40)]),
  "id.orig_h": z.string().max(45),
  "id.orig_p": count(65535),
  "id.resp_h": z.string().max(45),
  "id.resp_p": count(65535),
  is_orig: flag,
  initiator_spi: prefixed,
  responder_spi: prefixed,
  maj_ver: count(15),
  min_ver: count(15).optional(),
  exchange_type: count(255),
  flag_e: flag.optional(),
  flag_c: flag.optional(),
  flag_a: flag.optional(),
  message_id: count(0xffffffff),
  length: count(MAX_LENGTH, HEADER).optional(),
});

const eveEvent = z.object({ timestamp: z.string(), event_type: z.string() });
const ipsecObject = z.object({
  ts: z.unknown(),
  uid: z.string(),
  "id.orig_h": z.string(),
  initiator_spi: z.string(),
});

/** True for an object that an EVE log holds, whatever its type of event. */
export function isEveEvent(value: unknown): boolean {
  return eveEvent.safeParse(value).success;
}

/** True for an object that an ipsec.log in JSON holds. */
export function isIpsecObject(value: unknown): boolean {
  return ipsecObject.safeParse(value).success;
}
