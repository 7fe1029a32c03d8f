/**
 * What is true of each sample, by the rules of the report's contract and by how the sample was made; derived
 * from those, not from what the program prints.
 */

import {
  BOTH_RANDOM,
  BOTH_SEQUENTIAL,
  FIRST_CLIENT,
  ONE,
  REFUSED_ONCE,
  REFUSED_TWICE,
  SECOND_CLIENT,
  type Truth,
  UNANSWERED,
} from "./samples-expected.ts";

const COLLISIONS: Record<string, Truth> = {
  "two-windows-clients.pcap": {
    why: "The holder's ESP and farewell follow both attempts (6.6 certain); sent again and given up, while the responder talks to the holder, makes them unanswered (4); accepted after the farewell is the control (6.8).",
    finding: REFUSED_TWICE,
    patterns: BOTH_SEQUENTIAL,
    messageIds: { [FIRST_CLIENT]: [ONE], [SECOND_CLIENT]: [ONE, ONE, ONE] },
    retransmissions: 6,
  },
  "refused-by-informational.pcap": {
    why: "The responder sends an Informational on the SA 20 ms after the first message (4 refused); that the client missed its answer is shown by its farewell alone.",
    finding: { ...REFUSED_ONCE, attempts: [{ ...UNANSWERED, outcome: "refused", retransmissions: 0 }] },
    patterns: BOTH_SEQUENTIAL,
  },
  "no-control.pcap": {
    why: "The contender is never seen accepted, so a proposal mismatch would look the same (6.8): one step below high.",
    finding: { ...REFUSED_ONCE, severity: "medium", caveats: ["no-control"], acceptedWhenFree: false },
    patterns: BOTH_SEQUENTIAL,
  },
  "later-id.pcap": {
    why: "The contender's first ID was its own and accepted, which is control enough (6.8); its second, 2, is that of the holder's rekey ten seconds before: a later ID is medium (6.10), one counting and one XP-like client are mixed (6.11).",
    finding: {
      ...REFUSED_ONCE,
      severity: "medium",
      cause: "mixed",
      messageIds: ["0x00000002"],
      caveats: ["later-id"],
      acceptedWhenFree: false,
      attempts: [{ ...UNANSWERED, messageId: "0x00000002", firstId: false }],
    },
    messageIds: {
      [FIRST_CLIENT]: [ONE, "0x00000002"],
      [SECOND_CLIENT]: ["0x6b1d20f3", "0x00000002"],
    },
  },
  "verdict-predicted-one-sided.pcap": {
    why: "Nothing of the responder is there: the attempts are unobserved (4), while the holder's third message, shorter than its first, shows that it was answered; the same shows the contender's later success, so there is a control.",
    finding: {
      ...REFUSED_TWICE,
      verdict: "predicted",
      severity: "medium",
      caveats: ["one-sided", "one-way"],
      acceptedWhenFree: false,
      attempts: Array(2).fill({ ...UNANSWERED, outcome: "unobserved", verdict: "predicted" }),
    },
    warnings: ["one-sided"],
    patterns: BOTH_SEQUENTIAL,
  },
  "verdict-possible-holder-unseen.pcap": {
    why: "Of the first client there is ESP and a farewell, its quick mode lies before the capture: a counting client refused on its first ID with such a peer about is possible and names it as a candidate; the only one that ended before the contender was accepted, so medium (6.9); how the unseen one chooses its IDs is unknown, so the cause is mixed (6.11).",
    finding: {
      ...REFUSED_ONCE,
      verdict: "possible",
      severity: "medium",
      cause: "mixed",
      holder: null,
      candidates: ["198.51.100.11"],
      caveats: ["holder-unseen"],
      perhaps: ["roles-inferred"],
      acceptedWhenFree: true,
      attempts: [{ ...UNANSWERED, overlap: "none", verdict: "possible" }],
    },
  },
  "verdict-tolerated.pcap": {
    why: "Completed although the holder's ESP goes on (6.7): tolerated is info (6.10) and counts as nothing found (8).",
    finding: {
      ...REFUSED_ONCE,
      verdict: "tolerated",
      severity: "info",
      acceptedWhenFree: false,
      attempts: [{ ...UNANSWERED, outcome: "completed", verdict: "tolerated", retransmissions: 0 }],
    },
    patterns: BOTH_SEQUENTIAL,
    peak: { "192.0.2.1": 2 },
  },
  "implied-claim.pcap": {
    why: "The holder is first seen with ID 2, accepted, its phase 1 before the capture: it claims 1 from the start of the capture (6.2), and who is the client had to be deduced (3.2).",
    finding: { ...REFUSED_ONCE, caveats: ["roles-inferred", "implied-claim"] },
    patterns: BOTH_SEQUENTIAL,
    messageIds: { [FIRST_CLIENT]: ["0x00000002"], [SECOND_CLIENT]: [ONE, ONE] },
  },
  "refused-without-holder.pcap": {
    why: "Refused on ID 1 with no other peer in the capture: a warning, not a finding (6.9).",
    warnings: ["refused-without-holder"],
    patterns: { [SECOND_CLIENT]: "sequential" },
  },
  "ghost.pcap": {
    why: "The holder's last sign is half a minute before the attempt, without a farewell: probable (6.6), and silent since (6.12); the contender is never seen accepted (6.8).",
    finding: {
      ...REFUSED_ONCE,
      severity: "medium",
      caveats: ["holder-silent", "no-control"],
      acceptedWhenFree: false,
      attempts: [{ ...UNANSWERED, overlap: "probable" }],
    },
  },
  "own-session.pcap": {
    why: "Nobody else is there, and the client's own earlier SA never said farewell: a warning that says so (6.9).",
    warnings: ["refused-by-own-session"],
  },
  "just-left.pcap": {
    why: "The first said farewell two seconds before: ended (6.6), so a warning (6.9), and the gateway may have been late (6.8).",
    warnings: ["refused-without-holder"],
  },
  "same-nat.pcap": {
    why: "One address, two ports, and the older client itself sends after the newer one's first quick mode: two clients (3.3); behind one NAT there is a second cause that looks alike (6.12).",
    finding: {
      ...REFUSED_ONCE,
      caveats: ["same-nat"],
      holder: "198.51.100.50:40001",
      contender: "198.51.100.50:40002",
    },
    patterns: { "198.51.100.50:40001": "sequential", "198.51.100.50:40002": "sequential" },
  },
  "chance-collision.pcap": {
    why: "Both draw at random and meet once: chance (6.11); accepted later, so no proposal mismatch, but on another ID, so nothing shows that the first was free again (6.8).",
    finding: {
      ...REFUSED_ONCE,
      cause: "chance",
      messageIds: ["0x7a3c91e5"],
      acceptedWhenFree: false,
      attempts: [{ ...UNANSWERED, messageId: "0x7a3c91e5" }],
    },
    patterns: BOTH_RANDOM,
  },
};

const TRAPS: Record<string, Truth> = {
  "one-client-reconnects.pcap": {
    why: "Same address, same port: one client under four pairs of cookies (3.3); a new SA of it replaces the old one, farewell or not (6.6).",
    patterns: { [FIRST_CLIENT]: "sequential" },
    messageIds: { [FIRST_CLIENT]: [ONE, ONE, ONE, ONE] },
    peak: { "192.0.2.1": 1 },
  },
  "one-after-another.pcap": {
    why: "The first said farewell ten seconds before the second came (6.5, 6.6): answered, no attempt (6.7), a risk at most (6.14).",
    patterns: BOTH_SEQUENTIAL,
    peak: { "192.0.2.1": 1 },
  },
  "two-responders.pcap": {
    why: "A collision is at one responder (6); nobody is refused, so no alias is proposed either (6.9).",
    patterns: BOTH_SEQUENTIAL,
    peak: { "192.0.2.1": 1, "192.0.2.2": 1 },
  },
  "random-ids.pcap": {
    why: "No ID is used twice.",
    patterns: BOTH_RANDOM,
    peak: { "192.0.2.1": 0 },
  },
  "ikev2.pcap": {
    why: "IKEv2 counts by design: counted apart and excluded (2.3), so the capture holds no IKEv1 to judge, but it is not without ISAKMP (6.13).",
  },
  "authip.pcap": { why: "AuthIP has message ID 1 in extended mode by design and is excluded (2.3)." },
  "retransmission-and-echo.pcapng": {
    why: "Each message again after 40 microseconds at another interface is an echo (2.5); one sent again after a second, less 40 microseconds for the other interface, is a retransmission (2.6); the first client has left when the second comes.",
    patterns: BOTH_SEQUENTIAL,
    echoes: 23,
    retransmissions: 1,
  },
  "both-sides-of-nat.pcap": {
    why: "Same cookies, same payload, other addresses: echoes (2.5), which prove one client, named by the endpoint nearest the responder (3.5).",
    patterns: { "198.51.100.50:40001": "sequential" },
    echoes: 11,
    retransmissions: 0,
  },
  "responder-started-rekey.pcap": {
    why: "Quick modes that the responder starts are no client's IDs (5) and no attempts (6), though two share one ID.",
    patterns: { [FIRST_CLIENT]: "sequential", [SECOND_CLIENT]: "random" },
    messageIds: { [FIRST_CLIENT]: [ONE], [SECOND_CLIENT]: ["0x3fa2190d"] },
  },
  "xp-clients.pcap": {
    why: "Windows XP draws at random, as its vendor ID says (5.3).",
    patterns: BOTH_RANDOM,
  },
  "proposal-mismatch.pcap": {
    why: "Refused on ID 1 twice with nobody else about: not this fault as far as anyone can see (6.9).",
    warnings: ["refused-without-holder"],
    patterns: { [SECOND_CLIENT]: "sequential" },
  },
  "windows-session-nat.pcap": {
    why: "One client starts six quick modes in one SA; the single Delete after a second is no farewell, for quick modes follow (6.5).",
    patterns: { "198.51.100.50:40001": "sequential" },
    messageIds: { "198.51.100.50:40001": [1, 2, 3, 4, 5, 6].map((id) => `0x0000000${id}`) },
  },
};

const FORMS: Record<string, Truth> = {
  "fragments-windows.pcap": {
    why: "Sent whole twice, then twice in IKE fragments: reassembled, they are the same message again (2.4, 2.6).",
    finding: REFUSED_ONCE,
    patterns: BOTH_SEQUENTIAL,
    retransmissions: 3,
  },
  "fragments-strongswan.pcap": {
    why: "The fragments' own headers say main mode and ID 0; the inner header counts (2.4).",
    finding: REFUSED_ONCE,
    patterns: BOTH_SEQUENTIAL,
    retransmissions: 3,
  },
  "vlan.pcap": { why: "The main sample with a VLAN tag.", finding: REFUSED_TWICE },
  "qinq.pcap": { why: "The main sample with two VLAN tags.", finding: REFUSED_TWICE },
  "erspan.pcap": { why: "The main sample through a mirror port's ERSPAN tunnel.", finding: REFUSED_TWICE },
  "ipv6.pcap": {
    why: "The main sample over IPv6.",
    finding: { ...REFUSED_TWICE, holder: "[2001:db8:1::11]:500", contender: "[2001:db8:1::12]:500" },
    patterns: { "[2001:db8:1::11]:500": "sequential", "[2001:db8:1::12]:500": "sequential" },
  },
  "snaplen-96.pcap": {
    why: "The headers are whole in 96 bytes (2.2); vendor IDs are not, which the caveat says (6.12).",
    finding: { ...REFUSED_TWICE, caveats: ["snaplen"] },
    patterns: BOTH_SEQUENTIAL,
  },
  "truncated.pcap": {
    why: "The last record is cut: a warning, not an error (8), and the rest is judged.",
    finding: REFUSED_TWICE,
    warnings: ["truncated"],
  },
  "clock-step.pcap": {
    why: "The clock goes back an hour between the holder's last ESP and the attempt: overlap across that is unknown (6.13), so possible.",
    finding: {
      ...REFUSED_ONCE,
      verdict: "possible",
      severity: "low",
      caveats: ["clock-step"],
      perhaps: ["holder-silent"],
      acceptedWhenFree: false,
      attempts: [{ ...UNANSWERED, overlap: "unknown", verdict: "possible" }],
    },
    warnings: ["clock-step"],
  },
};

const FROM_LAB: Record<string, Truth> = {
  "lab-two-clients.pcap": {
    why: "The responder's log has it accept IDs 1 to 4 of both, a second apart, with ESP and farewells of both at the end.",
    finding: {
      ...REFUSED_ONCE,
      verdict: "tolerated",
      severity: "info",
      messageIds: [1, 2, 3, 4].map((id) => `0x0000000${id}`),
      holder: "192.0.2.11:500",
      contender: "192.0.2.12:500",
      acceptedWhenFree: false,
      attempts: [1, 2, 3, 4].map((id) => ({
        messageId: `0x0000000${id}`,
        outcome: "completed",
        overlap: "certain",
        verdict: "tolerated",
        retransmissions: 0,
        firstId: id === 1,
      })),
    },
    patterns: { "192.0.2.11:500": "sequential", "192.0.2.12:500": "sequential", "192.0.2.13:500": "random" },
    peak: { "192.0.2.1": 2 },
    counted: { packets: 117, ikev1: 69, quickMode: 36 },
  },
  "lab-asa-drops-second.pcap": {
    why: "Sent five times without an answer, then a new phase 1; the holder's ESP follows; the capture ends before the contender is accepted, and nothing in phase 1 names a make: two steps lower (6.8).",
    finding: {
      ...REFUSED_ONCE,
      severity: "low",
      caveats: ["no-control", "responder-unknown"],
      holder: "192.0.2.11:500",
      contender: "192.0.2.12:500",
      acceptedWhenFree: false,
      attempts: [{ ...UNANSWERED, retransmissions: 4 }],
    },
    patterns: { "192.0.2.11:500": "sequential", "192.0.2.12:500": "sequential" },
    counted: { packets: 43, ikev1: 22, quickMode: 8 },
  },
  "lab-one-client-reconnects.pcap": {
    why: "One client under two pairs of cookies, both with ID 1, beside one that draws at random.",
    patterns: { "192.0.2.11:500": "sequential", "192.0.2.12:500": "random" },
    messageIds: { "192.0.2.11:500": [ONE, ONE], "192.0.2.12:500": ["0x9a3582f5"] },
    counted: { packets: 44, ikev1: 29, quickMode: 9 },
  },
  "lab-nat-two-clients.pcap": {
    why: "Three clients, two of them behind one address, with three random IDs.",
    patterns: { "192.0.2.50:4500": "random", "192.0.2.50:55169": "random", "192.0.2.11:500": "random" },
    counted: { packets: 60, ikev1: 28, quickMode: 10 },
  },
};

export const TRUTH: Record<string, Truth> = { ...COLLISIONS, ...TRAPS, ...FORMS, ...FROM_LAB };
