/**
 * The log that an ASA would have written of a simulated world, after Cisco's syslog guide: in every form of head,
 * at a level, with a clock of its own and with lines lost on the way.
 */

import type { Moment, World } from "../simulator/world.ts";
import { random32 } from "./random.ts";

export const HEADS = [
  "device",
  "device-and-host",
  "collector",
  "rfc5424",
  "emblem",
  "milliseconds",
  "console",
] as const;
export type Head = (typeof HEADS)[number];

export interface LogOptions {
  head: Head;
  /** Lines above this level are not written. */
  level: number;
  /** Seconds that the log's clock is ahead, and parts in a million that it gains. */
  ahead: number;
  drift: number;
  /** Share of the lines that are lost. */
  loss: number;
  /** The gateway writes a line that names a refused ID. */
  names: boolean;
  seed: number;
}

/** What goes to one gateway, in order. */
interface Line {
  at: number;
  level: number;
  id: string;
  text: string;
}

const START = 1_772_438_400;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The lines of one gateway of the world. */
export function asaLog(world: World, gateway: string, options: LogOptions): string[] {
  const next = random32(options.seed);
  const share = () => next() / 0x1_0000_0000;
  const of = world.moments.filter((moment) => moment.gateway === gateway);
  const connected = new Set(of.filter(({ what }) => what === "accepted").map(({ sa }) => sa));
  const lines = of
    .flatMap((moment) => linesOf(moment, options, share, connected.has(moment.sa)))
    .sort((a, b) => a.at - b.at);
  return lines
    .filter(({ level }) => level <= options.level)
    .filter(() => share() >= options.loss)
    .map((line) => written(line, gateway, options));
}

/** @param gotIn another quick mode of the IKE SA was accepted: its session goes on */
function linesOf(moment: Moment, { names }: LogOptions, share: () => number, gotIn: boolean): Line[] {
  const { at, peer, gateway, messageId, what } = moment;
  const prefix = `Group = DefaultRAGroup, IP = ${peer}, `;
  const user = `Group = DefaultRAGroup, Username = user, IP = ${peer}, `;
  const hex = messageId.toString(16);
  const spi = () =>
    Math.floor(share() * 0xffffffff)
      .toString(16)
      .toUpperCase();
  const sa = (direction: string, done: string) =>
    `IPSEC: An ${direction} remote access SA (SPI= 0x${spi()}) between ${gateway} and ${peer} (user= user) has been ${done}.`;
  switch (what) {
    case "phase1":
      return [
        {
          at,
          level: 6,
          id: "713172",
          text: `${prefix}Automatic NAT Detection Status:     Remote end is NOT behind a NAT device     This   end is NOT behind a NAT device`,
        },
        { at: at + 0.001, level: 5, id: "713119", text: `${prefix}PHASE 1 COMPLETED` },
      ];
    case "accepted":
      return [
        {
          at,
          level: 7,
          id: "713236",
          text: `${prefix}IKE_DECODE RECEIVED Message (msgid=${hex}) with payloads : HDR + HASH (8) + SA (1) + NONCE (10) + ID (5) + ID (5) + NONE (0) total length : 332`,
        },
        {
          at: at + 0.001,
          level: 7,
          id: "714003",
          text: `IP = ${peer}, IKE Responder starting QM: msg id = ${hex.padStart(8, "0")}`,
        },
        {
          at: at + 0.002,
          level: 7,
          id: "714005",
          text: `${prefix}IKE Responder sending 2nd QM pkt: msg id = ${hex.padStart(8, "0")}`,
        },
        { at: at + 0.05, level: 6, id: "602303", text: sa("inbound", "created") },
        { at: at + 0.05, level: 6, id: "602303", text: sa("outbound", "created") },
        {
          at: at + 0.051,
          level: 5,
          id: "713049",
          text: `${user}Security negotiation complete for User (user)  Responder, Inbound SPI = 0x${spi()}, Outbound SPI = 0x${spi()}`,
        },
        {
          at: at + 0.052,
          level: 5,
          id: "713120",
          text: `${user}PHASE 2 COMPLETED (msgid=${hex.padStart(8, "0")})`,
        },
        {
          at: at + 0.3,
          level: 6,
          id: "603106",
          text: `L2TP Tunnel created, tunnel_id is 7, remote_peer_ip is ${peer}, ppp_virtual_interface_id is 1, client_dynamic_ip is 10.1.1.7, username is user`,
        },
      ];
    case "held":
      return [
        {
          at,
          level: 7,
          id: "713236",
          text: `${prefix}IKE_DECODE RECEIVED Message (msgid=${hex}) with payloads : HDR + HASH (8) + SA (1) + NONCE (10) + ID (5) + ID (5) + NONE (0) total length : 332`,
        },
        ...(names
          ? [
              {
                at: at + 0.001,
                level: 5,
                id: "713201",
                text: `${prefix}Duplicate Phase 2 packet detected.  No last packet to transmit.`,
              },
            ]
          : []),
        ...(gotIn
          ? []
          : [
              {
                at: at + 30,
                level: 5,
                id: "713259",
                text: `${prefix}Session is being torn down. Reason: Peer Terminate`,
              },
            ]),
      ];
    case "mismatch":
      return [
        {
          at,
          level: 3,
          id: "713902",
          text: `${prefix}QM FSM error (P2 struct &0xcc19ed48, mess id 0x${hex})!`,
        },
        ...(names
          ? [
              {
                at: at + 0.001,
                level: 3,
                id: "713061",
                text: `${prefix}Tunnel rejected: Crypto Map Policy not found for Src:${peer}, Dst: ${gateway}!`,
              },
            ]
          : []),
        {
          at: at + 0.002,
          level: 5,
          id: "713259",
          text: `${prefix}Session is being torn down. Reason: Phase 2 Mismatch`,
        },
      ];
    case "full":
      return [
        {
          at,
          level: 4,
          id: "113029",
          text: `Group DefaultRAGroup User user IP ${peer} Session could not be established: session limit of 2 reached.`,
        },
        {
          at: at + 0.001,
          level: 3,
          id: "713902",
          text: `${prefix}QM FSM error (P2 struct &0xcc19ed48, mess id 0x${hex})!`,
        },
        {
          at: at + 0.002,
          level: 5,
          id: "713259",
          text: `${prefix}Session is being torn down. Reason: Phase 2 Error`,
        },
      ];
    case "ended":
      return [
        { at, level: 6, id: "602304", text: sa("inbound", "deleted") },
        { at, level: 5, id: "713259", text: `${user}Session is being torn down. Reason: User Requested` },
        {
          at: at + 0.001,
          level: 4,
          id: "113019",
          text: `${user}Session disconnected. Session Type: L2TPOverIPsec, Duration: 0h:01m:02s, Bytes xmt: 8, Bytes rcv: 9, Reason: User Requested`,
        },
        {
          at: at + 0.002,
          level: 6,
          id: "603107",
          text: `L2TP Tunnel deleted, tunnel_id = 7, remote_peer_ip = ${peer}`,
        },
      ];
  }
}

function written({ at, level, id, text }: Line, gateway: string, { head, ahead, drift }: LogOptions): string {
  const date = new Date((START + at + ahead + (at * drift) / 1e6) * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const day = `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}`;
  const full = `${day} ${date.getUTCFullYear()} ${clock}`;
  const priority = `<${160 + level}>`;
  switch (head) {
    case "device":
      return `${priority}${full}: %ASA-${level}-${id}: ${text}`;
    case "device-and-host":
      return `${priority}${full} asa1 : %ASA-${level}-${id}: ${text}`;
    case "collector":
      return `${day} ${clock} ${gateway} %ASA-${level}-${id}: ${text}`;
    case "rfc5424":
      return `${priority}1 ${date.toISOString().slice(0, 19)}Z asa1 : %ASA-${level}-${id}: ${text}`;
    case "emblem":
      return `${priority}:${full} UTC: %ASA-vpn-${level}-${id}: ${text}`;
    case "milliseconds":
      return `${full}.${String(date.getUTCMilliseconds()).padStart(3, "0")}: %ASA-${level}-${id}: ${text}`;
    case "console":
      return id.startsWith("713") || id.startsWith("714")
        ? `${day} ${clock} [IKEv1]${text}`
        : `${full}: %ASA-${level}-${id}: ${text}`;
  }
}
