/** Why a packet is not a message: skipped by reason, and malformed by reason. Names as in src/wire. */

import type { Term } from "./term.ts";

export const PACKET_TERMS: readonly Term[] = [
  {
    kind: "packets skipped",
    name: "nat-keepalive",
    brief: "NAT keepalives",
    text: "A single byte 0xFF that keeps a NAT mapping open (RFC 3948 2.3). It carries no message, but counts as a sign of life of its client.",
  },
  {
    kind: "packets skipped",
    name: "esp-in-udp",
    brief: "ESP in UDP: encrypted traffic behind a NAT",
    text: "On port 4500, whatever does not begin with the four zero bytes of the non-ESP marker is ESP (RFC 3948). It counts as a sign of life of its client.",
  },
  {
    kind: "packets skipped",
    name: "esp",
    brief: "ESP: encrypted traffic",
    text: "IP protocol 50. It counts as a sign of life of its client.",
  },
  {
    kind: "packets skipped",
    name: "old-draft-esp",
    brief: "ESP on port 500 as early drafts had it",
    text: "On port 500, eight zero bytes where the initiator cookie would be mark ESP in the form of the early NAT traversal drafts. They carry no message.",
  },
  {
    kind: "packets skipped",
    name: "other-port",
    brief: "UDP on other ports",
    text: "UDP where neither port is 500 or 4500. If IKE runs on another port here, --port adds it.",
  },
  {
    kind: "packets skipped",
    name: "not-udp",
    brief: "IP, but not UDP",
    text: "TCP and everything else that IP carries. IKEv1 of L2TP clients runs on UDP only.",
  },
  {
    kind: "packets skipped",
    name: "icmp",
    brief: "ICMP, quoted datagrams included",
    text: "ICMP errors quote the datagram that they complain about. A quoted datagram was not sent again, so it is not counted.",
  },
  {
    kind: "packets skipped",
    name: "later-fragment",
    brief: "later IP fragments",
    text: "Of a datagram in fragments only the first one carries the headers. That is enough for the message ID, so the others are skipped.",
  },
  {
    kind: "packets skipped",
    name: "not-ip",
    brief: "not IP",
    text: "ARP, spanning tree and the like. They hold no IKE.",
  },
  {
    kind: "packets skipped",
    name: "unsupported-link-type",
    brief: "link type that is not supported",
    text: "The link layer of these packets is not known, so the IP header was not looked for. Convert the capture, or capture on another interface.",
  },
  {
    kind: "packets skipped",
    name: "unsupported-encapsulation",
    brief: "recognised, not looked into",
    text: "What these packets carry cannot be read: it is encrypted or compressed, or an encapsulation that is known by name alone. IKE may be among them. Decrypt the capture (Wi-Fi with its key, MACsec at the switch), or capture where the packets are plain.",
  },
  {
    kind: "packets skipped",
    name: "truncated-frame",
    brief: "cut off before the headers end",
    text: "The snap length or a cut ended the packet inside a header that is needed. Whether it was IKE cannot be told. Capture whole packets.",
  },
  {
    kind: "packets skipped",
    name: "bad-header",
    brief: "IP or UDP header that contradicts itself",
    text: "A length or version in the headers cannot be right. The packet was skipped.",
  },
  {
    kind: "packets skipped",
    name: "too-deep",
    brief: "too many layers of encapsulation",
    text: "More headers and tunnels inside each other than are followed. The packet was skipped.",
  },
  {
    kind: "malformed messages",
    name: "header-cut",
    brief: "fewer than 24 bytes were captured",
    text: "The snap length cut the message inside the ISAKMP header, so its message ID is not known. Capture whole packets.",
  },
  {
    kind: "malformed messages",
    name: "too-short",
    brief: "shorter than an ISAKMP header",
    text: "The datagram holds fewer than the 28 bytes of an ISAKMP header (RFC 2408 3.1). It is something else on the same port, or broken.",
  },
  {
    kind: "malformed messages",
    name: "zero-initiator-cookie",
    brief: "the initiator cookie is zero",
    text: "The initiator cookie of an ISAKMP message is never zero. It is something else on the same port.",
  },
  {
    kind: "malformed messages",
    name: "bad-version",
    brief: "neither IKEv1 nor IKEv2",
    text: "The version field names neither version 1 nor 2. It is something else on the same port.",
  },
  {
    kind: "malformed messages",
    name: "bad-exchange",
    brief: "an exchange type that its version does not define",
    text: "The exchange type is none that the version of the message defines. It is something else on the same port, or an extension that is not known here.",
  },
  {
    kind: "malformed messages",
    name: "bad-length",
    brief: "the length field cannot be right",
    text: "The length field is below 28 or above what the datagram holds. The message was counted and not used.",
  },
];
