/** Words of IKE and IPsec that a report uses, for whoever meets them first in one. */

import type { Term } from "./term.ts";

export const IKE_TERMS: readonly Term[] = [
  {
    kind: "word",
    name: "sa",
    also: ["sas", "ike sa", "ike sas", "ipsec sa", "security association"],
    brief: "security association: a session; a client has one IKE SA for each time it dials",
    text: "An IKE SA is what phase 1 negotiates; its two cookies name it, whatever happens to addresses and ports. An IPsec SA is what a quick mode negotiates in it, and carries the data as ESP. The column SAs counts IKE SAs of a client.",
  },
  {
    kind: "word",
    name: "message-id",
    also: ["messageid", "quick-mode message id"],
    brief: "the number that tells the exchanges of one IKE SA apart (RFC 2408)",
    text: "Four bytes in the header of each ISAKMP message, zero in phase 1. RFC 2408 asks for random ones; Windows counts 1, 2, 3 since Vista. It has to be unique within one IKE SA only, and the ASA of KB 942429 compares it across clients.",
  },
  {
    kind: "word",
    name: "quick-mode",
    also: ["quick modes", "phase 2"],
    brief: "the exchange of three messages that sets up the IPsec tunnel (RFC 2409 5.5)",
    text: "After phase 1 the client begins a quick mode with a message ID of its own, the gateway answers with the same ID, the client confirms. A second quick mode renews the tunnel before it expires.",
  },
  {
    kind: "word",
    name: "phase-1",
    also: ["main mode", "aggressive mode"],
    brief: "the first exchange: who is who, and keys for what follows",
    text: "Main mode or aggressive mode, with message ID zero. It is in the clear at first, so vendor IDs and NAT detection can be read. KB 942429 is not about it: the second client finishes phase 1 and is refused after it.",
  },
  {
    kind: "word",
    name: "echo",
    also: ["echoes", "copy", "copies"],
    brief: "a message that was captured twice, at two places or by a mirror port",
    text: "The same message seen again within half a second at another capture point, or within a quarter of one at the same. It counts once. A retransmission is something else: there the sender sent it again.",
  },
  {
    kind: "word",
    name: "retransmission",
    also: ["retransmissions", "retransmitted"],
    brief: "the sender sent the same message again, because no answer came",
    text: "Windows sends its quick mode again after 1, 2 and 4 seconds and so on, until it gives up. Retransmissions without an answer are the trace that the fault leaves.",
  },
  {
    kind: "word",
    name: "informational",
    also: ["notify", "delete"],
    brief: "an IKE message that reports an error, deletes an SA, or asks for a sign of life",
    text: "It is encrypted as a rule, so what it says cannot be read without keys (--keys). One of the gateway right after an attempt is most likely the refusal.",
  },
  {
    kind: "word",
    name: "cookies",
    also: ["cookie", "cookie pair"],
    brief: "two numbers of eight bytes that name an IKE SA",
    text: "The client chooses one and the gateway the other. They stand at the beginning of every ISAKMP message and tell sessions apart even behind one NAT.",
  },
  {
    kind: "word",
    name: "esp",
    also: ["spi", "protocol 50"],
    brief: "the encrypted data of the tunnel (IP protocol 50, or UDP 4500)",
    text: "Its SPI says which tunnel a packet belongs to, and its sequence number shows what the capture lost. ESP is the best sign that a client is still connected; a capture without it gets the caveat ike-only.",
  },
  {
    kind: "word",
    name: "nat-d",
    also: ["nat-t", "nat", "inside address"],
    brief: "hashes in phase 1 that show whether a NAT is on the way (RFC 3947)",
    text: "Each side sends hashes of the addresses and ports that it sees. Where they do not fit there is a NAT, and client and gateway move to UDP 4500. Where a hash fits an address of a private range, that is the client's address behind its NAT.",
  },
  {
    kind: "word",
    name: "dpd",
    also: ["keepalive", "keepalives"],
    brief: "dead peer detection: signs of life that IKE peers ask each other for",
    text: "An Informational with an R-U-THERE that the other side answers (RFC 3706). NAT keepalives are single bytes on UDP 4500. Both show that a client is still connected.",
  },
  {
    kind: "word",
    name: "kb-942429",
    also: ["kb942429", "kb"],
    brief: "the article of Microsoft that describes the fault, for Windows Vista",
    text: "It says that an ASA tells its L2TP/IPsec clients apart by the message ID of their quick mode, and takes that of the second client for a duplicate. It names no software version of the ASA and no bug number. So this program names none either.",
  },
];
