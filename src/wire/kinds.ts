/** What a frame turned out to be: the result of locate.ts, and the names under which frames are counted. */

export const Kind = {
  candidate: 0,
  natKeepalive: 1,
  espInUdp: 2,
  esp: 3,
  oldDraftEsp: 4,
  otherPort: 5,
  notUdp: 6,
  icmp: 7,
  laterFragment: 8,
  notIp: 9,
  unsupportedLinkType: 10,
  /** A short snaplen or a cut ended the frame inside a header that is needed. */
  truncatedFrame: 11,
  /** An IP or UDP header contradicts itself. */
  badHeader: 12,
  tooDeep: 13,
  /** Recognised, and not looked into: `Located.encapsulation` says what. */
  unsupportedEncapsulation: 14,
} as const;

/** Name of each kind, as the report counts it. */
export const kindNames: readonly string[] = [
  "candidate",
  "nat-keepalive",
  "esp-in-udp",
  "esp",
  "old-draft-esp",
  "other-port",
  "not-udp",
  "icmp",
  "later-fragment",
  "not-ip",
  "unsupported-link-type",
  "truncated-frame",
  "bad-header",
  "too-deep",
  "unsupported-encapsulation",
];
