/** How an attempt is judged: verdict, outcome, overlap, pattern, cause, severity. */

import type { Term } from "./term.ts";

export const JUDGEMENT_TERMS: readonly Term[] = [
  {
    kind: "verdict",
    name: "rejected",
    brief: "refused or left unanswered while another client held the message ID",
    text: "A client started a quick mode with a message ID that another client held at the same responder, and the responder refused it or stayed silent. That the holder was still connected is certain or probable, it is settled that these are two clients, and nothing in the captures speaks against this cause. It is what an ASA with the behaviour described in KB 942429 does; which software the responder runs, no capture shows.",
  },
  {
    kind: "verdict",
    name: "predicted",
    brief: "the ID was held, and the answer is not in the capture",
    text: "A client started a quick mode with a message ID that another client held, certainly or probably, at the same responder. The capture does not show the answer: it ends too early, or the responder's side was not captured. An ASA with the behaviour described in KB 942429 refuses this.",
  },
  {
    kind: "verdict",
    name: "possible",
    brief: "it may have been a collision; the capture does not settle it",
    text: "Two clients used one message ID at one responder and the second got no answer, but something that a firm verdict needs is missing. The overlap or the identity of the clients is open, the missing answer proves nothing here, no holder is visible, or something speaks for another cause. The caveats of the finding say which.",
  },
  {
    kind: "verdict",
    name: "tolerated",
    brief: "answered although the holder was certainly still connected",
    text: "The responder answered a quick mode although another client, certainly still connected, had claimed the same message ID. In this case the shared ID did no harm. The finding alone does not raise the exit status unless --fail-on tolerated is given.",
  },
  {
    kind: "outcome",
    name: "completed",
    brief: "accepted, in three messages",
    text: "Three distinct messages were seen in turn, from the client, the responder and the client again. The quick mode came about, and it claims its message ID for as long as its IKE SA lives.",
  },
  {
    kind: "outcome",
    name: "answer-unusable",
    brief: "something came back, and the client could not use it",
    text: "The responder sent a quick-mode message with this ID, and the client went on sending its first message again, or had given up before it came, and no ESP went both ways. Whatever came was of no use to the client: an ASA that sends its last packet of the holder's exchange again looks like this. It accepts nothing and claims nothing, and it does not prove a refusal either.",
  },
  {
    kind: "outcome",
    name: "answered",
    brief: "answered",
    text: "The responder answered with the same message ID, or what followed shows that it did: the client sent its next message, or ESP began between the two. The quick mode claims its message ID for as long as its IKE SA lives.",
  },
  {
    kind: "outcome",
    name: "unobserved",
    brief: "the responder's side is not in the capture",
    text: "The responder is never seen sending anything to anyone, so its answer could not have been seen either. The capture shows one side only.",
  },
  {
    kind: "outcome",
    name: "unproven",
    brief: "no answer seen, which proves nothing here",
    text: "No answer was seen, but that proves nothing. Phase 1 is not known to have finished; or the responder was not seen sending at the time, went silent to everybody, or had stopped sending to this client before; or nothing shows that the client missed an answer: it neither repeated itself nor gave up within seconds, nor did the responder delete the IKE SA. Of what is known from a Suricata or Zeek log alone nothing more can be said.",
  },
  {
    kind: "outcome",
    name: "pending",
    brief: "at the last packet an answer was not due yet",
    text: "The last packet lies within 5 seconds of the first message, so an answer may have come after it, or may still come. More of the capture would settle it.",
  },
  {
    kind: "outcome",
    name: "refused",
    brief: "no answer to it, but an Informational of the responder",
    text: "Instead of an answer the responder sent an Informational on this IKE SA after the first message and before the client gave up. As a rule it is encrypted and cannot be read; a refusal is the likely reading. Where it could be read, the notes of the finding say what it names.",
  },
  {
    kind: "outcome",
    name: "unanswered",
    brief: "the responder stayed silent",
    text: "The responder could have answered and was seen sending at the time, and the client shows that it missed the answer. Nothing came. An ASA with the behaviour described in KB 942429 would leave such a trace, and so would a proposal mismatch.",
  },
  {
    kind: "overlap",
    name: "certain",
    brief: "the holder showed life after the attempt began",
    text: "After the attempt something of the holder's IKE SA was seen: a message, ESP, a keepalive or its farewell. So the holder was connected when the contender tried.",
  },
  {
    kind: "overlap",
    name: "probable",
    brief: "the holder had shown life shortly before, or its life cannot be seen",
    text: "The last sign of the holder is at most 5 minutes before the attempt. Where its kind of life cannot be seen in the capture (see ike-only), it counts as probably connected until its phase-1 lifetime is over.",
  },
  {
    kind: "overlap",
    name: "unknown",
    brief: "the holder had been silent for long, or the responder had dropped it",
    text: "The holder's last sign lies too long before the attempt to say whether it was still connected, or the clock was stepped in between. Or the responder had stopped answering the holder, which sent on into a gateway that no longer knew it. The responder may still hold its IKE SA, or may not.",
  },
  {
    kind: "overlap",
    name: "none",
    brief: "no holder is visible",
    text: "No client that holds the message ID is in the capture. If there is one, it took the ID before the capture began or on a path that was not captured.",
  },
  {
    kind: "pattern",
    name: "sequential",
    brief: "counts its message IDs up from a small number",
    text: "The message IDs of the quick modes that this client starts count up from a small number, on every IKE SA anew. Windows does so since Vista, and where it was observed the first ID was 1. Two such clients at one responder use the same IDs sooner or later.",
  },
  {
    kind: "pattern",
    name: "random",
    brief: "draws its message IDs at random",
    text: "The message IDs are drawn at random from 32 bits, as RFC 2408 asks and most implementations do. That two such clients meet on one ID is possible and very rare.",
  },
  {
    kind: "pattern",
    name: "undetermined",
    brief: "too little seen to tell",
    text: "The message IDs seen do not decide between counting and drawing at random with a probability above 0.99. More quick modes, or the vendor IDs of phase 1, would decide it.",
  },
  {
    kind: "cause",
    name: "sequential-ids",
    brief: "both clients count their message IDs up from a small number",
    text: "Both clients count their message IDs, so they use the same ones again and again. It will recur whenever two such clients are connected to this responder at once.",
  },
  {
    kind: "cause",
    name: "chance",
    brief: "both clients draw their message IDs at random",
    text: "Both clients draw their message IDs at random and met on one by chance. That is real, but so rare that it need not be expected again.",
  },
  {
    kind: "cause",
    name: "mixed",
    brief: "the two clients do not choose their message IDs alike, or it is not known how",
    text: "One client counts its message IDs and the other does not, or the pattern of one is not determined. Whether it will recur cannot be said.",
  },
  {
    kind: "severity",
    name: "high",
    brief: "a client is kept out on its first message ID",
    text: "A rejected attempt on the first message ID of a client: it does not get in at all. A control counts as much: refused while the ID was held, accepted once it was free.",
  },
  {
    kind: "severity",
    name: "medium",
    brief: "a later ID was rejected, or a rejection is predicted",
    text: "A rejected attempt on a later message ID, a predicted one, or a rejected one on the first ID that lost a step (see no-control, responder-unknown, in-by-another-id). Or no holder is visible, and only one peer ended before the client was accepted. Somebody is or would be refused, but the case is less clear or less urgent.",
  },
  {
    kind: "severity",
    name: "low",
    brief: "possible only, or weakened by a missing control",
    text: "The verdict is possible, or a heavier one lost steps (see no-control, responder-unknown, in-by-another-id). Look at the caveats before acting on it.",
  },
  {
    kind: "severity",
    name: "info",
    brief: "for information: no harm seen",
    text: "The finding is listed for completeness: the attempt was tolerated. Nobody was kept out by it.",
  },
];
