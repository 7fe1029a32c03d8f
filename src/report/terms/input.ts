/** Warnings about what the input could not show: each is a gap of the coverage as well. */

import type { Term } from "./term.ts";

export const INPUT_TERMS: readonly Term[] = [
  {
    kind: "warning",
    name: "interrupted",
    brief: "the reading was ended before the input ended",
    text: "A signal, or -c, stopped the reading. The report covers what was read of each source by then, and says nothing about the rest. A signal that ends the reading of files makes the exit status 2.",
  },
  {
    kind: "warning",
    name: "unreadable",
    brief: "an input, or a capture in a directory, could not be read",
    text: "A file could not be opened, or it is in a form that is not read here. The report covers the other inputs. For a file named on the command line the exit status is 2, for one found in a directory with --strict.",
  },
  {
    kind: "warning",
    name: "unsupported-link-type",
    brief: "packets of a link type that is not read",
    text: "Packets were captured on a kind of link that this program cannot look into. They are counted, and IKE among them is missing from the findings. Convert the capture, or capture on another interface.",
  },
  {
    kind: "warning",
    name: "unsupported-encapsulation",
    brief: "packets in a tunnel or behind a tag that is not read",
    text: "The IP packet of a client lies inside a header that this program cannot look behind. Such packets are counted, and IKE among them is missing from the findings. Capture where the traffic is not wrapped, or have the wrapping removed.",
  },
  {
    kind: "warning",
    name: "responder-not-seen",
    brief: "an address given by --responder or --alias is in no packet",
    text: "The address may be mistyped, or the capture was made where its traffic does not pass. Nothing is reported about it, and that does not mean all is well. The responders that are in the capture are listed.",
  },
  {
    kind: "warning",
    name: "natt-not-captured",
    brief: "clients went on to UDP 4500, which was not captured",
    text: "Behind a NAT, IKE moves from UDP 500 to UDP 4500 in the middle of phase 1 (RFC 3947). Clients did so here, and the capture has UDP 500 alone, so all their quick modes are missing. Capture both ports: ike-dupcheck --print-bpf prints a filter.",
  },
  {
    kind: "warning",
    name: "capture-loss",
    brief: "the capture lost packets, as sequence numbers of ESP show",
    text: "ESP numbers its packets, so gaps in the numbers of the responders' peers measure what the capture, or the network before it, lost. An answer may be among it, so that a quick mode seems refused that was accepted. Capture on a faster machine, with a larger buffer (tcpdump -B) or a narrower filter.",
  },
  {
    kind: "warning",
    name: "clock-offset",
    brief: "the clocks of two sources differ",
    text: "The same messages stand in two sources, and their times differ by about the same amount. Files are read again with the times of one source shifted by it, and the copies count once. Pipes and live captures are never shifted: overlaps that rest on two of them are less sure.",
  },
  {
    kind: "warning",
    name: "no-times",
    brief: "the times of a source say nothing",
    text: "All packets have one time, or follow each other by a microsecond as converters of text write them. Who was connected when cannot be told from such a source, and no finding that rests on it is more than possible. Use the original capture.",
  },
];
