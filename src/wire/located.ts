/**
 * Result of `locate`, refilled for every frame. Offsets are into the frame's `bytes`. All but `identification`,
 * `encapsulation` and `further` is set for candidates, keepalives and ESP of every form, and for nothing else.
 */
export class Located {
  ipVersion: 4 | 6 = 4;
  /** IPv4 identification of the innermost header, for candidates; 0 for IPv6. */
  identification = 0;
  /** Offsets of the innermost IP addresses: 4 or 16 bytes each. */
  source = 0;
  destination = 0;
  /** 0 for ESP over IP, which has no ports. */
  sourcePort = 0;
  destinationPort = 0;
  /** First byte after the UDP header and, where there is one, the non-ESP marker; of ESP over IP the SPI. */
  payload = 0;
  /** Bytes captured from `payload`. */
  captured = 0;
  /** Bytes of the datagram from `payload`, by the headers: of a first fragment, what the whole datagram has. */
  length = 0;
  /** A non-ESP marker stands before `payload` (RFC 3948 2.2). */
  marker = false;
  /** What was not looked into; set for `Kind.unsupportedEncapsulation` alone. See encapsulations.ts. */
  encapsulation = 0;
  /** Datagrams of IKE beside this one in the same frame, which are not read: counted by whoever reads this one. */
  further = 0;
}
