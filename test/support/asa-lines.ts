/** Single lines of an ASA's log, after Cisco's syslog guide, as a test wants them. */

import { type GatewayEvent, LogReader } from "../../src/syslog/reader.ts";

/** 2026-03-02 08:00 UTC, the second from which tests count. */
export const START = 1_772_438_400;
export const GATEWAY = "192.0.2.1";

/** @param ahead seconds that the log's clock is ahead of UTC */
export function asaLines(ahead = 0) {
  const line = (seconds: number, id: string, text: string) => {
    const clock = new Date((START + seconds + ahead) * 1000).toISOString().replace("Z", "");
    return `${clock} asa1 %ASA-5-${id}: ${text}`;
  };
  const ofPeer = (seconds: number, peer: string, id: string, text: string) =>
    line(seconds, id, `Group = g, IP = ${peer}, ${text}`);
  return {
    phase1: (at: number, peer: string) => ofPeer(at, peer, "713119", "PHASE 1 COMPLETED"),
    phase2: (at: number, peer: string, id = 1) =>
      ofPeer(at, peer, "713120", `PHASE 2 COMPLETED (msgid=${id.toString(16).padStart(8, "0")})`),
    negotiated: (at: number, peer: string) =>
      ofPeer(
        at,
        peer,
        "713049",
        "Security negotiation complete for User (u)  Responder, Inbound SPI = 0x1, Outbound SPI = 0x2",
      ),
    ended: (at: number, peer: string, reason = "User Requested") =>
      ofPeer(at, peer, "713259", `Session is being torn down. Reason: ${reason}`),
    duplicate: (at: number, peer: string) =>
      ofPeer(at, peer, "713201", "Duplicate Phase 2 packet detected.  No last packet to transmit."),
    qmError: (at: number, peer: string, id = 1) =>
      ofPeer(at, peer, "713902", `QM FSM error (P2 struct &0xcc19ed48, mess id 0x${id.toString(16)})!`),
    unknownId: (at: number, peer: string, id: string) =>
      ofPeer(at, peer, "713010", `IKE Rcv: failed to find centry for message Id ${id}`),
    policy: (at: number, peer: string) =>
      ofPeer(
        at,
        peer,
        "713061",
        `Tunnel rejected: Crypto Map Policy not found for Src:${peer}, Dst: ${GATEWAY}!`,
      ),
    limit: (at: number, peer: string) =>
      line(
        at,
        "113029",
        `Group g User x IP ${peer} Session could not be established: session limit of 1 reached.`,
      ),
    l2tpCreated: (at: number, peer: string) =>
      line(at, "603106", `L2TP Tunnel created, tunnel_id is 7, remote_peer_ip is ${peer}, username is u`),
    l2tpDeleted: (at: number, peer: string) =>
      line(at, "603107", `L2TP Tunnel deleted, tunnel_id = 7, remote_peer_ip = ${peer}`),
    sa: (at: number, peer: string, what: "created" | "deleted") =>
      line(
        at,
        what === "created" ? "602303" : "602304",
        `IPSEC: An inbound remote access SA (SPI= 0x1) between ${GATEWAY} and ${peer} (user= u) has been ${what}.`,
      ),
  };
}

/** What a reader takes from the lines. */
export function eventsOf(lines: readonly string[]): GatewayEvent[] {
  const reader = new LogReader("asa.log", (START + 90 * 86_400) * 1_000_000);
  return lines.map((each) => reader.take(each)).filter((event) => event !== null);
}
