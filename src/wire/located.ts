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
];

/**
 * Result of `locate`, refilled for every frame. Offsets are into the frame's `bytes`. Addresses and ports are
 * set for candidates, keepalives and ESP of every form; the payload for those of them that came over UDP.
 */
export class Located {
  ipVersion: 4 | 6 = 4;
  /** Offsets of the innermost IP addresses: 4 or 16 bytes each. */
  source = 0;
  destination = 0;
  /** 0 for ESP over IP, which has no ports. */
  sourcePort = 0;
  destinationPort = 0;
  /** First byte after the UDP header and, where there is one, the non-ESP marker. */
  payload = 0;
  /** Bytes captured from `payload`. */
  captured = 0;
  /** Bytes of the datagram from `payload`, by the headers: of a first fragment, what the whole datagram has. */
  length = 0;
  /** A non-ESP marker stands before `payload` (RFC 3948 2.2). */
  marker = false;
}
