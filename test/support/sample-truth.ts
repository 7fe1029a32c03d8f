/**
 * What is true of each sample, by the rules of the report's contract and by how the sample was made; derived
 * from those, not from what the program prints.
 */

import type { Report } from "../../src/analyze.ts";

type Finding = Report["findings"][number];

export const FIRST_CLIENT = "198.51.100.11";
export const SECOND_CLIENT = "198.51.100.12";

export interface Truth {
  why: string;
  finding?: Partial<Pick<Finding, "verdict" | "severity" | "cause" | "caveats" | "messageIds">> & {
    verdict: Finding["verdict"];
    holder?: string | null;
    contender?: string;
  };
  warnings?: Report["warnings"][number]["code"][];
  patterns?: Record<string, string>;
  messages?: Partial<Report["capture"]["messages"]>;
  /** The capture does not hold all that was played. */
  lost?: true;
}

const ONE = ["0x00000001"];

/** The second client is refused on ID 1 while the first is connected, and accepted once it has gone. */
const REJECTED: Truth["finding"] = {
  verdict: "rejected",
  severity: "high",
  cause: "sequential-ids",
  caveats: [],
  messageIds: ONE,
};

const BOTH_SEQUENTIAL = { [`${FIRST_CLIENT}:500`]: "sequential", [`${SECOND_CLIENT}:500`]: "sequential" };
const BOTH_RANDOM = { [`${FIRST_CLIENT}:500`]: "random", [`${SECOND_CLIENT}:500`]: "random" };

export const TRUTH: Record<string, Truth> = {
  "two-windows-clients.pcap": {
    why: "refused twice while the other is seen alive before and after; accepted later: the control",
    finding: REJECTED,
    patterns: BOTH_SEQUENTIAL,
  },
  "refused-by-informational.pcap": {
    why: "the responder answers by an Informational before the client gives up",
    finding: REJECTED,
  },
  "no-control.pcap": {
    why: "the second client is never seen accepted: a proposal mismatch would look the same, one step lower",
    finding: { ...REJECTED, severity: "medium", caveats: ["no-control"] },
  },
  "later-id.pcap": {
    why: "the second client's own first ID is random and accepted; its later ID 2 meets the first client's rekey",
    finding: {
      ...REJECTED,
      severity: "medium",
      cause: "mixed",
      caveats: ["later-id"],
      messageIds: ["0x00000002"],
    },
  },
  "verdict-predicted-one-sided.pcap": {
    why: "nothing of the responder is in the capture, so the outcome cannot be seen",
    finding: { ...REJECTED, verdict: "predicted", severity: "medium", caveats: ["one-sided"] },
    warnings: ["one-sided"],
    lost: true,
  },
  "verdict-possible-holder-unseen.pcap": {
    why: "the capture begins when the first client is connected: its ESP is all there is of it",
    finding: {
      verdict: "possible",
      severity: "low",
      caveats: ["holder-unseen"],
      messageIds: ONE,
      holder: null,
    },
    lost: true,
  },
  "verdict-tolerated.pcap": {
    why: "the responder accepts the second client while the first is connected on the same ID",
    finding: {
      verdict: "tolerated",
      severity: "info",
      cause: "sequential-ids",
      caveats: [],
      messageIds: ONE,
    },
  },
  "implied-claim.pcap": {
    why: "the first client is first seen with ID 2, so it has used 1 before the capture",
    finding: { ...REJECTED, caveats: ["roles-inferred", "implied-claim"] },
    lost: true,
  },
  "refused-without-holder.pcap": {
    why: "nobody else is in the capture",
    warnings: ["refused-without-holder"],
  },
  "same-nat.pcap": {
    why: "one address, two ports, and the first goes on sending after the second's quick mode: two clients",
    finding: { ...REJECTED, caveats: ["same-nat"], holder: "198.51.100.50", contender: "198.51.100.50" },
    patterns: { "198.51.100.50:40001": "sequential", "198.51.100.50:40002": "sequential" },
  },
  "chance-collision.pcap": {
    why: "both draw at random and meet once; the second is accepted on another ID later, so it is a control",
    finding: { ...REJECTED, cause: "chance", messageIds: ["0x7a3c91e5"] },
    patterns: BOTH_RANDOM,
  },
  "one-client-reconnects.pcap": {
    why: "one client under four pairs of cookies, once without a farewell",
    patterns: { [`${FIRST_CLIENT}:500`]: "sequential" },
  },
  "one-after-another.pcap": {
    why: "the first said farewell before the second came",
    patterns: BOTH_SEQUENTIAL,
  },
  "two-responders.pcap": {
    why: "the same ID at different responders is no collision",
    patterns: BOTH_SEQUENTIAL,
  },
  "random-ids.pcap": { why: "nobody uses an ID twice", patterns: BOTH_RANDOM },
  "ikev2.pcap": { why: "IKEv2 counts by design and is excluded", messages: { ikev1: 0, ikev2: 16 } },
  "authip.pcap": {
    why: "AuthIP uses message ID 1 by design and is excluded",
    messages: { ikev1: 0, authip: 10 },
  },
  "retransmission-and-echo.pcapng": {
    why: "every packet twice, 40 microseconds apart, and one quick mode sent again: no second client",
    patterns: BOTH_SEQUENTIAL,
  },
  "both-sides-of-nat.pcap": {
    why: "the same cookies inside and outside are one client, named by the endpoint nearest the responder",
    patterns: { "198.51.100.50:40001": "sequential" },
  },
  "responder-started-rekey.pcap": {
    why: "the responder's own quick modes are nobody's claim, though they share an ID",
    patterns: { [`${FIRST_CLIENT}:500`]: "sequential", [`${SECOND_CLIENT}:500`]: "random" },
  },
  "xp-clients.pcap": { why: "Windows XP draws at random", patterns: BOTH_RANDOM },
  "proposal-mismatch.pcap": {
    why: "refused on ID 1 with nobody connected: not this fault",
    warnings: ["refused-without-holder"],
  },
  "fragments-windows.pcap": {
    why: "a quick mode in IKE fragments that carry its ID outside",
    finding: REJECTED,
  },
  "fragments-strongswan.pcap": {
    why: "a quick mode in IKE fragments whose headers say main mode",
    finding: REJECTED,
    lost: true,
  },
  "windows-session-nat.pcap": {
    why: "one client starts quick modes 1 and 2 at once and four more: one client, no collision",
    patterns: { "198.51.100.50:40001": "sequential" },
  },
  "qinq.pcap": { why: "two VLAN tags", finding: REJECTED },
  "ipv6.pcap": {
    why: "over IPv6",
    finding: { ...REJECTED, holder: "2001:db8:1::11", contender: "2001:db8:1::12" },
  },
  "snaplen-96.pcap": {
    why: "96 bytes of each packet hold the header",
    finding: { ...REJECTED, caveats: ["snaplen"] },
  },
  "erspan.pcap": { why: "a mirror port's ERSPAN", finding: REJECTED },
  "truncated.pcap": {
    why: "the last record is cut off",
    finding: REJECTED,
    warnings: ["truncated"],
    lost: true,
  },
  "clock-step.pcap": {
    why: "the clock went back an hour between holder and contender: overlap across that is unknown",
    finding: {
      verdict: "possible",
      severity: "low",
      caveats: ["holder-silent", "clock-step"],
      messageIds: ONE,
    },
    warnings: ["clock-step"],
    lost: true,
  },
  "lab-two-clients.pcap": {
    why: "strongSwan accepted both (its log)",
    finding: {
      verdict: "tolerated",
      severity: "info",
      cause: "sequential-ids",
      messageIds: ["0x00000001", "0x00000002", "0x00000003", "0x00000004"],
      holder: "192.0.2.11",
      contender: "192.0.2.12",
    },
    messages: { ikev1: 69 },
  },
  "lab-asa-drops-second.pcap": {
    why: "ID 1 of the second client was dropped while the first held it; the capture ends before it is accepted",
    finding: {
      ...REJECTED,
      severity: "medium",
      caveats: ["no-control"],
      holder: "192.0.2.11",
      contender: "192.0.2.12",
    },
    messages: { ikev1: 22 },
  },
  "lab-one-client-reconnects.pcap": { why: "one client twice", messages: { ikev1: 29 } },
  "lab-nat-two-clients.pcap": { why: "random IDs behind a NAT", messages: { ikev1: 28 } },
};
