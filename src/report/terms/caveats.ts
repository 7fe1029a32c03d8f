/** What weakens a finding (caveats) and what supports it (notes). */

import type { Term } from "./term.ts";

export const CAVEAT_TERMS: readonly Term[] = [
  {
    kind: "caveat",
    name: "same-nat",
    brief: "both clients share one address; a transport-mode clash behind one NAT looks alike",
    text: "Both clients come from one address, so they sit behind the same NAT. Two L2TP clients behind one NAT can also fail because their transport-mode selectors are the same at the responder. The capture cannot tell the two causes apart.",
  },
  {
    kind: "caveat",
    name: "holder-silent",
    brief: "no sign of the holder after the attempt: it may be the same host that moved",
    text: "Nothing of the holder was seen after the attempt began. It may be the same host that came back with another address, or one that vanished without a farewell. The responder may still hold its old IKE SA, and then refuses all the same.",
  },
  {
    kind: "caveat",
    name: "responder-not-asa",
    brief: "the responder's vendor IDs name another make than Cisco",
    text: "The vendor IDs of the responder name another make than Cisco, and of most of them it is known from their sources that they keep message IDs apart by IKE SA. Only of the ASA is it known that it refuses an ID because another client uses it, so look for another cause first.",
  },
  {
    kind: "caveat",
    name: "responder-unknown",
    brief: "phase 1 was seen whole, and nothing in it names a make",
    text: "The responder sent no vendor ID that names a make; an ASA as a rule does, while newer strongSwan and libreswan send none. Whether it is an ASA cannot be seen, so the severity is one step lower.",
  },
  {
    kind: "caveat",
    name: "other-cause",
    brief: "something in the captures speaks for another cause",
    text: "These captures hold counter-evidence: the responder accepted some client on an ID that another had in use, or two other clients have the ID in use at once; or it refused this client on an ID that nobody held, or refused a client that draws its IDs in the same minutes; or a notify that can be read names another cause. The missing answer may have another reason.",
  },
  {
    kind: "caveat",
    name: "no-control",
    brief: "the contender was never seen accepted here; a proposal mismatch looks the same",
    text: "The responder is never seen accepting a quick mode of this contender. A wrong proposal or policy would leave the same trace. Seen accepted once the ID is free, the finding would be firm; so its severity is one step lower.",
  },
  {
    kind: "caveat",
    name: "roles-inferred",
    brief: "phase 1 was not seen: who is client and who responder was deduced",
    text: "The capture does not show the beginning of phase 1, so the roles were deduced from ports, from other conversations or from who began the first quick mode. --responder states them.",
  },
  {
    kind: "caveat",
    name: "one-sided",
    brief: "the responder's side is not in the capture",
    text: "The responder is never seen sending, so whether it answered cannot be known. Capture both directions, at the responder if possible.",
  },
  {
    kind: "caveat",
    name: "one-way",
    brief: "no finished two-way phase 1 seen of one of the clients: spoofed packets could fake it",
    text: "For the holder or the contender the capture does not show a phase 1 that both sides finished, or not at the address that is named. Whoever can send packets with a false sender address could have faked that client. Without this caveat both clients are proven by traffic in both directions; a verdict of rejected needs that of the contender.",
  },
  {
    kind: "caveat",
    name: "snaplen",
    brief: "packets were cut when captured; vendor IDs and repetitions are less sure",
    text: "The packets were captured with a short snap length. The message IDs are readable, but vendor IDs, lifetimes and the comparison of repeated messages rest on what is left.",
  },
  {
    kind: "caveat",
    name: "later-id",
    brief: "not the contender's first message ID; KB 942429 speaks of the first only",
    text: "The attempt is not the first quick mode of the contender's IKE SA, a rekey for example. KB 942429 speaks of the first message ID only. Whether the responder treats later ones alike is not known.",
  },
  {
    kind: "caveat",
    name: "ike-only",
    brief: "ESP is not in the capture, so that a client is still connected is hard to see",
    text: "The capture holds IKE but not the ESP of this responder, so a connected client looks silent. The overlap rests on IKE messages, keepalives and the lifetime of phase 1. Capture UDP 4500 and protocol 50 as well to make it firm.",
  },
  {
    kind: "caveat",
    name: "implied-claim",
    brief: "the holder's use of the ID was not seen, but follows from its later ID",
    text: "The holder counts its message IDs and was first seen with a later one, so it used the smaller ones on that IKE SA before; or its quick mode or the answer to it was lost, and the ESP that followed shows that it was accepted. That is a conclusion, not an observation.",
  },
  {
    kind: "caveat",
    name: "holder-unseen",
    brief: "no holder is visible, only peers that may hold the ID",
    text: "The contender was refused on a message ID that no visible client holds. Other peers of this responder were connected before the capture began; each may be the holder. Capture at the responder from before the first connection to see who it is.",
  },
  {
    kind: "caveat",
    name: "clock-step",
    brief: "the clock of the capture was stepped; times before and after cannot be compared",
    text: "The times of a source go back by more than a second. What lies before and after that step cannot be put in order, so an overlap across it is unknown.",
  },
  {
    kind: "note",
    name: "accepted-when-free",
    brief: "refused while the ID was held, accepted once it was free",
    text: "The same contender was refused while the other client held the message ID and accepted once it was free. A proposal mismatch or a blocked port would not change with that. It is the strongest support that a capture can give.",
  },
  {
    kind: "note",
    name: "accepted-in-use",
    brief: "this responder accepted a message ID that was in use",
    text: "The responder still sent on the IPsec SA of that ID, or it was that of the holder's latest quick mode with no Informational between: it was in use when the responder accepted it again. It speaks against the behaviour described in KB 942429 at this responder.",
  },
  {
    kind: "note",
    name: "in-by-another-id",
    brief: "refused on one ID, the contender got in on another of the same dial",
    text: "Behind a NAT Windows starts two quick modes at once. The contender was refused on one message ID and accepted on another of the same IKE SA, so it works all the same; the severity is one step lower.",
  },
  {
    kind: "note",
    name: "holder-dropped",
    brief: "the responder accepted the contender and let the holder go at once",
    text: "Within 10 seconds after it accepted the contender the responder deleted the holder's session or sent it nothing more. The two clients throw each other out, which gateways other than the ASA are known for; it is not what KB 942429 describes.",
  },
  {
    kind: "note",
    name: "invalid-message-id",
    brief: "the responder said INVALID-MESSAGE-ID, where it could be read",
    text: "An Informational of the responder could be read and names the message ID as invalid (RFC 2408 3.14.1, type 9), which is what this fault would say. Nothing vouches for a notify in the clear, so it lifts no verdict.",
  },
];
