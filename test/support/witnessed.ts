/** A capture with keys, the gateway's log and the client's events: a contender that is refused for another reason. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pcap } from "./capture-files.ts";
import { ClientEvents } from "./client-events.ts";
import { inOrder, SealedSession, SUITES } from "./sealed.ts";

/** What a log's sender may have put into it. */
const HOSTILE = "`@everyone` | <b>";

export interface Witnessed {
  path: string;
  witnesses: { keys: string[]; syslog: string[]; events: string[] };
  /** The keys that are in the file of keys. */
  secrets: Buffer[];
}

export function writeWitnessed(folder: string): Witnessed {
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const [a, b] = ["198.51.100.11", "198.51.100.12"];
  const holder = new SealedSession({ client: a, seed: 1, suite: SUITES[0] }).phase1(0).quickMode(0.2, 1);
  const contender = new SealedSession({ client: b, seed: 2, suite: SUITES[4] }).phase1(10);
  const own = contender.identity(b, 17, 1701);
  const first = contender.sealed(32, 1, contender.quickPayloads(own, own));
  for (const at of [10.2, 11.2, 13.2]) contender.send(at, "client", first);
  contender.informational(13.4, "responder", contender.notifyPayload(14)).farewell(20);
  holder.informational(30, "client", holder.notifyPayload(36136, 1)).farewell(40);
  const line = (seconds: string, id: string, text: string) =>
    `Mar 02 2026 08:00:${seconds}: %ASA-5-${id}: ${text}\n`;
  const log =
    line("00", "713119", `IP = ${a}, PHASE 1 COMPLETED`) +
    line("00", "713120", `IP = ${a}, PHASE 2 COMPLETED (msgid=00000001)`) +
    line("10", "713119", `IP = ${b}, PHASE 1 COMPLETED`) +
    line(
      "10",
      "713061",
      `IP = ${b}, Tunnel rejected: Crypto Map Policy not found for Src:${b}, Dst: 192.0.2.1!`,
    ) +
    line("13", "713259", `IP = ${b}, Session is being torn down. Reason: ${HOSTILE}`);
  const events = new ClientEvents({ local: b, remote: "192.0.2.1", ahead: 30 })
    .mainMode(10.11)
    .quickModeFailed(20.02, 1)
    .mainModeEnded(20.1)
    .dialFailed(20.3, 789);
  return {
    path: write("office.pcap", pcap(inOrder(holder, contender))),
    witnesses: {
      keys: [write("office.keys", `${holder.row}\n${contender.key.toString("hex")}\n`)],
      syslog: [write("asa.log", log)],
      events: [write("client.xml", events.xml)],
    },
    secrets: [holder.key, contender.key],
  };
}
