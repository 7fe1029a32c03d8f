/** What is said of keys, logs and events that were given beside a capture. */

import type { Term } from "./term.ts";

export const WITNESS_TERMS: readonly Term[] = [
  {
    kind: "warning",
    name: "log-only",
    brief: "a gateway's log was read without a capture",
    text: "A log of the gateway shows which quick modes it accepted, with their message IDs, and when sessions ended. It has no line of its own for this fault: a client counts as rejected only where it was let in once the ID was free, twice, or once beside a line that names a duplicate or an error on that ID. What the log's level leaves out is named in the warning. The formats are those of Cisco's documentation and were not tried on an ASA.",
  },
  {
    kind: "warning",
    name: "log-not-joined",
    brief: "the clock of a log, or of a client's events, could not be compared with the captures'",
    text: "Lines of a log and messages of the captures belong together where client and message ID are the same and the times differ by one amount. Fewer than two lines agreed on one, or another amount fitted nearly as many. The log was read alone: its lines stand beside findings of the same clients, marked as not joined. Events of a client are compared in the same way, and where the times of several clients fit them as well they are of none.",
  },
  {
    kind: "warning",
    name: "keys-unused",
    brief: "keys that were given open nothing in these captures",
    text: "A key is believed where what it gives has the form of a message. These opened none: they are of other connections, or of another time. They are named by file and line, and a key itself is never shown.",
  },
  {
    kind: "warning",
    name: "keys-skipped",
    brief: "lines of a file of keys are not keys",
    text: "A file of keys has one a line: the initiator cookie, a comma and the key, as Wireshark keeps them, or the key alone. The log of a daemon that prints keys is one, too. Other lines were skipped.",
  },
  {
    kind: "warning",
    name: "selector-clash",
    brief: "two clients behind one NAT ask for the same traffic",
    text: "Decrypted quick modes of two clients with one public address propose the same protocols and ports in transport mode. A gateway that does not tell them apart by their UDP ports refuses the second or drops the first. That is another fault than the one of the message IDs, and it stays when the IDs are random.",
  },
];
