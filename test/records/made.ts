/** Lines of message records, for tests that change some of their fields. */

import type { IkeRecord, LifeRecord, MessageRecord } from "../../src/records/schema.ts";

export const AT = 1_772_438_400_000_000;

const ENDS = {
  from: "198.51.100.1",
  to: "192.0.2.1",
  keys: ["192.0.2.1", "198.51.100.1"],
  fromPort: 500,
  toPort: 501,
};
export const PLACE = { t: `${AT}789`, sensor: "tap", source: 0 };
export const IKE: IkeRecord = {
  type: "ike",
  ...PLACE,
  ...ENDS,
  initiatorCookie: "0123456789abcdef",
  responderCookie: "fedcba9876543210",
  version: 0x10,
  exchange: 32,
  flags: 1,
  messageId: "0x80000007",
  length: 172,
  digest: "0123456789abcd",
};
export const ESP: LifeRecord = {
  type: "esp-in-udp",
  ...PLACE,
  ...ENDS,
  spi: "0x8badf00d",
  sequence: 0xfffffffe,
};
export const HEADER: MessageRecord = {
  type: "header",
  schema: "ike-dupcheck/records",
  version: 1,
  ...PLACE,
  name: "a.pcap",
  timeDigits: 6,
};
