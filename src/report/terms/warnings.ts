/** Warnings: what keeps "nothing found" from meaning "clean", and how a source can end. */

import type { Term } from "./term.ts";

export const WARNING_TERMS: readonly Term[] = [
  {
    kind: "warning",
    name: "no-ike",
    brief: "the captures hold no ISAKMP message at all",
    text: "No ISAKMP message was found, so nothing can be said about collisions. The capture was made at another place or with a filter that drops UDP 500 and 4500, or IKE runs on another port (--port).",
  },
  {
    kind: "warning",
    name: "one-sided",
    brief: "only one direction was captured",
    text: "The responder is never seen sending. Collisions can be predicted, but not seen. Capture both directions.",
  },
  {
    kind: "warning",
    name: "clock-step",
    brief: "the times of a source go back by more than a second",
    text: "The clock was set while the capture ran, or captures were joined out of order. Overlaps across the step are unknown.",
  },
  {
    kind: "warning",
    name: "truncated",
    brief: "a source ends inside its last record",
    text: "The capture was cut off while its last packet was being written, which is usual when a capture is copied while it runs or is stopped hard. Everything before was read. With --strict the exit status is 2.",
  },
  {
    kind: "warning",
    name: "corrupt",
    brief: "a source holds bytes that make no sense as a record",
    text: "Reading stopped at a record that cannot be right. What came before was used, the rest was not. The exit status is 2.",
  },
  {
    kind: "warning",
    name: "refused-without-holder",
    brief: "a client was refused, and no client in the capture holds the ID",
    text: "A client was refused, and no client in the capture holds its message ID; there is one warning for each client, with how often, when and how. Where another client had the ID until less than a minute before, or in an earlier session that never said goodbye, the ASA may not have freed it. Otherwise, either peers outside the capture may hold the ID: capture at the ASA, from before the first client connects. Or every peer's phase 1 is in the capture and none holds it, or the client draws its IDs: then another cause is likely, so compare proposals and policy.",
  },
  {
    kind: "warning",
    name: "refused-by-own-session",
    brief: "a client was refused while its own earlier session never said goodbye",
    text: "A client came back and was refused, no other client holds its message ID, and its own earlier session never said goodbye. The responder may still hold that session, and with it the ID, until it times out. Disconnecting it on the responder lets the client in.",
  },
  {
    kind: "warning",
    name: "alias-candidate",
    brief: "a second address may belong to the same gateway",
    text: "A client was refused on an ID that another client holds at a responder that its vendor IDs show to be alike. If both addresses belong to one gateway, --alias ADDR=ADDR says so and the collision is judged.",
  },
  {
    kind: "warning",
    name: "pattern-contradicts-vendor",
    brief: "a client's IDs are not what its vendor ID lets one expect",
    text: "The Microsoft vendor ID names a version that is known to count, or to draw at random, and the message IDs seen do the opposite. The IDs were believed. A forged vendor ID or a mixture of two hosts would explain it.",
  },
  {
    kind: "warning",
    name: "evicted",
    brief: "a table was full and old entries were dropped",
    text: "Memory is bounded, and the captures held more clients, IKE SAs or flows at once than fit. The oldest entries were dropped, so collisions with them may be missing. The tables: ikeSas; exchanges (quick modes of one IKE SA); fragments; flows (ESP and keepalives); echoes (copies that could not be told from messages); vendorIds; candidates (attempts that name only some of the peers that may hold the ID); impliedClaims (IDs used before the capture). A flood of forged packets looks like this. Give more room to IKE SAs (--max-sas), analyse a shorter span, or a capture of one gateway alone.",
  },
  {
    kind: "warning",
    name: "untimed",
    brief: "packets without a time of their own",
    text: "Simple packet blocks of a pcapng file carry no time; each was given the time of the packet before it. Overlaps that rest on them are less sure.",
  },
  {
    kind: "warning",
    name: "snaplen",
    brief: "packets were cut short when captured",
    text: "The capture was made with a short snap length. Messages whose header was cut off are not counted, and vendor IDs may be missing. Capture whole packets (tcpdump -s 0).",
  },
  {
    kind: "warning",
    name: "packets-dropped",
    brief: "packets were lost while capturing",
    text: "The kernel, or the queue between the capturing and the analysing process, was full. What was lost is missing from the findings: an answer among it makes a refusal of a quick mode that was accepted. Narrow the filter (-f), or capture on a faster machine.",
  },
  {
    kind: "warning",
    name: "capture-interrupted",
    brief: "the capture of an interface broke off and was begun again",
    text: "The interface went down or away, or the capturing process ended. What passed until the capture went on is missing. With --once the capture ends there instead.",
  },
  {
    kind: "warning",
    name: "findings-closed",
    brief: "findings whose IKE SAs ended long ago are no longer listed",
    text: "A live capture lets go of a finding when all its IKE SAs have ended, after it was reported as it happened. The count says how many; --format ndjson keeps them all.",
  },
  {
    kind: "warning",
    name: "lines-dropped",
    brief: "nobody took the lines of ndjson, so some were dropped",
    text: "The reader of --format ndjson had stopped reading, and only so much is kept for it. The report at the end is complete.",
  },
  {
    kind: "warning",
    name: "malformed-line",
    brief: "lines of a source are not message records, or not events of the log that it is",
    text: "A line did not fit the schema of message records, or of the events of a Suricata or Zeek log, or was cut off; or an event of a Windows client is too long, has no number or is cut off; or a line of a gateway's log can be read in two ways, as a name in it was chosen. They are counted and skipped; the rest was used.",
  },
  {
    kind: "warning",
    name: "sensor-clock",
    brief: "lines of a sensor came later than the reorder window allows",
    text: "Message records are put in order within a window (--reorder). A sensor whose clock is off by more, or whose lines were delayed, is named: overlaps that rest on it are less sure.",
  },
  {
    kind: "warning",
    name: "eve-blind",
    brief: "a Suricata log shows no IKE on UDP 4500, and no proof of a refusal",
    text: "Suricata parses IKE on UDP 500 only, so clients behind a NAT, which move to UDP 4500, are missing. Its events hold neither lengths nor content: a repeated message cannot be told from the next one, nor a refusal be proven. Collisions are therefore never rejected here, at worst predicted. With --strict the exit status is 2.",
  },
  {
    kind: "warning",
    name: "zeek-blind",
    brief: "a Zeek ipsec.log may lack whole connections, and proves no refusal",
    text: "Zeek attaches its IPsec analyzer to a connection by a signature, which quick modes and most encrypted messages do not fit. Connections on UDP 4500, and those that began before Zeek did, are missing unless the ports were registered (samples/zeek). Its lines hold no content, so no refusal is proven from them. With --strict the exit status is 2.",
  },
  {
    kind: "end of a source",
    name: "clean",
    brief: "the source ends between two records",
    text: "The capture was read to its end, and nothing is missing there. That says nothing about packets that were dropped while capturing.",
  },
  {
    kind: "end of a source",
    name: "truncated",
    brief: "the source ends inside its last record",
    text: "The last packet is incomplete and was left out. It is a warning, and an error only with --strict.",
  },
  {
    kind: "end of a source",
    name: "corrupt",
    brief: "the source was read up to bytes that make no sense",
    text: "Reading stopped at the offset that the problem names. The report covers what came before. The exit status is 2.",
  },
  {
    kind: "end of a source",
    name: "interrupted",
    brief: "the reading was ended before the source",
    text: "A signal, or -c, ended the reading. The number of packets and the last time of the source are those that were read. What came after them is not in the report.",
  },
];
